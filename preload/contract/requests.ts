import * as v from 'valibot'
import type { Failure } from '#lib/failure.ts'
import type { Outcome } from '#lib/outcome.ts'
import type { ConditionVerdicts } from './analysis-views.ts'
import { bundleChannels } from './bundle-views.ts'
import { type Request, request } from './channel.ts'
import { diffRequests } from './diff-requests.ts'
import { assurance } from './guard-views.ts'
import { leaseRequests } from './lease-requests.ts'
import { type MigrationPreview, type MigrationRunView, migrationBegin, migrationInput } from './migration-views.ts'
import type { DrivePreviewView } from './ownership-views.ts'
import type { PlanActPreview, PlanCheckView, PlanSummaryView, PlanWarningView } from './plan-views.ts'
import { recordChannels } from './record-views.ts'
import type { SearchProblem } from './search-terms.ts'
import { statisticsChannels } from './statistics-views.ts'
import type { FilmView, PastBoardView } from './time-travel-views.ts'
import {
  type ActionPreview,
  type ActionRefusal,
  type ActionResult,
  type AppView,
  actionNames,
  type ClusterView,
  type FleetSnapshot,
  type HistoryActionView,
  type HistoryEntryView,
  type HistoryRecordView,
  type RolloutDetailView,
  type WriteView,
} from './views.ts'
import type { WorkloadDetailView } from './workload-views.ts'

/** Text a person or a cluster may have chosen: bounded, so that no message can fill memory. */
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(1024))
const key = v.pipe(v.string(), v.minLength(5), v.maxLength(4096))
/** ms since the epoch. */
const moment = v.pipe(v.number(), v.integer(), v.minValue(0))
const context = v.object({ context: name })
const nothing = v.undefined()

const intent = v.object({
  uid: name,
  currentPodHash: v.optional(name),
  stableRS: v.optional(name),
  stepIndex: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  abort: v.boolean(),
  paused: v.boolean(),
})

/** What an action needs, or may be told, beyond its name: the `ActionParameters` of the engine. */
const parameters = v.object({
  /** `undo`. */
  toRevision: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  /** `setImage`: one update, however many containers (ACT-115). */
  images: v.optional(v.pipe(v.array(v.object({ container: name, image: name })), v.minLength(1), v.maxLength(200))),
  /** `skipStep`: all that are left (ACT-31). */
  allSteps: v.optional(v.boolean()),
  /** `abort`: also end a pause set by hand (ACT-54). */
  resume: v.optional(v.boolean()),
  /** `restart`: a Go duration from now (ACT-80). */
  delay: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(64))),
  /** `rerunAnalysis`, `terminateAnalysis`: the name of the AnalysisRun. */
  run: v.optional(name),
  /** `terminateExperiment`: the name of the Experiment. */
  experiment: v.optional(name),
})

const action = v.picklist(actionNames)
const bulk = <T extends v.GenericSchema>(item: T) => v.pipe(v.array(item), v.minLength(1), v.maxLength(1000))

const previewInput = v.object({ action, targets: bulk(key), parameters })
const sendInput = v.object({
  action,
  targets: bulk(v.object({ key, intent })),
  parameters,
  reason: v.pipe(v.string(), v.maxLength(2000)),
  assurance: v.optional(assurance),
})

/** A plan as a person writes it; what one ConfigMap holds. */
const planText = v.pipe(v.string(), v.maxLength(1_000_000))
const planId = v.pipe(v.string(), v.minLength(1), v.maxLength(64))

