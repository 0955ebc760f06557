import type { RolloutAnalysis } from '#api/rollout.ts'
import type { ContainerImage } from '#engine/actions/action-plan.ts'
import type { EpochMs } from '#lib/clock.ts'

/**
 * A change that goes out to many clusters in waves. One JSON document: what was asked for, and how far it is. It is kept in the journal
 * and in a ConfigMap of its home cluster; nothing else remembers anything of a plan.
 */
export interface FleetPlan {
  readonly schema: typeof fleetPlanSchema
  /** ULID. */
  readonly id: string
  readonly name: string
  /** `user@host/uuid`: the same person on two machines is two (SR-8). */
  readonly createdBy: string
  readonly createdAt: EpochMs
  readonly spec: FleetPlanSpec
  readonly status: FleetPlanStatus
}

export const fleetPlanSchema = 'argosy.dev/fleet-plan/v1'

export interface FleetPlanSpec {
  /** Where ConfigMap and Lease are. */
  readonly home: { readonly context: string; readonly namespace: string }
  readonly change: PlannedChange
  /** Frozen at the start, but for those that come late (`joinPolicy`). */
  readonly members: readonly PlanMember[]
  /** What becomes of clusters that appear later; absent: `ignore`. */
  readonly joinPolicy?: 'ignore' | 'catchUp'
  /** In order. A member belongs to the first one that selects it. */
  readonly waves: readonly PlanWave[]
  readonly unreachable: 'wait' | 'skip' | 'fail'
  readonly unreachableAfterMs: number
  readonly onBreach: 'hold' | 'abortInFlight' | 'rollbackWave' | 'rollbackAll'
  readonly rollback: { readonly maxConcurrent: Amount; readonly order: 'reverse' | 'listed' }
  /** When changes may go out; absent: at any time. One that denies wins over all that allow. */
  readonly windows?: readonly PlanWindow[]
  /** Without so many people besides whoever made it, it is not started; `by`: of these, by name, and of nobody else. */
  readonly approvals?: { readonly count: number; readonly by?: readonly string[] }
  /** What becomes of members whose only engine is an Argosy that is quit or sleeps; absent: `freeze` (SR-5). */
  readonly parking?: 'freeze' | 'abort' | 'requireInClusterController'
  /** How long an act may wait for a cluster that does not answer (PC-3). */
  readonly intentTtlMs: number
  /** Of all traffic, in percent: what members that are not proven yet may serve the new version to. */
  readonly maxTrafficShare?: number
  readonly maxClustersUnproven?: number
  /** Minutes in which all of the traffic fails: what members that are not proven yet, and those that failed, may cost at worst (W16). */
  readonly maxErrorBudgetMinutes?: number
  /** Two members that fail for one metric at once hold the plan even inside its budget (FP-6). */
  readonly holdOnCorrelatedFailure: boolean
}

/** A stretch of time that may come again, in which changes are allowed, or denied: a freeze. */
export interface PlanWindow {
  readonly kind: 'allow' | 'deny'
  /** RFC 5545: `DTSTART:…` by the clocks of `timeZone`, and in a second line `RRULE:…` when it comes again. */
  readonly rrule: string
  /** As in the time zone database: `Europe/Berlin`. */
  readonly timeZone: string
  readonly durationMs: number
  readonly reason?: string
}

/** What goes out. `gate`: the new version arrives by other ways, and the plan opens gates only. */
export type PlannedChange =
  | { readonly kind: 'gate' }
  | { readonly kind: 'setImage'; readonly images: readonly ContainerImage[] }
  | { readonly kind: 'undo'; readonly toRevision?: number }

export interface PlanMember {
  /** `context/namespace/rollout`, unique in a plan. */
  readonly id: MemberId
  readonly context: string
  readonly namespace: string
  readonly rollout: string
  readonly labels: Readonly<Record<string, string>>
  /** Its share of the traffic of all members, in percent. */
  readonly trafficShare: number
  /** The stable pod hash before the plan. */
  readonly priorHash: string
  /** It came when the plan was under way, or was away at its turn: it is of the wave that catches up. */
  readonly late?: true
}

