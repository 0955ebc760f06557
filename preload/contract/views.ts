import type { EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { Reason } from '#lib/reason.ts'
import type { AnalysisRunView, RunUnderWay } from './analysis-views.ts'
import type { ExperimentView } from './experiment-views.ts'
import type { GuardView } from './guard-views.ts'
import type { LeaseRequestView } from './lease-requests.ts'
import type { MigrationActionName } from './migration-views.ts'
import type { ClusterActionName } from './ownership-views.ts'
import type { TrafficView } from './traffic-views.ts'
import type { NativesState, WorkloadKind } from './workload-views.ts'

/*
 * What the window may see: flat, structured-clone data made by main. No Kubernetes object crosses whole; no secret value
 * crosses at all. Absent facts are `undefined`, shown as a dash.
 */

/** `context/namespace/name`, each part percent-encoded; made by `rolloutKey` and read by `parseRolloutKey` (keys.ts). */
export type RolloutKey = string

export type Strategy = 'canary' | 'blueGreen' | 'unknown'

/** UI-STAT-1, first match wins. */
export type ShownStatus = 'Aborted' | 'Inconclusive' | 'Degraded' | 'Paused' | 'Progressing' | 'Healthy' | 'Unknown'

/** One cell of the fleet board. About 1 kB; sent whole when anything in it changed. */
export interface RolloutView {
  readonly key: RolloutKey
  /** Absent: a Rollout. Else a workload that Kubernetes itself rolls out; its key is one of `workloadKey`. */
  readonly kind?: WorkloadKind
  /** Of a Rollout: the Deployment that lends its template (API-13). */
  readonly lentBy?: string
  readonly context: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly strategy: Strategy
  readonly status: ShownStatus
  /** As VIEW-40…62 say; never altered. */
  readonly phase: string
  readonly message: string
  /** Steps done, 0-based wire value (UI-STAT-4); `undefined` for blue-green and step-less canaries. */
  readonly stepIndex: number | undefined
  readonly stepCount: number
  /** Percent of `maxWeight`-scaled traffic: wanted (VIEW-73) and measured (VIEW-74). */
  readonly setWeight: number
  readonly actualWeight: number
  readonly maxWeight: number
  readonly replicas: ReplicaCounts
  /** Blue-green: ready pods of the preview ReplicaSet over those wanted. */
  readonly preview: { readonly ready: number; readonly desired: number } | undefined
  readonly pause: PauseView | undefined
  /** The AnalysisRun that it waits for, or that runs beside it; one that does not pass before any other. */
  readonly analysis: RunUnderWay | undefined
  /** Revision number of the current (desired) and the stable ReplicaSet. */
  readonly revision: number | undefined
  readonly stableRevision: number | undefined
  /** Image tag (or short digest) of the first container: what runs as stable, and what is wanted. */
  readonly stableVersion: string | undefined
  readonly version: string | undefined
  readonly currentPodHash: string | undefined
  readonly stableRS: string | undefined
  /** When the shown status was entered, as far as the object tells; else its creation. */
  readonly since: EpochMs
  /** Why it is where it is, the decisive reason first (VIEW-224); empty when Healthy and nothing is in its way. */
  readonly why: readonly Reason[]
  /** UI-STAT-7. */
  readonly drift: boolean
  /** True while no action of ours is confirmed by the watch yet. */
  readonly actions: Readonly<Record<ActionName, Availability>>
}

export interface ReplicaCounts {
  readonly desired: number
  readonly current: number
  readonly updated: number
  readonly ready: number
  readonly available: number
}

export interface PauseView {
  /** `CanaryPauseStep`, `BlueGreenPause`, `InconclusiveAnalysisRun`, `InconclusiveExperiment`, or `manual` for `spec.paused`. */
  readonly reason: string
  readonly startedAt: EpochMs | undefined
  /** `undefined`: waits for a person. */
  readonly resumesAt: EpochMs | undefined
}

export const actionNames = [
  'promote',
  'promoteFull',
  'skipStep',
  'pause',
  'resume',
  'abort',
  'retry',
  'undo',
  'restart',
  'cancelRestart',
  'setImage',
  'rerunAnalysis',
  'terminateAnalysis',
  'terminateExperiment',
] as const
export type ActionName = (typeof actionNames)[number]

/** A disabled action says when it opens (UI-ACT-4). */
export type Availability = { readonly open: true } | { readonly open: false; readonly reason: string }

/** `seq` grows by one per patch; a gap means a snapshot is needed. */
export interface FleetSnapshot {
  readonly seq: number
  readonly rollouts: Readonly<Record<RolloutKey, RolloutView>>
}

export interface FleetPatch {
  readonly seq: number
  readonly upserted: Readonly<Record<RolloutKey, RolloutView>>
  readonly removed: readonly RolloutKey[]
}

export type EngineMode = 'driven' | 'inCluster' | 'observed' | 'contested' | 'snapshot' | 'unknown'

export type ConnectionState =
  | { readonly state: 'connecting'; readonly since: EpochMs }
  | { readonly state: 'connected'; readonly since: EpochMs }
  | { readonly state: 'late'; readonly since: EpochMs; readonly failure: Failure }
  | {
      readonly state: 'unreachable'
      readonly since: EpochMs
      readonly failure: Failure
      readonly retryAt: EpochMs
      readonly attempt: number
    }
  | { readonly state: 'signInNeeded'; readonly since: EpochMs; readonly failure: Failure }
  | { readonly state: 'forbidden'; readonly since: EpochMs; readonly failure: Failure }
  | { readonly state: 'crdsMissing'; readonly since: EpochMs; readonly missing: readonly string[] }

/** One kubeconfig context. */
export interface ClusterView {
  readonly context: string
  readonly server: string
  readonly user: string
  readonly version: string | undefined
  readonly connection: ConnectionState
  readonly engine: EngineMode
  /** Who holds the controller lease, when it was last seen renewed here. */
  readonly lease: { readonly holder: string; readonly renewedAt: EpochMs } | undefined
  /** What its holder is asked, or was lately. */
  readonly request?: LeaseRequestView | undefined
  /** Protected contexts ask for the name to be typed (UI-ACT-2). */
  readonly protected: boolean
  readonly group: string
  readonly rolloutCount: number
  /** API requests sent since start, watches counted once each. */
  readonly requestCount: number
  readonly objectCount: number
  readonly sandbox: boolean
  /** Of Deployments and StatefulSets; absent where nobody asked for them. */
  readonly natives?: { readonly state: NativesState; readonly count: number }
}

export type RoleTag = 'stable' | 'canary' | 'active' | 'preview'

export interface RolloutDetailView {
  readonly view: RolloutView
  readonly forecast: ForecastView
  readonly steps: readonly StepView[]
  readonly background: BackgroundView | undefined
  readonly traffic: TrafficView
  readonly revisions: readonly RevisionView[]
  readonly events: readonly EventView[]
  readonly eventsState: ReadState
  /** Those it waits for first, then newest first. */
  readonly analysisRuns: readonly AnalysisRunView[]
  readonly analysisState: ReadState
  /** The one that the update waits for, else the newest of this update. */
  readonly experiment: ExperimentView | undefined
  readonly experimentState: ReadState
  readonly conditions: readonly ConditionView[]
  readonly containers: readonly { readonly name: string; readonly image: string; readonly init: boolean }[]
  readonly restartedAt: EpochMs | undefined
  readonly generation: number
}

/** `loading`: the first list is not in, so that none says nothing. `forbidden`: RBAC does not let them be read. */
export type ReadState = 'loading' | 'read' | 'forbidden'

/**
 * What happens next if nobody interferes: the decisions of the engine, played forward by the code that makes them (W13, W15). Times are
 * moments, so that what is left of them can be counted down without asking again.
 */
export type ForecastView =
  | (ForecastPathView & {
      readonly state: 'foreseen'
      /** The next writes, the first of `writeCount`. */
      readonly writes: readonly ForeseenWriteView[]
      readonly writeCount: number
      readonly elapsed: ElapsedView | undefined
      /** Where it would end if it were promoted now; `undefined` when that is not open, or changes nothing. */
      readonly ifPromoted: ForecastEndView | undefined
      readonly ifPromotedFully: ForecastEndView | undefined
    })
  /** It uses something from the start on that this engine does not carry out: the path of the field. */
  | { readonly state: 'notForeseen'; readonly feature: string }
  | { readonly state: 'notKnown'; readonly why: 'loading' | 'unreachable' | 'workload' | 'failed' | 'past' }

export interface ForecastPathView {
  /** In order and without gaps; empty when nothing happens by itself any more. A step that is passed at once takes no time. */
  readonly stages: readonly ForecastStageView[]
  readonly end: ForecastEndView
  /** Of the pods that are ready: the median from creation to ready; `undefined` when none was seen, and then pods are taken to need no time. */
  readonly podStartMs: number | undefined
}

export interface ForecastStageView {
  /** Pods that come and go, a pause, or old pods that stop after the end. */
  readonly kind: 'pods' | 'pause' | 'scaleDown'
  /** `index` of a StepView; `undefined`: after the last step, or on the way back after an abort. */
  readonly step: number | undefined
  readonly from: EpochMs
  readonly until: EpochMs
}

export interface ForecastEndView {
  /**
   * `person`: a pause without a timer. `step`: a step of which nobody can tell how long it takes. `unknown`: it stands still for another
   * reason. `further`: beyond what is looked at.
   */
  readonly how: 'healthy' | 'person' | 'degraded' | 'aborted' | 'step' | 'unknown' | 'further'
  readonly step: number | undefined
  /** Fixed pauses and pod starts as seen: not before. */
  readonly at: EpochMs
  /** When the last old pods stop. */
  readonly restsAt: EpochMs
  /** As earlier runs here went: the median, and the moment by which eight in ten were there. `undefined` with fewer than five of them. */
  readonly usual: { readonly about: EpochMs; readonly by: EpochMs; readonly runs: number } | undefined
}

/** A write that is to come; never its body, which may hold what is secret. */
export interface ForeseenWriteView {
  readonly at: EpochMs
  readonly summary: string
  readonly because: string
  readonly verb: 'create' | 'update' | 'patch' | 'delete' | 'evict'
  readonly kind: string
  readonly name: string
}

/** Where the time of the update under way has gone. What goes on `now` has done so since `since`, on top of its sum. */
export interface ElapsedView {
  readonly startedAt: EpochMs
  /** Pods come and go; a timer runs; a person is waited for. */
  readonly now: 'working' | 'paused' | 'waiting'
  readonly since: EpochMs
  readonly pausedMs: number
  readonly waitingMs: number
}

/** The background analysis of a canary with steps: it runs from one of them to the end (ANA-1116). */
export interface BackgroundView {
  /** 0-based. */
  readonly startingStep: number
  readonly templates: readonly string[]
}

export interface StepView {
  /** 0-based. */
  readonly index: number
  /** Structured, so the window can word it in any language. */
  readonly step:
    | { readonly kind: 'setWeight'; readonly weight: number }
    | { readonly kind: 'pause'; readonly durationMs: number | undefined }
    | { readonly kind: 'setCanaryScale'; readonly text: string }
    | { readonly kind: 'analysis'; readonly templates: readonly string[] }
    | { readonly kind: 'experiment'; readonly templates: readonly string[] }
    | { readonly kind: 'plugin' | 'setHeaderRoute' | 'setMirrorRoute'; readonly text: string }
    | { readonly kind: 'blueGreen'; readonly text: 'preview' | 'pause' | 'switch' | 'scaleDown' }
    | { readonly kind: 'unknown' }
  readonly state: 'done' | 'current' | 'future' | 'failed' | 'skipped'
  /** How long it took, where it was measured here. */
  readonly tookMs: number | undefined
  /** When it was completed, as far as the events of this update tell. */
  readonly endedAt: EpochMs | undefined
  readonly endsAt: EpochMs | undefined
  /** Pods of the canary after this step, for setWeight without a traffic router. */
  readonly canaryPods: number | undefined
}

export interface RevisionView {
  readonly revision: number
  readonly replicaSet: string
  readonly podHash: string
  readonly roles: readonly RoleTag[]
  readonly images: readonly string[]
  readonly version: string | undefined
  readonly createdAt: EpochMs
  readonly health: 'Healthy' | 'Progressing' | 'ScaledDown' | 'ReplicaFailure'
  readonly desired: number
  readonly ready: number
  readonly available: number
  readonly scaleDownAt: EpochMs | undefined
  readonly pods: readonly PodView[]
  readonly undo: Availability
}

export interface PodView {
  readonly name: string
  readonly state: 'ready' | 'starting' | 'failing' | 'stopping'
  /** As kubectl prints it (VIEW-100…103): `Running`, `CrashLoopBackOff`. */
  readonly reason: string
  readonly restarts: number
  readonly createdAt: EpochMs
  readonly node: string | undefined
}

export interface EventView {
  readonly id: string
  readonly at: EpochMs
  readonly source: 'engine' | 'person' | 'cluster'
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  readonly count: number
}

export interface ConditionView {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
  readonly changedAt: EpochMs | undefined
}

/** What was seen when the person decided; sending is refused when it no longer holds (ACT-12). */
export interface Intent {
  readonly uid: string
  readonly currentPodHash: string | undefined
  readonly stableRS: string | undefined
  readonly stepIndex: number | undefined
  readonly abort: boolean
  readonly paused: boolean
}

/** One request, as it will be sent (UI-ACT-5). */
export interface WriteView {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly contentType: string
  readonly body: string
  readonly kubectl: string
  readonly because: string
  readonly summary: string
}

export type ActionPreview =
  | {
      readonly key: RolloutKey
      readonly open: true
      readonly intent: Intent
      readonly writes: readonly WriteView[]
      /** Consequences in words, most important first. */
      readonly effects: readonly string[]
      readonly warnings: readonly string[]
      /** What would follow from it; `undefined` when it is not known, or cannot be foreseen. */
      readonly follows: ForecastPathView | undefined
      /** What has to be given before it is sent; absent: nothing. */
      readonly guard?: GuardView | undefined
      /** Percent of traffic that the wanted version has afterwards, until somebody or something moves it on; absent: it moves none. */
      readonly reach?: number
    }
  | { readonly key: RolloutKey; readonly open: false; readonly reason: string }

export type ActionResult =
  | { readonly key: RolloutKey; readonly sent: true; readonly resourceVersion: string; readonly message: string }
  | { readonly key: RolloutKey; readonly sent: false; readonly refusal: ActionRefusal }

/** Why an action was not carried out, for a person to act on. */
export type ActionRefusal =
  | { readonly kind: 'notOpen'; readonly reason: string }
  | { readonly kind: 'movedOn'; readonly changed: readonly string[] }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'unknownTarget' }