/** What a person may ask of a plan. */
const planCommand = v.variant('kind', [
  v.object({ kind: v.literal('start') }),
  v.object({ kind: v.literal('approve') }),
  v.object({
    kind: v.literal('hold'),
    /** Pause every member as well, also for what comes by other ways (W12). */
    stopsLine: v.exactOptional(v.literal(true)),
    until: v.exactOptional(v.number()),
  }),
  v.object({ kind: v.literal('release') }),
  v.object({ kind: v.literal('openGate'), wave: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
  /** `lastPause`: it goes on there, not from its first step (W17). */
  v.object({ kind: v.literal('retry'), member: name, from: v.exactOptional(v.literal('lastPause')) }),
  v.object({ kind: v.literal('skip'), member: name }),
  v.object({ kind: v.literal('rollBack'), scope: v.picklist(['inFlight', 'wave', 'all']) }),
  v.object({ kind: v.literal('end') }),
])

/** The whole list; a line here is the only way to add a channel. */
export const requests = {
  'app.info': request<AppView>().of(nothing),
  'fleet.snapshot': request<FleetSnapshot>().of(nothing),
  'clusters.list': request<readonly ClusterView[]>().of(nothing),
  /** Take or give back the controller lease of one cluster. */
  'cluster.drive': request<Outcome<void, Failure>>().of(
    v.object({ context: name, drive: v.boolean(), reason: v.optional(v.pipe(v.string(), v.maxLength(2000))) }),
  ),
  /** What taking over or handing back would mean, before it is done. */
  'cluster.drive.preview': request<Outcome<DrivePreviewView, Failure>>().of(
    v.object({ context: name, drive: v.boolean() }),
  ),
  ...leaseRequests,
  /** Try an unreachable cluster now. */
  'cluster.retry': request<Outcome<void, Failure>>().of(context),
  'cluster.crds.preview': request<Outcome<readonly WriteView[], Failure>>().of(context),
  'cluster.crds.install': request<Outcome<void, Failure>>().of(context),
  'rollout.detail': request<Outcome<RolloutDetailView, Failure>>().of(v.object({ key })),
  /** What a condition would have said of what a metric has measured (ANA-1301). */
  'analysis.evaluate': request<Outcome<ConditionVerdicts, Failure>>().of(
    v.object({ key, run: name, metric: name, expression: v.pipe(v.string(), v.minLength(1), v.maxLength(4000)) }),
  ),
  /** One Deployment or StatefulSet, read for this answer. */
  'workload.detail': request<Outcome<WorkloadDetailView, Failure>>().of(v.object({ key })),
  /** Put the Deployments and StatefulSets of one cluster on the board, or take them off; kept for the next start. */
  'workloads.show': request<Outcome<void, Failure>>().of(v.object({ context: name, shown: v.boolean() })),
  /** A Deployment becomes a Rollout, or has its pods back: all steps, tried by the API server as far as it can, none done. */
  'migration.preview': request<MigrationPreview>().of(migrationInput),
  /** Begins, or goes on with one that was left in the middle. Answers once it runs, or why it does not. */
  'migration.begin': request<Outcome<void, ActionRefusal>>().of(migrationBegin),
  /** How far the last one of this key is; `null` when none was begun here. */
  'migration.state': request<MigrationRunView | null>().of(v.object({ key })),
  'action.preview': request<readonly ActionPreview[]>().of(previewInput),
  'action.send': request<readonly ActionResult[]>().of(sendInput),
  ...diffRequests,
  /** Recorded rollouts, newest first. */
  'history.list': request<Outcome<readonly HistoryEntryView[], SearchProblem>>().of(
    v.object({
      /** Words, words in quotes and `app:` and the like (search-terms.ts). */
      filter: v.optional(v.pipe(v.string(), v.maxLength(500))),
      before: v.optional(v.number()),
      limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
    }),
  ),
  /** The journal of actions, newest first (ACT-15). */
  'history.actions': request<Outcome<readonly HistoryActionView[], SearchProblem>>().of(
    v.object({
      filter: v.optional(v.pipe(v.string(), v.maxLength(500))),
      name: v.optional(name),
      contexts: v.optional(v.pipe(v.array(name), v.maxLength(1000))),
      before: v.optional(v.number()),
      limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
    }),
  ),
  'history.record': request<Outcome<HistoryRecordView, Failure>>().of(v.object({ id: name })),
  /** The page of a rollout through a stretch of the past (W9). Asks no cluster. */
  'history.film': request<Outcome<FilmView, Failure>>().of(v.object({ key, from: moment, until: moment })),
  /** The fleet board at a past moment. Asks no cluster. */
  'history.board': request<PastBoardView>().of(v.object({ at: moment })),
  ...recordChannels,
  ...statisticsChannels,
  ...bundleChannels,
  /** All plans that are known. Also begins to look for others in the open clusters; those come by `plans.changed`. */
  'plans.list': request<readonly PlanSummaryView[]>().of(nothing),
  /** What a text says, as a plan: its faults with their lines, and what would go out where. Sends nothing. */
  'plan.check': request<PlanCheckView>().of(v.object({ text: planText })),
  /** A text to begin with: these rollouts, the first cluster as a pilot. */
  'plan.draft': request<Outcome<string, Failure>>().of(v.object({ keys: bulk(key) })),
  /** The value is the id of the plan. */
  'plan.create': request<Outcome<string, Failure>>().of(
    v.object({ text: planText, start: v.boolean(), confirm: v.exactOptional(name) }),
  ),
  /** As a person would write it. */
  'plan.text': request<Outcome<string, Failure>>().of(v.object({ id: planId })),
  'plan.command': request<Outcome<void, Failure>>().of(
    v.object({
      id: planId,
      command: planCommand,
      reason: v.pipe(v.string(), v.maxLength(2000)),
      /** The name of the plan, where a start reaches a protected cluster. */
      confirm: v.exactOptional(name),
    }),
  ),
  /** Decide here what it does next, or leave that to others. */
  'plan.drive': request<Outcome<boolean, Failure>>().of(v.object({ id: planId, drive: v.boolean() })),
  /** What a rollback would bring back that is not as it was (RB-6). */
  'plan.rollback.warnings': request<readonly PlanWarningView[]>().of(v.object({ id: planId })),
  /** What the next act of a member would send. */
  'plan.act.preview': request<PlanActPreview>().of(v.object({ id: planId, member: name })),
  /** What the window keeps, and the desktop around it has to know. */
  'desktop.prefer': request<void>().of(v.object({ notify: v.boolean() })),
  /** Read a kubeconfig file in addition to those in use. */
  'kubeconfig.add': request<Outcome<readonly string[], Failure>>().of(v.object({ path: name })),
} as const

export type Requests = typeof requests
export type Channel = keyof Requests
export type Input<K extends Channel> = Requests[K] extends Request<infer I, unknown> ? I : never
export type Output<K extends Channel> =
  Requests[K] extends Request<never, infer O> ? O : Requests[K] extends Request<infer _I, infer O> ? O : never

/** Main supplies all of them; a missing one does not compile. */
export type Handlers = { readonly [K in Channel]: (input: Input<K>) => Promise<Output<K>> }
