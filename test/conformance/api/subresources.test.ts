import { beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject, Status } from '#api/meta.ts'
import { aWorld, type World } from '#test/support/world.ts'

interface Scaled extends KubeObject, Partial<Omit<Status, 'kind' | 'apiVersion' | 'status'>> {
  readonly spec: { readonly replicas?: number }
  readonly status?: { readonly replicas?: number; readonly selector?: string }
}

let world: World

beforeEach(async () => {
  world = await aWorld()
})

const merge = { 'Content-Type': 'application/merge-patch+json' }
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } }
const kinds = [
  ['rollouts', '/apis/argoproj.io/v1alpha1', 'Rollout', { strategy: { canary: {} } }],
  ['replicasets', '/apis/apps/v1', 'ReplicaSet', {}],
  ['deployments', '/apis/apps/v1', 'Deployment', { paused: true }],
] as const
type Row = (typeof kinds)[number]
const pathOf = ([plural, api]: Row) => `${api}/namespaces/${world.namespace}/${plural}`
const create = (row: Row) =>
  world.send<Scaled>('POST', pathOf(row), {
    body: {
      apiVersion: row[1].slice('/apis/'.length),
      kind: row[2],
      metadata: { name: 'web' },
      spec: { replicas: 0, selector: { matchLabels: { app: 'web' } }, template, ...row[3] },
    },
  })
const send = (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) =>
  world.send<Scaled>(method, path, { body, ...(headers && { headers }) })

/** The controller of it may write in between. */
const unversioned = ({ metadata: { resourceVersion: _version, ...rest } }: KubeObject) => rest

describe.each(kinds.map((row) => ({ plural: row[0], row })))('the scale of $plural', ({ row }) => {
  it('tells replicas and a selector', async () => {
    await create(row)
    const { code, body } = await send('GET', `${pathOf(row)}/web/scale`)
    expect(code).toBe(200)
    expect(body).toMatchObject({
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'web', namespace: world.namespace },
      spec: {},
      status: { replicas: 0 },
    })
  })

  it('is written by PUT and PATCH, and counts a generation', async () => {
    await create(row)
    const { body } = await send('GET', `${pathOf(row)}/web/scale`)
    const put = await send('PUT', `${pathOf(row)}/web/scale`, {
      ...body,
      metadata: unversioned(body),
      spec: { replicas: 1 },
    })
    expect(put).toMatchObject({ code: 200, body: { kind: 'Scale', spec: { replicas: 1 } } })
    await send('PATCH', `${pathOf(row)}/web/scale`, { spec: { replicas: 2 } }, merge)
    const read = (await send('GET', `${pathOf(row)}/web`)).body
    expect(read.spec.replicas).toBe(2)
    expect(read.metadata.generation).toBe(3)
  })

  it('refuses a stale version and fewer than none', async () => {
    await create(row)
    const { body } = await send('GET', `${pathOf(row)}/web/scale`)
    await send('PATCH', `${pathOf(row)}/web/scale`, { spec: { replicas: 2 } }, merge)
    expect(await send('PUT', `${pathOf(row)}/web/scale`, { ...body, spec: { replicas: 1 } })).toMatchObject({
      code: 409,
      body: { reason: 'Conflict' },
    })
    expect(await send('PATCH', `${pathOf(row)}/web/scale`, { spec: { replicas: -1 } }, merge)).toMatchObject({
      code: 422,
    })
  })

  it('of nobody is 404', async () => {
    expect(await send('GET', `${pathOf(row)}/nobody/scale`)).toMatchObject({ code: 404, body: { reason: 'NotFound' } })
  })
})

describe('the status of a ReplicaSet', () => {
  it('is no part of the object that is created or updated', async () => {
    const [, row] = kinds
    await create(row)
    const { body } = await send('GET', `${pathOf(row)}/web`)
    const written = await send('PUT', `${pathOf(row)}/web`, {
      ...body,
      metadata: unversioned(body),
      status: { replicas: 7 },
    })
    expect(written).toMatchObject({ code: 200, body: { status: { replicas: 0 } } })
  })

  it('is written alone by its subresource, labels and spec staying', async () => {
    const [, row] = kinds
    await create(row)
    const body = {
      metadata: { labels: { a: 'b' } },
      spec: { replicas: 4 },
      status: { replicas: 0, observedGeneration: 9 },
    }
    const written = await send('PATCH', `${pathOf(row)}/web/status`, body, merge)
    expect(written).toMatchObject({
      code: 200,
      body: { metadata: { generation: 1 }, spec: { replicas: 0 }, status: { observedGeneration: 9 } },
    })
  })
})

describe('a subresource that is not there', () => {
  it.each(['scale', 'frobs'])('%s of a ConfigMap is 404', async (name) => {
    expect(await send('GET', `/api/v1/namespaces/${world.namespace}/configmaps/x/${name}`)).toMatchObject({ code: 404 })
  })
})
