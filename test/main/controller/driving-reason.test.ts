import { expect, it } from 'vitest'
import { drivingReason } from '#main/controller/driving-reason.ts'
import type { LeaseState } from '#main/controller/lease.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const rival = {
  namespace: 'other',
  name: 'argo-rollouts',
  isOurs: false,
  readyReplicas: 1,
  electsLeader: false,
  leaseNamespace: 'other',
  instanceID: '',
}
const held: LeaseState = { state: 'held', holder: 'argosy', since: T0, renewedAt: T0 }
const other: LeaseState = { state: 'other', holder: 'argosy-laptop', changedAt: T0, acquiredAt: undefined }
const failed: LeaseState = { state: 'failed', since: T0, failure: { kind: 'ServerError', status: 500, message: 'no' } }

it.each([
  ['we drive', { wanted: 'drive', lease: held, rival: undefined }, undefined],
  [
    'a free lease that we are about to take',
    { wanted: 'drive', lease: { state: 'free' }, rival: undefined },
    undefined,
  ],
  [
    'nobody holds the lease we only watch',
    { wanted: 'observe', lease: { state: 'free' }, rival: undefined },
    'nobodyDrives',
  ],
  ['another holds it', { wanted: 'drive', lease: other, rival: undefined }, 'drivenElsewhere'],
  ['it cannot be used', { wanted: 'drive', lease: failed, rival: undefined }, 'leaseUnreadable'],
  ['it cannot be read, and we do not want it', { wanted: 'observe', lease: failed, rival: undefined }, undefined],
  ['a controller without leader election', { wanted: 'drive', lease: held, rival }, 'rival'],
  ['one while we only watch', { wanted: 'observe', lease: { state: 'free' }, rival }, 'drivenElsewhere'],
  ['not looked at yet', { wanted: 'drive', lease: { state: 'unknown' }, rival: undefined }, undefined],
] as const)('OPS-40: %s', (_title, driving, cause) => {
  expect(drivingReason(driving)?.cause).toBe(cause)
})
