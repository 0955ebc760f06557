import type { Rollout } from '#api/rollout.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { MemberId } from './document.ts'

/** All that a plan is decided by, beside its document. */
export interface FleetWorld {
  readonly members: Readonly<Record<MemberId, MemberObservation>>
  /** The plan's Lease, while it is ours for sure: until 2/3 of its duration after the last renewal (PC-4). `undefined`: somebody else plans. */
  readonly lease: { readonly epoch: number } | undefined
  /** When the machine began or went on after a sleep: nothing is decided by what was read before (SR-2). */
  readonly resumedAt: EpochMs
  /** Whether changes may go out now, by the windows of the plan. */
  readonly window: { readonly isOpen: boolean; readonly text: string; readonly changesAt?: EpochMs }
  /** What the analyses and fleet verdicts of waves with such a gate say, by index. */
  readonly gates: Readonly<Record<number, 'open' | 'shut'>>
}

/** With our clock; rules about a member go by its own (SR-1). */
export interface FleetMoment extends FleetWorld {
  readonly now: EpochMs
}

/** A member as it was last read. */
export interface MemberObservation {
  readonly reach: 'reachable' | 'unreachable' | 'unauthorized'
  /** Since when, by our clock. */
  readonly reachSince: EpochMs
  /** When it was read, or known to be as it was read, by our clock. */
  readonly readAt: EpochMs
  /** The same moment by the clock of its API server (SR-1). */
  readonly at: EpochMs
  readonly rollout: Rollout | undefined
  /** A right that the acts of the plan take and that is missing, in RBAC's words. */
  readonly missingRight?: string
  /** Its cluster is asked about those rights: it does not begin before it has answered. */
  readonly asksRights?: true
  /** Nothing new goes out there now, and why; `until` by our clock. */
  readonly frozen?: { readonly why: string; readonly until: EpochMs | undefined }
  /** Some engine or controller acts on it. */
  readonly isDriven: boolean
  /** A controller of the cluster itself, which goes on while laptops sleep (SR-5). */
  readonly isInCluster: boolean
  /** The pod hashes of its ReplicaSets. */
  readonly hashes: readonly string[]
  /** What metrics say of the time since it became stable. */
  readonly evidence?: Readonly<Record<string, MetricEvidence>>
}

/** Samples of one metric in a stretch of time, by the clock of the member. */
export interface MetricEvidence {
  readonly count: number
  /** When each sample was taken, ascending. */
  readonly times: readonly EpochMs[]
  readonly isBad: boolean
}
