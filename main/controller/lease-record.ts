import type { Lease } from '#api/core.ts'
import { apiVersionOf, resources } from '#api/resources.ts'
import type { EpochMs } from '#lib/clock.ts'
import { withoutRequest, withSuccessor } from './lease-request.ts'

export interface LeaseTerms {
  readonly identity: string
  readonly durationMs: number
  readonly now: EpochMs
}

export const newLease = (at: { readonly name: string; readonly namespace: string }, terms: LeaseTerms): Lease => ({
  apiVersion: apiVersionOf(resources.leases),
  kind: 'Lease',
  metadata: { ...at },
  spec: specOf(terms, 0, microTime(terms.now)),
})

/** Another holder is asked anew. */
export function takenLease(lease: Lease, terms: LeaseTerms): Lease {
  const same = lease.spec?.holderIdentity === terms.identity
  const transitions = (lease.spec?.leaseTransitions ?? 0) + (same ? 0 : 1)
  const now = microTime(terms.now)
  const acquireTime = same ? (lease.spec?.acquireTime ?? now) : now
  return { ...(same ? lease : withoutRequest(lease)), spec: specOf(terms, transitions, acquireTime) }
}

export const renewedLease = (lease: Lease, now: EpochMs): Lease => ({
  ...lease,
  spec: { ...lease.spec, renewTime: microTime(now) },
})

/** @param to the identity of who asked for it */
export const releasedLease = (lease: Lease, now: EpochMs, to: string | undefined): Lease => ({
  ...(to === undefined ? withoutRequest(lease) : withSuccessor(lease, to)),
  spec: { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(now) },
})

const specOf = ({ identity, durationMs, now }: LeaseTerms, leaseTransitions: number, acquireTime: string) => ({
  holderIdentity: identity,
  leaseDurationSeconds: durationMs / 1000,
  acquireTime,
  renewTime: microTime(now),
  leaseTransitions,
})

/** RFC 3339 with six decimals, as `metav1.MicroTime` (OPS-31). */
const microTime = (at: EpochMs): string => new Date(at).toISOString().replace('Z', '000Z')