export type MemberId = string

/** A number, or percent of a wave; percent is rounded down (FP-2). */
export type Amount = number | `${number}%`

export interface PlanWave {
  readonly name: string
  readonly select: WaveSelector
  /** Zero tolerance: no failure and no unreachable member is borne. */
  readonly pilot: boolean
  /** At least one. */
  readonly maxConcurrent: Amount
  readonly order: 'listed' | 'smallestTrafficFirst' | 'name'
  /** `step`: no member goes on before all that move have reached its step (W1). */
  readonly sync: 'none' | 'step'
  /** Of each member after its success, proven by samples and never slept (W3). */
  readonly minSoakMs: number
  /** Of the first member of the wave. */
  readonly firstSoakMs: number
  readonly minEvidence: readonly EvidenceWanted[]
  /** What measures its members: for `minEvidence`, and for a gate of the kind `analysis`. Templates are those beside each member. */
  readonly analysis?: Pick<RolloutAnalysis, 'templates' | 'args'>
  /** Larger holes between samples count for nothing. */
  readonly maxEvidenceGapMs: number
  /** After its last member. */
  readonly waveSoakMs: number
  readonly gate: 'none' | 'manual' | 'analysis' | 'fleetVerdict'
  /** Of each member from Applying to Succeeded; absent: none. */
  readonly deadlineMs?: number
  readonly maxFailures: Amount
  readonly maxUnreachable: Amount
}

export type WaveSelector =
  | { readonly kind: 'names'; readonly contexts: readonly string[] }
  | { readonly kind: 'labels'; readonly matchLabels: Readonly<Record<string, string>> }
  /** All that are left. */
  | { readonly kind: 'rest' }
  /** Those that came late, and nobody else. */
  | { readonly kind: 'late' }

export interface EvidenceWanted {
  readonly metric: string
  readonly minCount: number
}

export interface FleetPlanStatus {
  readonly phase: PlanPhase
  readonly since: EpochMs
  /** Of the Lease: it grows with each new holder (SR-6). */
  readonly epoch: number
  readonly holds: readonly PlanHold[]
  readonly members: Readonly<Record<MemberId, MemberStatus>>
  /** As many as waves. */
  readonly waves: readonly WaveStatus[]
  /** With a gate: the images of the new version, as `container=image`, once a member has shown them. */
  readonly target?: readonly string[]
  /** A hold ended then: what was read before does not count (3.4.3). */
  readonly readAfter?: EpochMs
  readonly approvals?: readonly { readonly by: string; readonly at: EpochMs; readonly reason: string }[]
  /** What is taken back, once something is. */
  readonly rollback?: PlanRollback
  /** It came from a home that was lost (PC-4). */
  readonly moved?: PlanMove
  /** This copy of it is that of a home that was lost: the plan goes on there, and never here (PC-4). */
  readonly movedTo?: FleetPlanSpec['home'] & { readonly epoch: number; readonly phase: PlanPhase }
}

export interface PlanMove {
  readonly from: FleetPlanSpec['home']
  /** Of the first holder at the new home. */
  readonly epoch: number
  readonly by: string
  readonly at: EpochMs
  readonly reason: string
  /** Its members bear the new epoch: nobody decides at the old home any more. */
  readonly isClaimed?: true
  /** The copy at the old home says so, too. */
  readonly isOldMarked?: true
}

export type PlanPhase = 'Ready' | 'Running' | 'Completed' | 'RollingBack' | 'RolledBack' | 'Aborted' | 'Superseded'

/** Why a plan that runs does not go on. It keeps its positions (3.4.3). */
export interface PlanHold {
  readonly reason: HoldReason
  readonly since: EpochMs
  readonly text: string
  /** Whose hold it is; the plan ends its own when the reason is gone, and never a person's. */
  readonly by: string
  /** Members are paused where they are, too (W12). */
  readonly stopsLine?: true
  /** It ends by itself then. */
  readonly until?: EpochMs
}