/** What came of an action that was sent: seen by the watch, or not within the wait (ACT-58). */
export interface ActionEffect {
  readonly key: RolloutKey
  readonly action: ActionName
  /** As in the `ActionResult` this follows. */
  readonly resourceVersion: string
  readonly state: 'seen' | 'notSeen' | 'gone'
  readonly waitedMs: number
  /** Who should have acted, as known at the end of the wait (OPS-40). */
  readonly engine: EngineMode
  readonly holder: string | undefined
}

export type HistoryOutcome = 'Completed' | 'Aborted' | 'RolledBack' | 'Superseded' | 'Deleted' | 'Running'

/** One rollout of one revision, from start to end, as recorded. */
export interface HistoryEntryView {
  readonly id: string
  readonly key: RolloutKey
  readonly context: string
  readonly namespace: string
  readonly name: string
  readonly strategy: Strategy
  readonly fromVersion: string | undefined
  readonly toVersion: string | undefined
  readonly revision: number | undefined
  readonly outcome: HistoryOutcome
  readonly startedAt: EpochMs
  readonly endedAt: EpochMs | undefined
  /** Last reason given by a person. */
  readonly reason: string | undefined
  readonly actor: string | undefined
  /** Nobody saw it: the cluster told of it afterwards (UI-HIST-4). */
  readonly backFilled?: boolean | undefined
}

