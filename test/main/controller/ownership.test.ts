import { expect, it } from 'vitest'
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
  expect(await findReferenceControllers(api.client())).toEqual({ ok: true, value: [] })
})

it('OPS-40: names who drives', () => {
  const rival = { namespace: 'x', name: 'y', readyReplicas: 1, electsLeader: false, instanceID: '' }
  const held = { state: 'held', holder: 'us', since: T0, renewedAt: T0 } as const
  const other = { state: 'other', holder: 'them', changedAt: T0 } as const
  expect([
    engineMode(held, undefined),
    engineMode(held, rival),
    engineMode(other, undefined),
    engineMode({ state: 'free' }, rival),
    engineMode({ state: 'free' }, undefined),
    engineMode({ state: 'unknown' }, undefined),
  ]).toEqual(['driven', 'contested', 'inCluster', 'inCluster', 'observed', 'unknown'])
})