export type HoldReason =
  | 'Manual'
  | 'Window'
  | 'Budget'
  | 'Unreachable'
  | 'LeaseLost'
  | 'EvidenceGap'
  | 'Cap'
  | 'ControllerConflict'

export type MemberState =
  | 'Pending'
  | 'Admitting'
  | 'Applying'
  | 'Progressing'
  | 'AtGate'
  | 'Soaking'
  | 'Succeeded'
  | 'Failed'
  | 'TimedOut'
  | 'Refused'
  | 'RollingBack'
  | 'RolledBack'
  | 'RollbackFailed'
  | 'Skipped'
  | 'Superseded'

export interface MemberStatus {
  readonly state: MemberState
  /** By the clock of the member's API server, as everything that is measured there (SR-1). */
  readonly since: EpochMs
  readonly reason?: string
  /** The metric that failed, where one did. */
  readonly metric?: string
  /** It had failed long before that was seen: nothing is taken back for it without a person (FP-5). */
  readonly isOldFailure?: true
  /** It was skipped for it could not be reached: back in time, it catches up where the plan does that. */
  readonly wasAway?: true
  /** Filled on first sight where it cannot be known before. */
  readonly targetHash?: string
  /** When it began to apply; the deadline counts from here. */
  readonly startedAt?: EpochMs
  readonly soak?: SoakStatus
  /** Where the plan has a cap of the error budget. */
  readonly exposure?: MemberExposure
  /** The step of the last pause it came to. */
  readonly gate?: number
  /** When it was aborted, once it failed by that. */
  readonly abortedAt?: EpochMs
  /** Its engine goes to sleep: it is aborted, and that is for a person to weigh. */
  readonly parked?: true
  /** It is tried again: after the abort of this time, and from this step on, or from the first (W17). */
  readonly retry?: { readonly of: EpochMs; readonly resumeAt?: number }
  /** An act that was sent and whose effect was not seen yet (RB-4). */
  readonly sent?: SentAct
}

export interface SoakStatus {
  /** Proven so far. */
  readonly provenMs: number
  /** Up to where it was looked at. */
  readonly seenAt: EpochMs
}

/** What the new version was given of all traffic; times are milliseconds of all of it (W16). */
export interface MemberExposure {
  /** By attempts that failed. */
  readonly lostMs: number
  /** Of that, what came of failures that were for a person to weigh (FP-5). */
  readonly weighedMs?: number
  /** By this one, until `seenAt`. */
  readonly riskMs: number
  /** Since then it serves `share`, by the clock of the member. */
  readonly seenAt: EpochMs
  /** Of its requests, 0…1. */
  readonly share: number
  /** The most that it can come to before somebody acts. */
  readonly most: number
}

export interface SentAct {
  readonly kind: ActKind
  readonly at: EpochMs
  /** The version it was decided from: a member that shows this one still has not seen it. */
  readonly resourceVersion: string
}

export type ActKind =
  | 'mark'
  | 'setImage'
  | 'undo'
  | 'promote'
  | 'abort'
  | 'rollback'
  | 'promoteFull'
  | 'stop'
  | 'release'
  | 'retry'
  | 'jump'

/** `inFlight`: aborts only; `wave`: what the wave has done too; `all`: all waves. */
export interface PlanRollback {
  readonly scope: 'inFlight' | 'wave' | 'all'
  readonly wave: number
  readonly since: EpochMs
  /** A person, or the policy of the plan. */
  readonly by: string
}

export interface WaveStatus {
  readonly state: 'Waiting' | 'Active' | 'WaveSoak' | 'Gate' | 'Passed' | 'Breached'
  readonly since: EpochMs
  /** Of `waveSoakMs`, by the clock of the plan's holder. */
  readonly soak?: SoakStatus
  /** Who opened a manual gate, when and why. */
  readonly opened?: { readonly by: string; readonly at: EpochMs; readonly reason: string }
}
