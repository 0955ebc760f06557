import type { EpochMs } from '#lib/clock.ts'
import type { LeaseRequestView } from './lease-requests.ts'
import type { RolloutKey, WriteView } from './views.ts'

/** One release over many clusters, in a line. */
export interface PlanSummaryView {
  /** ULID. */
  readonly id: string
  readonly name: string
  readonly phase: PlanPhaseView
  /** Of the phase. */
  readonly since: EpochMs
  readonly holds: readonly PlanHoldView[]
  /** What goes out: `shop=registry/shop:2`, `revision 3`; empty when others bring it and nobody has shown it yet. */
  readonly change: readonly string[]
  readonly home: { readonly context: string; readonly namespace: string }
  /** `user@host/uuid`. */
  readonly createdBy: string
  readonly createdAt: EpochMs
  readonly waves: readonly PlanWaveSummary[]
  readonly driver: PlanDriver
  /** What whoever decides was asked, as last seen; it may be over. */
  readonly request?: LeaseRequestView
  /** Where others have to agree before it is started. */
  readonly approvals?: PlanApprovalsView
  /** Its home cannot be read now: what is shown is from then on. */
  readonly unread: { readonly since: EpochMs; readonly text: string } | undefined
}

export interface PlanApprovalsView {
  readonly count: number
  /** Of these, by name; absent: of anybody but its maker. */
  readonly by?: readonly string[]
  readonly given: readonly { readonly by: string; readonly at: EpochMs; readonly reason: string }[]
}

export interface PlanWaveSummary {
  readonly name: string
  readonly state: 'Waiting' | 'Active' | 'WaveSoak' | 'Gate' | 'Passed' | 'Breached'
  readonly since: EpochMs
  readonly memberCount: number
  /** Of those that come late (`joinPolicy: catchUp`): it may have nobody. */
  readonly isLate?: true
  /** Succeeded or skipped. */
  readonly doneCount: number
  readonly failedCount: number
}

export type PlanPhaseView = 'Ready' | 'Running' | 'Completed' | 'RollingBack' | 'RolledBack' | 'Aborted' | 'Superseded'

/** Who decides what the plan does next. `here`: this Argosy; `waiting`: it wants to, and somebody else does still. */
export type PlanDriver =
  | { readonly state: 'here' }
  | { readonly state: 'waiting'; readonly holder: string | undefined }
  | { readonly state: 'elsewhere'; readonly holder: string }
  | { readonly state: 'nobody' }

export interface PlanHoldView {
  readonly reason:
    | 'Manual'
    | 'Window'
    | 'Budget'
    | 'Unreachable'
    | 'LeaseLost'
    | 'EvidenceGap'
    | 'Cap'
    | 'ControllerConflict'
  readonly since: EpochMs
  readonly text: string
  /** A person, or `plan`. */
  readonly by: string
  /** Every member is paused as well, also for what comes by other ways (W12). */
  readonly stopsLine?: true
  /** It ends by itself then. */
  readonly until?: EpochMs
}

/** When a plan that goes its way is done, or waits for a person (UI-CH). */
export interface PlanEndingView {
  readonly how: 'done' | 'person'
  readonly at: EpochMs
  /** The one whose gate waits; the first is 0. */
  readonly wave: number
  /** Not before then: too little is known of earlier updates, or of something in between. */
  readonly isAtLeast: boolean
}

/** What a plan costs of the error budget, in milliseconds in which all of the traffic fails (W16). */
export interface PlanBudgetView {
  /** What failed, or is taken back. */
  readonly lostMs: number
  /** What is not proven yet. */
  readonly atRiskMs: number
  readonly maxMinutes: number
}

/** All of a plan. */
export interface PlanView extends PlanSummaryView {
  /** Where it has a cap of the error budget. */
  readonly budget?: PlanBudgetView
  /** While that is foreseen. */
  readonly ending?: PlanEndingView
  readonly waveViews: readonly PlanWaveView[]
  /** Why what stands still does so. */
  readonly explanation: readonly PlanExplanationView[]
  /** What it would do next, were nothing in its way. */
  readonly nextActs: readonly PlanActView[]
  /** What happened to it, newest first, as far as it was seen on this machine. */
  readonly events: readonly PlanEventView[]
}

