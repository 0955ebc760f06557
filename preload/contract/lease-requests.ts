import * as v from 'valibot'
import type { EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { Outcome } from '#lib/outcome.ts'
import { request } from './channel.ts'

/** Somebody asks whoever drives a cluster, or decides what a plan does, to hand that over (SR-6). */
export interface LeaseRequestView {
  /** `user@host`, as they say of themselves. */
  readonly by: string
  /** By the clock of this machine, as `until`. */
  readonly at: EpochMs
  /** After that it counts for nothing. */
  readonly until: EpochMs
  readonly reason: string
  /** `toUs`: it is to be answered here; `ours`: this Argosy asks. */
  readonly side: 'toUs' | 'ours' | 'others'
  /** Who answered that they keep it. */
  readonly keptBy: string | undefined
}

const context = v.pipe(v.string(), v.minLength(1), v.maxLength(1024))
const planId = v.pipe(v.string(), v.minLength(1), v.maxLength(64))
const reason = v.pipe(v.string(), v.maxLength(2000))

export const leaseRequests = {
  /** Compete for the lease of a cluster, and ask its holder for it. */
  'cluster.ask': request<Outcome<void, Failure>>().of(v.object({ context, reason })),
  /** Answer who asks for the lease that is held here. */
  'cluster.answer': request<Outcome<void, Failure>>().of(v.object({ context, handOver: v.boolean(), reason })),
  /** Wait for the Lease of a plan, and ask its holder for it. */
  'plan.ask': request<Outcome<void, Failure>>().of(v.object({ id: planId, reason })),
  /** Answer who asks for the plan that is decided here. */
  'plan.answer': request<Outcome<void, Failure>>().of(v.object({ id: planId, handOver: v.boolean(), reason })),
} as const
