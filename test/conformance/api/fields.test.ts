import { beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject, Status } from '#api/meta.ts'
import { aWorld, type World } from '#test/support/world.ts'

let world: World
let rollouts: string
let configMaps: string
let replicaSets: string

beforeEach(async () => {
  world = await aWorld()
  rollouts = `/apis/argoproj.io/v1alpha1/namespaces/${world.namespace}/rollouts`
  configMaps = `/api/v1/namespaces/${world.namespace}/configmaps`
  replicaSets = `/apis/apps/v1/namespaces/${world.namespace}/replicasets`
})

const spec = {
  replicas: 0,
  selector: { matchLabels: { app: 'web' } },
  template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
}
const rollout = (more: object = {}) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'web' },
  spec: { ...spec, strategy: { canary: {} }, ...more },
})
const replicaSet = (more: object = {}) => ({ metadata: { name: 'web' }, spec: { ...spec, ...more } })
const configMap = (more: object = {}) => ({ metadata: { name: 'plain' }, ...more })
const post = (path: string, body: unknown) => world.send<KubeObject & Status>('POST', path, { body })

describe('fields nobody knows', () => {
  it.each([
    ['a custom kind', () => rollouts, () => rollout({ frobs: 1 }), 'unknown field "spec.frobs"'],
    ['a built-in kind', () => replicaSets, () => replicaSet({ frobs: 1 }), 'unknown field "spec.frobs"'],
    ['a flat kind', () => configMaps, () => configMap({ frobs: 1 }), 'unknown field "frobs"'],
  ])('of %s are refused, told or dropped, as fieldValidation says', async (_what, path, body, told) => {
    expect(await post(`${path()}?fieldValidation=Strict`, body())).toMatchObject({
      code: 400,
      body: { reason: 'BadRequest', message: expect.stringContaining(told) },
    })
    const warned = await world.send('POST', `${path()}?fieldValidation=Warn&dryRun=All`, { body: body() })
    expect(warned.code).toBe(201)
    expect(warned.headers['warning']).toBe(`299 - ${JSON.stringify(told)}`)
    const ignored = await world.send('POST', `${path()}?fieldValidation=Ignore`, { body: body() })
    expect(ignored.code).toBe(201)
    expect(ignored.headers).not.toHaveProperty('warning')
    expect(JSON.stringify(ignored.body)).not.toContain('frobs')
  })

  it('are told by default', async () => {
    const { headers } = await world.send('POST', configMaps, { body: configMap({ frobs: 1 }) })
    expect(headers['warning']).toBe('299 - "unknown field \\"frobs\\""')
  })

  it('are refused for another word', async () => {
    expect(await post(`${configMaps}?fieldValidation=Perhaps`, configMap())).toMatchObject({ code: 422 })
  })
})

describe('an invalid object', () => {
  const rows: readonly (readonly [string, () => string, () => object, string])[] = [
    ['a name in capitals', () => configMaps, () => ({ metadata: { name: 'Plain' } }), 'metadata.name'],
    [
      'a label that is none',
      () => configMaps,
      () => ({ metadata: { name: 'x', labels: { a: '_' } } }),
      'metadata.labels',
    ],
    ['fewer than no replicas', () => replicaSets, () => replicaSet({ replicas: -1 }), 'spec.replicas'],
    [
      'a selector beside its template',
      () => replicaSets,
      () => replicaSet({ selector: { matchLabels: { b: 'c' } } }),
      'spec.template.metadata.labels',
    ],
    [
      'no containers',
      () => replicaSets,
      () => replicaSet({ template: { ...spec.template, spec: { containers: [] } } }),
      'spec.template.spec.containers',
    ],
    ['no name', () => configMaps, () => ({ metadata: {} }), 'metadata.name'],
    ['a custom field of the wrong type', () => rollouts, () => rollout({ replicas: 'many' }), 'spec.replicas'],
    [
      'a required custom field missing',
      () => rollouts,
      () => rollout({ template: { spec: { containers: [{ image: 'x' }] } } }),
      'spec.template.spec.containers[0].name',
    ],
  ]
  it.each(rows)('for %s is 422 with the field', async (_what, path, body, field) => {
    const answer = await post(path(), body())
    expect(answer).toMatchObject({ code: 422, body: { kind: 'Status', status: 'Failure', reason: 'Invalid' } })
    expect(answer.body.details?.causes?.map((cause) => cause.field)).toContain(field)
    expect(answer.body.details?.kind).toMatch(/^(ConfigMap|ReplicaSet|Rollout)$/)
  })

  it('of a built-in kind with a value of the wrong type is 400', async () => {
    expect(await post(replicaSets, replicaSet({ replicas: 'many' }))).toMatchObject({ code: 400 })
  })

  it('a change of what cannot change is 422', async () => {
    await post(replicaSets, replicaSet())
    const selector = { matchLabels: { app: 'web', b: 'c' } }
    const body = { spec: { selector, template: { metadata: { labels: { b: 'c' } } } } }
    const headers = { 'Content-Type': 'application/merge-patch+json' }
    const answer = await world.send<Status>('PATCH', `${replicaSets}/web`, { body, headers })
    expect(answer).toMatchObject({
      code: 422,
      body: {
        message: expect.stringContaining('field is immutable'),
        details: { causes: [{ field: 'spec.selector' }] },
      },
    })
  })

  it('API-5: a change of the selector of a rollout is 422', async () => {
    await post(rollouts, rollout())
    const body = { spec: { selector: { matchLabels: { b: 'c' } } } }
    const headers = { 'Content-Type': 'application/merge-patch+json' }
    expect(await world.send('PATCH', `${rollouts}/web`, { body, headers })).toMatchObject({
      code: 422,
      body: { reason: 'Invalid', message: expect.stringContaining('.spec.selector is immutable') },
    })
  })
})

describe('what the server adds', () => {
  it('metadata of its own, whatever was sent', async () => {
    const sent = {
      name: 'plain',
      uid: '00000000-0000-4000-a000-000000000000',
      creationTimestamp: '2001-01-01T00:00:00Z',
    }
    const { metadata } = (await post(configMaps, { metadata: sent })).body
    expect(metadata.uid).not.toBe(sent.uid)
    expect(metadata.creationTimestamp).toMatch(/^20(2[4-9]|[3-9]\d)-.*Z$/)
  })

  it('a version must not be sent with what is new', async () => {
    expect(await post(configMaps, { metadata: { name: 'plain', resourceVersion: '1' } })).toMatchObject({
      code: 500,
      body: { message: 'resourceVersion should not be set on objects to be created' },
    })
  })

  it('the rest of a name, a different one each time', async () => {
    const names = [
      await post(configMaps, { metadata: { generateName: 'x-' } }),
      await post(configMaps, { metadata: { generateName: 'x-' } }),
    ]
    const [one, other] = names.map(({ body }) => body.metadata.name)
    expect(one).toMatch(/^x-[a-z0-9]{5}$/)
    expect(other).not.toBe(one)
  })

  it('defaults of built-in kinds', async () => {
    const { body } = await post(replicaSets, { metadata: { name: 'web' }, spec: { ...spec, replicas: undefined } })
    expect(body).toMatchObject({
      metadata: { generation: 1 },
      spec: {
        replicas: 1,
        template: {
          spec: {
            restartPolicy: 'Always',
            dnsPolicy: 'ClusterFirst',
            terminationGracePeriodSeconds: 30,
            containers: [{ imagePullPolicy: 'IfNotPresent', terminationMessagePath: '/dev/termination-log' }],
          },
        },
      },
    })
  })
})