/** One action of a person as journalled (ACT-15): sent or refused, within a recorded rollout or outside of any. */
export interface HistoryActionView {
  readonly id: string
  readonly at: EpochMs
  readonly key: RolloutKey
  readonly context: string
  readonly namespace: string
  readonly name: string
  readonly action: ActionName | ClusterActionName | MigrationActionName
  /** The account on the machine where it was asked for. */
  readonly actor: string
  readonly host?: string | undefined
  /** What the cluster calls them. */
  readonly user?: string | undefined
  /** As given by the person; may be empty. */
  readonly reason: string
  /** The freeze, limit or verdict that they set aside with it. */
  readonly setAside?: string | undefined
  readonly via: 'window' | 'cli'
  readonly sent: boolean
  /** `sent`, or why it was refused. */
  readonly result: string
}

export interface HistoryRecordView {
  readonly entry: HistoryEntryView
  readonly timeline: readonly HistoryMomentView[]
  /** Pod templates known for this record, for the offline diff. */
  readonly revisions: readonly { readonly revision: number; readonly version: string | undefined }[]
}

export type HistoryMomentView = {
  readonly at: EpochMs
  readonly who: string
  /** Nobody saw it: the cluster told of it afterwards (UI-HIST-4). */
  readonly backFilled?: boolean | undefined
} & (
  | { readonly kind: 'status'; readonly status: ShownStatus; readonly message: string }
  | { readonly kind: 'weight'; readonly setWeight: number; readonly actualWeight: number }
  | { readonly kind: 'step'; readonly stepIndex: number; readonly stepCount: number }
  | { readonly kind: 'pods'; readonly canary: number; readonly stable: number }
  | { readonly kind: 'action'; readonly action: ActionName; readonly reason: string; readonly result: string }
  | {
      readonly kind: 'event'
      readonly reason: string
      readonly message: string
      readonly type: 'Normal' | 'Warning'
      /** How often it was told; `at` is the last time. */
      readonly count: number
    }
  | { readonly kind: 'gap'; readonly until: EpochMs; readonly why: string }
)

/** Facts about the app itself. */
export interface AppView {
  readonly version: string
  readonly host: 'electron' | 'browser'
  readonly sandbox: boolean
  /** Things the person should know at start: no kubeconfig, history read-only because the disk is full. */
  readonly notices: readonly Notice[]
  readonly kubeconfigPaths: readonly string[]
}

export interface Notice {
  readonly id: string
  readonly severity: 'info' | 'warning' | 'error'
  readonly title: string
  readonly detail: string
}
