import { describe, expect, it } from 'vitest'
import type { Deployment } from '#api/apps.ts'
import { controllerNamespace, leaseName } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import { notSeenText, whoDrives } from '#main/controller/who-drives.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const metadata = { name: leaseName, namespace: controllerNamespace }

function withLease(spec: object | undefined) {
  const api = new FakeApi()
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec }
  if (spec !== undefined) api.put(resources.leases, lease)
  return api
}

const renewed = { holderIdentity: 'argo-1', leaseDurationSeconds: 15, renewTime: '2026-01-15T09:59:50.000000Z' }

describe('OPS-40: who drives, by one look', () => {
  it.each([
    ['a lease that is renewed', renewed, { engine: 'inCluster', holder: 'argo-1' }],
    ['one that has run out', { ...renewed, leaseDurationSeconds: 5 }, { engine: 'observed', holder: 'argo-1' }],
    ['one that was given back', { ...renewed, holderIdentity: '' }, { engine: 'observed', holder: undefined }],
    ['none', undefined, { engine: 'observed', holder: undefined }],
  ] as const)('%s', async (_what, spec, driver) => {
    expect(await whoDrives(withLease(spec).client(), T0)).toEqual(driver)
  })

  it('OPS-39: a running controller that elects no leader', async () => {
    const api = withLease(undefined)
    const container = { name: 'argo', image: 'argo', args: ['--leader-elect=false'] }
    const deployment: Deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'rollouts', namespace: 'argo', labels: { 'app.kubernetes.io/name': 'argo-rollouts' } },
      spec: { selector: {}, template: { spec: { containers: [container] } } },
      status: { readyReplicas: 1 },
    }
    api.put(resources.deployments, deployment)
    expect(await whoDrives(api.client(), T0)).toEqual({ engine: 'inCluster', holder: 'argo/rollouts' })
  })

  it('OPS-39: Argosy in the cluster, with a lease elsewhere', async () => {
    const api = withLease(undefined)
    const args = ['engine', '--lease-namespace', 'argosy']
    const deployment: Deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'argosy-engine', namespace: 'argosy', labels: { 'app.kubernetes.io/name': 'argosy-engine' } },
      spec: { selector: {}, template: { spec: { containers: [{ name: 'engine', image: 'argosy', args }] } } },
      status: { readyReplicas: 1 },
    }
    api.put(resources.deployments, deployment)
    expect(await whoDrives(api.client(), T0)).toEqual({ engine: 'inCluster', holder: 'argosy/argosy-engine' })
  })

  it('a lease that may not be read tells nothing', async () => {
    const api = withLease(renewed)
    api.intercept = () => ({ kind: 'Forbidden', message: '', verb: 'get', resource: 'leases', namespace: undefined })
    expect(await whoDrives(api.client(), T0)).toEqual({ engine: 'unknown', holder: undefined })
  })
})

describe('ACT-58: nobody acted, in words', () => {
  it.each([
    ['driven', undefined, 'Argosy drives this cluster itself and should have acted'],
    ['inCluster', 'argo-1', 'the engine that drives this cluster (argo-1) should have acted and may be down'],
    ['observed', 'argo-1', 'no engine drives this cluster; the last was argo-1'],
    ['observed', undefined, 'no engine drives this cluster'],
    ['unknown', undefined, 'the engine that drives this rollout may be down'],
  ] as const)('%s, %s', (engine, holder, words) => {
    const text = `accepted by the API server, but not seen to take effect after 30 s: ${words}`
    expect(notSeenText({ engine, holder }, 30_000)).toBe(text)
  })
})
