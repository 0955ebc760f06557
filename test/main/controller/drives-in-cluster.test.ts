import { describe, expect, it } from 'vitest'
import type { Deployment } from '#api/apps.ts'
import { controllerNamespace, leaseName } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import { drivesInCluster } from '#main/controller/drives-in-cluster.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const engine = (readyReplicas: number): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'argosy-engine', namespace: 'ops', labels: { 'app.kubernetes.io/name': 'argosy-engine' } },
  spec: {
    selector: {},
    template: {
      spec: { containers: [{ name: 'engine', image: 'argosy', args: [`--lease-namespace=${controllerNamespace}`] }] },
    },
  },
  status: { readyReplicas },
})

function held(holderIdentity: string, readyReplicas = 0) {
  const api = new FakeApi()
  const metadata = { name: leaseName, namespace: controllerNamespace }
  const spec = { holderIdentity, leaseDurationSeconds: 15, renewTime: '2026-01-15T09:59:50.000000Z' }
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec }
  api.put(resources.leases, lease)
  api.put(resources.deployments, engine(readyReplicas))
  return drivesInCluster(api.client(), T0)
}

describe('SR-5: who drives on while laptops sleep', () => {
  it.each([
    ['the reference controller', 'argo-rollouts-6c5f_4b1c', 0, true],
    ['another laptop', 'argosy-desk-oslo-07_6b1f', 1, false],
    ['Argosy in a pod of its Deployment', 'argosy-argosy-engine-7d9f8-x2x4k_6b1f', 1, true],
    ['a laptop that is named like one, with the Deployment scaled to nothing', 'argosy-argosy-engine-1_6b1f', 0, false],
  ] as const)('%s', async (_who, holder, ready, isInCluster) => {
    expect(await held(holder, ready)).toEqual({ isDriven: true, isInCluster })
  })

  it('nobody', async () => {
    expect(await drivesInCluster(new FakeApi().client(), T0)).toEqual({ isDriven: false, isInCluster: false })
  })
})
