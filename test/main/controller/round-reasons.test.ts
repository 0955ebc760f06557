import { expect, it } from 'vitest'
import { type Resource, resources } from '#api/resources.ts'
import type { Failure } from '#lib/failure.ts'
import type { RequestWrite } from '#main/controller/apply-writes.ts'
import { type Encounter, RoundReasons } from '#main/controller/round-reasons.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const key = 'shop/web'

function setUp() {
  const clock = new VirtualClock()
  const changed: string[] = []
  const reasons = new RoundReasons(clock, (each) => changed.push(each))
  return { clock, reasons, changed }
}

const writeTo = (resource: Resource, name: string, summary = `Scale ${name}`): RequestWrite => ({
  kind: 'patch',
  ref: { resource, namespace: 'shop', name },
  patchType: 'merge',
  body: {},
  precondition: {},
  because: 'CAN-3',
  summary,
})

const stoppedBy = (cause: Failure): Encounter => ({
  kind: 'stopped',
  stopped: { kind: 'failed', write: writeTo(resources.replicaSets, 'web-1'), failure: cause },
})
const done: Encounter = { kind: 'done' }
const conflict: Failure = { kind: 'Conflict', message: 'the object has been modified' }
const forbidden: Failure = {
  kind: 'Forbidden',
  message: 'User "sre" cannot patch resource "replicasets" in API group "apps" in the namespace "shop"',
  verb: 'patch',
  resource: 'replicasets.apps',
  namespace: 'shop',
}

it('ACT-14: a right that is missing is named with the object it is needed for, and goes with the next good round', () => {
  const { reasons, changed } = setUp()
  reasons.ended(key, stoppedBy(forbidden))
  expect(reasons.of(key)).toEqual([
    {
      cause: 'missingRight',
      object: { kind: 'ReplicaSet', name: 'web-1' },
      since: T0,
      values: { verb: 'patch', resource: 'replicasets.apps', namespace: 'shop' },
    },
  ])
  reasons.ended(key, done)
  expect(reasons.of(key)).toEqual([])
  expect(changed).toEqual([key, key])
})

it('a reason keeps the time at which it was first met, and tells nobody again', async () => {
  const { clock, reasons, changed } = setUp()
  reasons.ended(key, stoppedBy(forbidden))
  await clock.advance(30_000)
  reasons.ended(key, stoppedBy(forbidden))
  expect(reasons.of(key)).toMatchObject([{ since: T0 }])
  expect(changed).toEqual([key])
})

it('an admission check that refuses is no missing right', () => {
  const { reasons } = setUp()
  reasons.ended(key, stoppedBy({ ...forbidden, message: 'admission webhook "x" denied the request: frozen' }))
  expect(reasons.of(key)).toMatchObject([
    { cause: 'writeRefused', values: { name: 'web-1', message: 'Admission webhook "x" denied the request: frozen.' } },
  ])
  reasons.ended(key, stoppedBy({ kind: 'Invalid', message: 'spec.replicas: too many', causes: [] }))
  expect(reasons.of(key)).toMatchObject([{ cause: 'writeRefused' }])
})

it('one conflict is life; several in a row are another writer, named as the object names it', () => {
  const { reasons } = setUp()
  const rs = aReplicaSet({ hash: 'v1' })
  const seen = {
    ...rs,
    metadata: {
      ...rs.metadata,
      managedFields: [
        { manager: 'argosy', time: '2026-01-15T10:00:09Z' },
        { manager: 'kube-controller-manager', subresource: 'status', time: '2026-01-15T10:00:08Z' },
        { manager: 'helm', time: '2026-01-15T10:00:01Z' },
        { manager: 'keda-operator', time: '2026-01-15T10:00:07Z' },
      ],
    },
  }
  reasons.ended(key, stoppedBy(conflict), seen)
  reasons.ended(key, stoppedBy(conflict), seen)
  expect(reasons.of(key)).toEqual([])
  reasons.ended(key, stoppedBy(conflict), seen)
  expect(reasons.of(key)).toMatchObject([
    { cause: 'anotherWriter', object: { kind: 'ReplicaSet', name: 'web-1' }, values: { manager: 'keda-operator' } },
  ])
  reasons.ended(key, done)
  reasons.ended(key, stoppedBy(conflict), seen)
  expect(reasons.of(key)).toEqual([])
})

it('the same write again and again is a fight, until it has not been needed for a minute', async () => {
  const { clock, reasons, changed } = setUp()
  const write = writeTo(resources.replicaSets, 'web-1', 'Scale up ReplicaSet web-1 from 1 to 3')
  for (const _ of [1, 2, 3]) {
    reasons.written(key, write, undefined)
    reasons.ended(key, done)
    await clock.advance(5_000)
  }
  expect(reasons.of(key)).toMatchObject([{ cause: 'anotherWriter', values: { manager: 'Something else' } }])
  await clock.advance(61_000)
  expect(reasons.of(key)).toEqual([])
  expect(changed).toEqual([key, key])
  expect(clock.pending).toBe(0)
})

it('the status is written often, and far apart nothing is a fight', async () => {
  const { clock, reasons } = setUp()
  const status: RequestWrite = { ...writeTo(resources.rollouts, 'web'), subresource: 'status' } as RequestWrite
  for (const _ of [1, 2, 3, 4]) reasons.written(key, status, undefined)
  for (const _ of [1, 2, 3, 4]) {
    reasons.written(key, writeTo(resources.replicaSets, 'web-1'), undefined)
    await clock.advance(61_000)
  }
  reasons.ended(key, done)
  expect(reasons.of(key)).toEqual([])
})

it('REC-125: an eviction that a budget holds back names the budget', () => {
  const { reasons } = setUp()
  const pod = writeTo(resources.pods, 'web-1-a')
  const message =
    "Cannot evict pod as it would violate the pod's disruption budget. The disruption budget web needs 3 healthy pods and has 3 currently"
  reasons.heldBack(key, pod, message)
  reasons.ended(key, done)
  expect(reasons.of(key)).toEqual([
    {
      cause: 'disruptionBudget',
      object: { kind: 'PodDisruptionBudget', name: 'web' },
      since: T0,
      values: { name: 'web-1-a', message: 'The disruption budget web needs 3 healthy pods and has 3 currently.' },
    },
  ])
})

it('OPS-62: a fault of ours is admitted', () => {
  const { reasons } = setUp()
  reasons.ended(key, { kind: 'fault' })
  expect(reasons.of(key)).toMatchObject([{ cause: 'engineFault', object: { kind: 'Rollout', name: 'web' } }])
})

it('nothing is kept of a Rollout that is gone', async () => {
  const { clock, reasons } = setUp()
  for (const _ of [1, 2, 3]) reasons.written(key, writeTo(resources.replicaSets, 'web-1'), undefined)
  reasons.ended(key, stoppedBy(forbidden))
  reasons.forget(key)
  expect(reasons.of(key)).toEqual([])
  expect(clock.pending).toBe(0)
})
