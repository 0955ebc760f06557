import { describe, expect, it } from 'vitest'
import type { Deployment } from '#api/apps.ts'
import { resources } from '#api/resources.ts'
import { engineMode, findReferenceControllers, findRival } from '#main/controller/ownership.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const aReference = (args: readonly string[], readyReplicas = 1, namespace = 'argo-rollouts'): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { namespace, name: 'argo-rollouts', labels: { 'app.kubernetes.io/name': 'argo-rollouts' } },
  spec: { selector: {}, template: { spec: { containers: [{ name: 'argo-rollouts', args }] } } },
  status: { readyReplicas },
})

async function rivalOf(...deployments: readonly Deployment[]) {
  const api = new FakeApi()
  for (const each of deployments) api.put(resources.deployments, each)
  const found = await findReferenceControllers(api.client())
  return found.ok ? findRival(found.value, { leaseNamespace: 'argo-rollouts', instanceID: '' }) : found
}

it('OPS-37: a reference controller that elects its leader by our lease is no rival', async () => {
  expect(await rivalOf(aReference([]))).toBeUndefined()
})

it.each([
  ['OPS-39: elects no leader', aReference(['--leader-elect=false'])],
  ['elects its leader in another namespace', aReference([], 1, 'rollouts-system')],
])('is a rival when it runs and %s', async (_why, deployment) => {
  expect(await rivalOf(deployment)).toMatchObject({ name: 'argo-rollouts', readyReplicas: 1 })
})

it.each([
  ['scaled to nothing', aReference(['--leader-elect=false'], 0)],
  ['for another instance id', aReference(['--leader-elect=false', '--instance-id', 'blue'])],
])('is no rival when %s', async (_why, deployment) => {
  expect(await rivalOf(deployment)).toBeUndefined()
})

it('knows nothing, and says so, where Deployments may not be listed', async () => {
  const api = new FakeApi()
  api.intercept = () => ({
    kind: 'Forbidden',
    message: 'no',
    verb: 'list',
    resource: 'deployments.apps',
    namespace: undefined,
  })
  expect(await findReferenceControllers(api.client(), ['team'])).toEqual({ ok: true, value: [] })
})

it('OPS-39, OPS-52: where Deployments may be listed in its namespaces alone, it looks there', async () => {
  const api = new FakeApi()
  api.put(resources.deployments, aReference(['--leader-elect=false'], 1, 'team'))
  api.put(resources.deployments, aReference(['--leader-elect=false'], 1, 'elsewhere'))
  api.intercept = ({ namespace }) =>
    namespace === 'team'
      ? undefined
      : { kind: 'Forbidden', message: 'no', verb: 'list', resource: 'deployments.apps', namespace }
  const found = await findReferenceControllers(api.client(), ['other', 'team'])
  expect(found).toMatchObject({ ok: true, value: [{ namespace: 'team' }] })
})

describe('OPS-39: our own engine in the cluster', () => {
  const anEngine = (args: readonly string[], namespace = 'argo-rollouts'): Deployment => ({
    ...aReference(['engine', ...args], 1, namespace),
    metadata: { namespace, name: 'argosy-engine', labels: { 'app.kubernetes.io/name': 'argosy-engine' } },
  })

  it.each([
    ['the same lease', anEngine(['--lease-namespace', 'argo-rollouts'])],
    ['the same lease, though it runs elsewhere', anEngine(['--lease-namespace', 'argo-rollouts'], 'argosy')],
    ['the lease of its own namespace, where nobody says', anEngine([])],
  ])('is no rival with %s', async (_why, deployment) => {
    expect(await rivalOf(deployment)).toBeUndefined()
  })

  it('is a rival with a lease of its own, unless it drives another namespace', async () => {
    const own = anEngine(['--lease-namespace', 'team', '--namespace', 'team'], 'team')
    expect(await rivalOf(own)).toMatchObject({ name: 'argosy-engine', namespace: 'team', scope: 'team' })
    const api = new FakeApi()
    api.put(resources.deployments, own)
    const found = await findReferenceControllers(api.client())
    const rivalIn = (...namespaces: readonly string[]) =>
      found.ok && findRival(found.value, { leaseNamespace: 'argo-rollouts', instanceID: '', namespaces })
    expect(rivalIn('other')).toBeUndefined()
    expect(rivalIn('other', 'team')).toMatchObject({ name: 'argosy-engine' })
  })
})

it('OPS-40: names who drives', () => {
  const rival = {
    namespace: 'x',
    name: 'y',
    isOurs: false,
    readyReplicas: 1,
    electsLeader: false,
    leaseNamespace: 'x',
    instanceID: '',
  }
  const held = { state: 'held', holder: 'us', since: T0, renewedAt: T0 } as const
  const other = { state: 'other', holder: 'them', changedAt: T0, acquiredAt: T0 } as const
  expect([
    engineMode(held, undefined),
    engineMode(held, rival),
    engineMode(other, undefined),
    engineMode({ state: 'free' }, rival),
    engineMode({ state: 'free' }, undefined),
    engineMode({ state: 'unknown' }, undefined),
  ]).toEqual(['driven', 'contested', 'inCluster', 'inCluster', 'observed', 'unknown'])
})