export interface PlanWaveView extends PlanWaveSummary {
  readonly pilot: boolean
  readonly maxConcurrent: string
  readonly sync: 'none' | 'step'
  readonly maxFailures: string
  readonly maxUnreachable: string
  readonly gate: 'none' | 'manual' | 'analysis' | 'fleetVerdict'
  readonly opened: { readonly by: string; readonly at: EpochMs; readonly reason: string } | undefined
  readonly minSoakMs: number
  /** After its last member. */
  readonly waveSoakMs: number
  /** Of `waveSoakMs`. */
  readonly soakedMs: number
  readonly members: readonly PlanMemberView[]
}

export interface PlanMemberView {
  readonly id: string
  readonly key: RolloutKey
  readonly context: string
  readonly namespace: string
  readonly rollout: string
  readonly state: PlanMemberState
  readonly since: EpochMs
  readonly reason: string | undefined
  /** The step of the last pause that one which failed had come to: it can go on there (W17). */
  readonly lastPause?: number
  /** Of the update, the first is 0; equal to `stepCount` at its end. `undefined` while it is not under way. */
  readonly stepIndex: number | undefined
  readonly stepCount: number
  /** What the new version serves, in percent. */
  readonly weight: number
  /** Percent of the traffic of all members. */
  readonly trafficShare: number
  readonly reach: 'reachable' | 'unreachable' | 'unauthorized' | 'unread'
  readonly reachSince: EpochMs | undefined
  readonly soak: { readonly provenMs: number; readonly wantedMs: number } | undefined
  /** An act whose effect was not seen yet. */
  readonly sent: { readonly kind: string; readonly at: EpochMs } | undefined
}

export type PlanMemberState =
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

export interface PlanExplanationView {
  /** The rule. */
  readonly because: string
  readonly text: string
  readonly wave: number | undefined
  readonly member: string | undefined
}

export interface PlanActView {
  readonly member: string
  readonly kind:
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
  readonly summary: string
  readonly because: string
}

export interface PlanEventView {
  readonly at: EpochMs
  readonly text: string
  readonly wave: number | undefined
  readonly member: string | undefined
  readonly severity: 'info' | 'warning' | 'error'
}

/** What one act would send now. */
export type PlanActPreview =
  | { readonly open: true; readonly writes: readonly WriteView[] }
  | { readonly open: false; readonly reason: string }

/** What a text says, as a plan. */
export interface PlanCheckView {
  readonly faults: readonly PlanFaultView[]
  /** As far as the text is a plan. */
  readonly forecast: PlanForecastView | undefined
}

export interface PlanFaultView {
  /** `waves[1].maxConcurrent`; empty: the whole text. */
  readonly field: string
  /** What to do. */
  readonly message: string
  /** Of the text, the first is 1. */
  readonly line: number | undefined
}

export interface PlanWarningView {
  /** Absent: it is about several. */
  readonly member: string | undefined
  readonly text: string
}

/** What would go out where, before anything is sent. */
export interface PlanForecastView {
  readonly name: string
  readonly change: readonly string[]
  readonly waves: readonly PlanWaveForecastView[]
  /** Until its end, without gates and failures; `undefined` when some part cannot be foreseen. */
  readonly durationMs: number | undefined
  /** Members with a long step that stand still when this Argosy sleeps: the first one is 0, with its length (SR-5). */
  readonly stranded: readonly { readonly member: string; readonly step: number; readonly ms: number }[]
  readonly warnings: readonly PlanWarningView[]
}

export interface PlanWaveForecastView {
  readonly name: string
  /** Of those that come late: whom nobody knows. */
  readonly isLate?: true
  readonly members: readonly PlanMemberForecastView[]
  readonly pods: number
  /** Percent of the traffic of all members. */
  readonly trafficShare: number
  /** The most that serve the new version unproven at once, in percent of all traffic. */
  readonly unprovenShare: number
  /** The least that is at risk at once, in milliseconds in which all of the traffic fails (W16). */
  readonly riskMs: number
  readonly durationMs: number | undefined
}

export interface PlanMemberForecastView {
  readonly id: string
  readonly key: RolloutKey
  readonly context: string
  readonly pods: number
  readonly trafficShare: number
  /** Of the containers now, as `container=image`. */
  readonly images: readonly string[]
  /** Of the update alone. */
  readonly durationMs: number | undefined
}
