import { expect, it } from 'vitest'
import type { Lease } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import { failure, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { answerForLease, askForLease } from '#main/controller/ask-for-lease.ts'
import { requestOn } from '#main/controller/lease-request.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const at = { namespace: 'argo-rollouts', name: 'argo-rollouts-controller-lock' }
const ada = { by: 'ada@rome', identity: 'argosy-rome_2', reason: 'mine' }

function setUp(holderIdentity = 'argosy-oslo_1', renewTime = '2026-01-15T10:00:00.000000Z') {
  const api = new FakeApi()
  const spec = { holderIdentity, renewTime, leaseDurationSeconds: 15, leaseTransitions: 3 }
  api.put(resources.leases, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: at, spec } as Lease)
  const lease = () => api.read(resources.leases, at) as Lease
  const place = { client: api.client() as ClusterClient, at, now: T0 }
  return { api, lease, place, request: () => requestOn(lease()) }
}

const deployment = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { namespace: 'argo-rollouts', name, labels: { 'app.kubernetes.io/name': 'argosy-engine' } },
  spec: { template: { spec: { containers: [{ name: 'engine', args: ['engine'] }] } } },
  status: { readyReplicas: 1 },
})

it('SR-6: writes the request by the API server’s clock, and changes nothing of who holds the lease', async () => {
  const { lease, place, request } = setUp()
  const before = lease().spec
  const client = Object.assign(Object.create(place.client) as ClusterClient, { clockOffsetMs: 4_000 })
  expect(await askForLease({ ...place, client }, ada)).toEqual(success(undefined))
  expect(request()).toMatchObject({ by: 'ada@rome', at: T0 + 4_000, of: 'argosy-oslo_1', for: 'argosy-rome_2' })
  expect(lease().spec).toEqual(before)
})

it('SR-6: a renewal in between is looked at and tried again, and another holder is asked instead', async () => {
  const { api, lease, place, request } = setUp()
  let isFirst = true
  api.intercept = ({ verb }) => {
    if (verb !== 'update' || !isFirst) return undefined
    isFirst = false
    api.put(resources.leases, { ...lease(), spec: { ...lease().spec, holderIdentity: 'argosy-paris_7' } } as Lease)
    return undefined
  }
  expect((await askForLease(place, ada)).ok).toBe(true)
  expect(request()?.of).toBe('argosy-paris_7')
  expect(api.writes).toHaveLength(2)
})

it.each([
  ['another controller', 'argo-rollouts-6b_4', /is no Argosy and reads nothing .* Scale its Deployment to 0/],
  ['Argosy in the cluster', 'argosy-argosy-engine-7d9f-x2_1', /runs in the cluster, where nobody reads/],
  ['nobody', '', /Nobody has the lease/],
  ['us', 'argosy-rome_2', /ours already/],
])('SR-6: %s is not asked, and what to do instead is said', async (_who, holder, words) => {
  const { api, place } = setUp(holder)
  api.put(resources.deployments, deployment('argosy-engine'))
  expect(await askForLease(place, ada)).toMatchObject({ ok: false, error: { message: expect.stringMatching(words) } })
  expect(api.writes).toEqual([])
})

it('SR-6: a holder that renews no more is not asked', async () => {
  const { place } = setUp('argosy-oslo_1', '2026-01-15T09:59:40.000000Z')
  expect((await askForLease(place, ada)).ok).toBe(false)
})

it('SR-6: of two that ask the second waits for the answer to the first, or for its end', async () => {
  const { place, request } = setUp()
  const bo = { by: 'bo@bonn', identity: 'argosy-bonn_9', reason: '' }
  await askForLease(place, ada)
  expect(await askForLease(place, bo)).toMatchObject({ error: { message: expect.stringContaining('ada@rome') } })
  expect((await askForLease({ ...place, now: T0 + 1_000 }, ada)).ok).toBe(true)
  const kept = { kind: 'kept', by: 'cy@oslo' } as const
  expect((await answerForLease(place, kept, { reason: '', holder: () => success(undefined) })).ok).toBe(true)
  expect((await askForLease(place, bo)).ok).toBe(true)
  expect(request()).toMatchObject({ by: 'bo@bonn', answer: undefined })
})

it('SR-6: only a request that lives is answered, and only by who may', async () => {
  const { api, place, request } = setUp()
  const kept = { kind: 'kept', by: 'cy@oslo' } as const
  const may = { reason: '', holder: () => success(undefined) }
  expect(await answerForLease(place, kept, may)).toMatchObject({ error: { message: 'Nobody asks for the lease.' } })
  await askForLease(place, ada)
  expect((await answerForLease({ ...place, now: T0 + 300_000 }, kept, may)).ok).toBe(false)
  const mayNot = { reason: '', holder: () => failure('not here') }
  expect(await answerForLease(place, kept, mayNot)).toMatchObject({ error: { message: 'not here' } })
  expect(request()?.answer).toBeUndefined()
  expect(api.writes).toHaveLength(1)
})
