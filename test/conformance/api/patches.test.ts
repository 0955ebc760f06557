import { beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject, Status } from '#api/meta.ts'
import { aWorld, type World } from '#test/support/world.ts'

interface Workload extends KubeObject {
  readonly spec: {
    readonly replicas?: number
    readonly strategy: object
    readonly template: { readonly spec: { readonly containers: readonly Container[] } }
  }
}

interface Container {
  readonly name: string
  readonly image: string
  readonly env?: readonly { readonly name: string; readonly value?: string }[]
  readonly ports?: readonly { readonly containerPort: number }[]
}

let world: World
let deployments: string
let configMaps: string

beforeEach(async () => {
  world = await aWorld()
  deployments = `/apis/apps/v1/namespaces/${world.namespace}/deployments`
  configMaps = `/api/v1/namespaces/${world.namespace}/configmaps`
  await world.send('POST', configMaps, { body: { metadata: { name: 'plain' }, data: { a: '1', b: '2' } } })
})

const patch = <Body = KubeObject & Status>(type: string, path: string, body: unknown) =>
  world.send<Body>('PATCH', path, { body, headers: { 'Content-Type': `application/${type}` } })
const onPlain = (type: string, body: unknown) =>
  patch<Status & { readonly data?: object }>(type, `${configMaps}/plain`, body)

describe('a JSON patch', () => {
  it.each([
    ['add', [{ op: 'add', path: '/data/c', value: '3' }], { a: '1', b: '2', c: '3' }],
    ['replace', [{ op: 'replace', path: '/data/a', value: '9' }], { a: '9', b: '2' }],
    ['remove', [{ op: 'remove', path: '/data/a' }], { b: '2' }],
    ['move', [{ op: 'move', from: '/data/a', path: '/data/x' }], { b: '2', x: '1' }],
    ['copy', [{ op: 'copy', from: '/data/a', path: '/data/x' }], { a: '1', b: '2', x: '1' }],
    [
      'test that holds',
      [
        { op: 'test', path: '/data/a', value: '1' },
        { op: 'remove', path: '/data/b' },
      ],
      { a: '1' },
    ],
  ])('knows %s', async (_what, operations, data) => {
    const answer = await onPlain('json-patch+json', operations)
    expect(answer.code).toBe(200)
    expect(answer.body.data).toEqual(data)
  })

  it('knows escaped names', async () => {
    const operations = [
      { op: 'add', path: '/metadata/annotations', value: {} },
      { op: 'add', path: '/metadata/annotations/example.com~1a', value: 'x' },
    ]
    const { body } = await patch('json-patch+json', `${configMaps}/plain`, operations)
    expect(body.metadata.annotations).toEqual({ 'example.com/a': 'x' })
  })

  it.each([
    ['a test that fails', [{ op: 'test', path: '/data/a', value: '5' }], 422, 'Invalid'],
    ['a field that is not there', [{ op: 'remove', path: '/data/nothing' }], 422, 'Invalid'],
    ['a path into nothing', [{ op: 'add', path: '/nothing/x', value: 1 }], 422, 'Invalid'],
    ['no list', { op: 'remove', path: '/data/a' }, 400, 'BadRequest'],
    ['an unknown operation', [{ op: 'frob', path: '/data/a' }], 422, 'Invalid'],
  ])('is refused for %s', async (_what, operations, code, reason) => {
    const answer = await onPlain('json-patch+json', operations)
    expect(answer).toMatchObject({ code, body: { kind: 'Status', status: 'Failure', reason } })
    expect((await world.send<{ data: object }>('GET', `${configMaps}/plain`)).body.data).toEqual({ a: '1', b: '2' })
  })
})

describe('a merge patch', () => {
  it('sets, adds, and removes with null', async () => {
    const { body } = await onPlain('merge-patch+json', { data: { a: null, b: '3', c: '4' } })
    expect(body.data).toEqual({ b: '3', c: '4' })
  })

  it('of an object that is not there is 404', async () => {
    expect(await patch('merge-patch+json', `${configMaps}/nobody`, {})).toMatchObject({
      code: 404,
      body: { reason: 'NotFound' },
    })
  })

  it.each([
    ['a list', [1], 400],
    ['broken JSON', '{"data":', 400],
    ['another name', { metadata: { name: 'other' } }, 400],
    ['a value of the wrong type', { data: 'x' }, 422],
    ['another uid', { metadata: { uid: '00000000-0000-4000-a000-000000000000' } }, 422],
  ])('is refused for %s', async (_what, body, code) => {
    expect(await onPlain('merge-patch+json', body)).toMatchObject({ code, body: { kind: 'Status' } })
  })

  it('replaces a list whole', async () => {
    await create()
    const containers = [{ name: 'only', image: 'only:1' }]
    const { body } = await patch<Workload>('merge-patch+json', `${deployments}/web`, {
      spec: { template: { spec: { containers } } },
    })
    expect(body.spec.template.spec.containers.map(({ name }) => name)).toEqual(['only'])
  })
})

