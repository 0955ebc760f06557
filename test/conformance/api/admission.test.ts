import { beforeEach, describe, expect, it } from 'vitest'
import type { ReplicaSet } from '#api/apps.ts'
import type { Pod } from '#api/core.ts'
import { type Resource, resourcePath, resources } from '#api/resources.ts'
import { aWorld, type World } from '#test/support/world.ts'

let world: World

beforeEach(async () => {
  world = await aWorld()
})

const labels = { app: 'web' }
const pathOf = (resource: Resource, name?: string) => resourcePath(resource, { namespace: world.namespace, name })
const create = (resource: Resource, name: string, fields: object) =>
  world.send('POST', pathOf(resource), { body: { metadata: { name, labels }, ...fields } })
const read = async <T>(resource: Resource, name: string): Promise<T> =>
  (await world.send<T>('GET', pathOf(resource, name))).body
const container = { name: 'app', image: 'registry.example/web:1' }
const aSet = (replicas: number, spec: object = {}) =>
  create(resources.replicaSets, 'web', {
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container], ...spec } },
    },
  })
const failureOf = async () =>
  (await read<ReplicaSet>(resources.replicaSets, 'web')).status?.conditions?.find(
    ({ type }) => type === 'ReplicaFailure',
  )
const untilFailed = () => world.eventually('the failure told', async () => (await failureOf()) !== undefined)
const merge = { 'Content-Type': 'application/merge-patch+json' }
const pods = async () => {
  const { body } = await world.send<{ readonly items: readonly Pod[] }>(
    'GET',
    `${pathOf(resources.pods)}?labelSelector=app`,
  )
  return body.items
}

describe('a quota', () => {
  it('refuses pods with what was asked, used and allowed; their ReplicaSet tells it until there is room', async () => {
    await create(resources.resourceQuotas, 'few', { spec: { hard: { pods: '1' } } })
    await world.eventually('the quota counted', async () => {
      const quota = await read<{ readonly status?: { readonly used?: object } }>(resources.resourceQuotas, 'few')
      return quota.status?.used !== undefined
    })
    await aSet(2)
    await untilFailed()
    expect(await failureOf()).toMatchObject({
      status: 'True',
      reason: 'FailedCreate',
      message: expect.stringMatching(
        /^pods "web-\w{5}" is forbidden: exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1$/,
      ),
    })
    expect(await read(resources.resourceQuotas, 'few')).toMatchObject({
      status: { hard: { pods: '1' }, used: { pods: '1' } },
    })
    const body = { spec: { hard: { pods: '2' } } }
    await world.send('PATCH', pathOf(resources.resourceQuotas, 'few'), { body, headers: merge })
    await world.eventually('both pods', async () => (await pods()).length === 2 && (await failureOf()) === undefined)
  })

  it('refuses a pod that leaves open what is limited, and one that asks for more than there is', async () => {
    await world.eventually('the account of pods', async () => {
      const { code } = await world.send('GET', pathOf(resources.serviceAccounts, 'default'))
      return code === 200
    })
    await create(resources.resourceQuotas, 'cpu', { spec: { hard: { 'requests.cpu': '1', 'limits.memory': '1Gi' } } })
    const send = (part: object) => create(resources.pods, 'one', { spec: { containers: [{ ...container, ...part }] } })
    const refused = (message: string) => ({ code: 403, body: { reason: 'Forbidden', message } })
    await world.eventually('the quota in force', async () => {
      const { code, body } = await world.send('POST', `${pathOf(resources.pods)}?dryRun=All`, {
        body: { metadata: { name: 'try' }, spec: { containers: [container] } },
      })
      return code === 403 && String(body['message']).includes('must specify')
    })
    expect(await send({})).toMatchObject(
      refused('pods "one" is forbidden: failed quota: cpu: must specify limits.memory for: app; requests.cpu for: app'),
    )
    const tooMuch = { resources: { requests: { cpu: '1500m' }, limits: { memory: '2Gi' } } }
    expect(await send(tooMuch)).toMatchObject(
      refused(
        'pods "one" is forbidden: exceeded quota: cpu, requested: limits.memory=2Gi,requests.cpu=1500m, used: limits.memory=0,requests.cpu=0, limited: limits.memory=1Gi,requests.cpu=1',
      ),
    )
  })
})

describe('an account of pods that is not there', () => {
  it('is told by the ReplicaSet, before the pod has a name', async () => {
    await aSet(1, { serviceAccountName: 'nobody' })
    await untilFailed()
    expect((await failureOf())?.message).toBe(
      `pods "web-" is forbidden: error looking up service account ${world.namespace}/nobody: serviceaccount "nobody" not found`,
    )
    await create(resources.serviceAccounts, 'nobody', {})
    await world.eventually('the pod', async () => (await pods()).length === 1)
  })
})

describe('a pod for which there is no node', () => {
  const claim = { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] }
  const asking = (cpu: string) => ({ containers: [{ ...container, resources: { requests: { cpu } } }] })
  const never = String.raw`\. no new claims to deallocate, preemption: 0/\d nodes are available: \d Preemption is not helpful for scheduling\.`

  it.each([
    [{ nodeSelector: { disk: 'none' } }, String.raw`\d node\(s\) didn't match Pod's node affinity/selector${never}`],
    [asking('5000'), String.raw`\d Insufficient cpu${never}`],
    [claim, String.raw`persistentvolumeclaim "data" not found\. not found`],
  ])('says why: %j', async (spec, why) => {
    await aSet(1, spec)
    const scheduled = async () => (await pods())[0]?.status?.conditions?.find(({ type }) => type === 'PodScheduled')
    await world.eventually('the scheduler heard', async () => (await scheduled()) !== undefined)
    expect(await scheduled()).toMatchObject({
      status: 'False',
      reason: 'Unschedulable',
      message: expect.stringMatching(new RegExp(`^0/\\d nodes are available: ${why}$`)),
    })
  })
})

describe('a pod with a finalizer', () => {
  it('stays when it has stopped, until the finalizer is taken off', async () => {
    await world.eventually('the pod made', async () => {
      const made = await world.send('POST', pathOf(resources.pods), {
        body: {
          metadata: { name: 'one', labels, finalizers: ['example.com/drain'] },
          spec: { containers: [container] },
        },
      })
      return made.code === 201
    })
    const one = pathOf(resources.pods, 'one')
    await world.eventually(
      'the pod running',
      async () => (await read<Pod>(resources.pods, 'one')).status?.phase === 'Running',
    )
    await world.send('DELETE', one)
    await world.pass(3_000)
    const { code, body } = await world.send<Pod>('GET', one)
    expect([code, body.metadata.deletionTimestamp]).toEqual([200, expect.any(String)])
    await world.send('PATCH', one, { body: { metadata: { finalizers: null } }, headers: merge })
    await world.eventually('the pod gone', async () => (await world.send('GET', one)).code === 404)
  })
})