const create = () =>
  world.send<Workload>('POST', deployments, {
    body: {
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            containers: [
              {
                name: 'a',
                image: 'a:1',
                env: [
                  { name: 'X', value: '1' },
                  { name: 'Y', value: '2' },
                ],
                ports: [{ containerPort: 80 }],
              },
              { name: 'b', image: 'b:1', args: ['one', 'two'] },
            ],
          },
        },
      },
    },
  })

describe('a strategic merge patch', () => {
  const onContainers = async (containers: unknown, more: object = {}) => {
    await create()
    const spec = { template: { spec: { containers, ...more } } }
    return (await patch<Workload>('strategic-merge-patch+json', `${deployments}/web`, { spec })).body
  }
  const images = ({ spec }: Workload) => spec.template.spec.containers.map(({ name, image }) => `${name}=${image}`)

  it('tells containers apart by name', async () => {
    expect(images(await onContainers([{ name: 'b', image: 'b:2' }]))).toEqual(['a=a:1', 'b=b:2'])
  })

  it('puts what is new first', async () => {
    expect(images(await onContainers([{ name: 'c', image: 'c:1' }])).toSorted()).toEqual(['a=a:1', 'b=b:1', 'c=c:1'])
  })

  it('merges what is inside an item, each list by its own key', async () => {
    const { spec } = await onContainers([
      { name: 'a', env: [{ name: 'Y', value: '3' }], ports: [{ containerPort: 81 }] },
    ])
    const [a] = spec.template.spec.containers
    expect(a?.env?.toSorted((one, other) => one.name.localeCompare(other.name))).toEqual([
      { name: 'X', value: '1' },
      { name: 'Y', value: '3' },
    ])
    expect(a?.ports?.map(({ containerPort }) => containerPort).toSorted()).toEqual([80, 81])
  })

  it('deletes an item with $patch', async () => {
    expect(images(await onContainers([{ name: 'a', $patch: 'delete' }]))).toEqual(['b=b:1'])
  })

  it('replaces a list with $patch', async () => {
    expect(images(await onContainers([{ $patch: 'replace' }, { name: 'z', image: 'z:1' }]))).toEqual(['z=z:1'])
  })

  it('orders items with $setElementOrder', async () => {
    const order = { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] }
    expect(images(await onContainers([{ name: 'a', image: 'a:2' }], order))).toEqual(['b=b:1', 'a=a:2'])
  })

  it('replaces a list without a key', async () => {
    const { spec } = await onContainers([{ name: 'b', args: ['three'] }])
    expect(spec.template.spec.containers[1]).toMatchObject({ args: ['three'] })
  })

  it('drops what $retainKeys does not name', async () => {
    await create()
    const strategy = { $retainKeys: ['type'], type: 'Recreate' }
    const { body } = await patch<Workload>('strategic-merge-patch+json', `${deployments}/web`, { spec: { strategy } })
    expect(body.spec.strategy).toEqual({ type: 'Recreate' })
  })

  it('removes finalizers one by one', async () => {
    await patch('merge-patch+json', `${configMaps}/plain`, { metadata: { finalizers: ['x.io/a', 'x.io/b'] } })
    const body = { metadata: { '$deleteFromPrimitiveList/finalizers': ['x.io/a'] } }
    const patched = await patch('strategic-merge-patch+json', `${configMaps}/plain`, body)
    expect(patched.body.metadata.finalizers).toEqual(['x.io/b'])
    await patch('merge-patch+json', `${configMaps}/plain`, { metadata: { finalizers: null } })
  })

  it('of a custom object is 415', async () => {
    const path = `/apis/argoproj.io/v1alpha1/namespaces/${world.namespace}/rollouts/x`
    expect(await patch('strategic-merge-patch+json', path, {})).toMatchObject({
      code: 415,
      body: { reason: 'UnsupportedMediaType' },
    })
  })
})
