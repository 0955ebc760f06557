import { customResourceDefinitions } from '#api/custom-resource-definitions.ts'
import { resources } from '#api/resources.ts'
import type { ConditionVerdicts } from '#contract/analysis-views.ts'
import { parseRolloutKey } from '#contract/keys.ts'
import type { MigrationActionName } from '#contract/migration-views.ts'
import type { Handlers, Input } from '#contract/requests.ts'
import type { FilmView, PastBoardView } from '#contract/time-travel-views.ts'
import type {
  ActionEffect,
  ActionName,
  ActionPreview,
  ActionRefusal,
  ActionResult,
  AppView,
  RolloutKey,
  WriteView,
} from '#contract/views.ts'
import { begins, setAside } from '#engine/actions/guard-rails.ts'
import type { CreateWrite } from '#engine/decision.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { Log } from '#lib/log.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { PreviewSources } from '#main/controller/action-request.ts'
import { observeRollout } from '#main/controller/observe-rollout.ts'
import { previewAction } from '#main/controller/preview-action.ts'
import { type ActionSent, sendAction } from '#main/controller/send-action.ts'
import { viewWrite } from '#main/controller/write-view.ts'
import { evaluateCondition } from '#main/fleet/evaluate-condition.ts'
import type { FleetSource } from '#main/fleet/fleet-source.ts'
import type { Plans } from '#main/fleet-plan/plans.ts'
import { actorAs } from '#main/history/actor.ts'
import { searchActions } from '#main/history/journal.ts'
import type { RecordedOwnership } from '#main/history/journal-entry.ts'
import type { ObjectRecorder } from '#main/history/objects/object-recorder.ts'
import { pastRuns } from '#main/history/past-runs.ts'
import { readRecord, searchHistory } from '#main/history/reader.ts'
import type { Recorder } from '#main/history/recorder.ts'
import { secretPrints } from '#main/history/secret-prints.ts'
import { statisticsOf } from '#main/history/statistics/statistics.ts'
import type { History } from '#main/history/store.ts'
import { filmOf } from '#main/time-travel/film.ts'
import { pastBoard } from '#main/time-travel/past-board.ts'
import { bundleHandlers } from './bundle-handlers.ts'
import type { ClusterSession } from './cluster-session.ts'
import { diffHandlers } from './diff-handlers.ts'
import type { EffectFeed } from './effect-feed.ts'
import { Begun, guardFor } from './guard-action.ts'
import type { HistorySource } from './history-source.ts'
import type { Migrations } from './migrations.ts'
import { previewNative, readNative, sendNative } from './native-actions.ts'
import { recordHandlers, type SaveAs } from './record-handlers.ts'
import type { Sessions } from './sessions.ts'
import { shownPreview, shownSteps, shownWrite } from './shown-writes.ts'

export interface HandlerParts {
  readonly sessions: Sessions
  readonly fleet: FleetSource
  readonly history: History
  /** Which history is shown. */
  readonly source: HistorySource
  readonly recorder: Recorder
  readonly objects: Pick<ObjectRecorder, 'upToNow'>
  readonly effects: EffectFeed
  readonly plans: Plans
  readonly migrations: Migrations
  readonly clock: Clock
  readonly log: Log
  readonly info: () => AppView
  readonly prefer: (preferred: Input<'desktop.prefer'>) => void
  readonly saveAs?: SaveAs | undefined
}

/** Lets others have their turn. */
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Objects in a bundle may be such as no cluster would take. */
function shownFilm(source: HistorySource, key: string, from: EpochMs, until: EpochMs): Outcome<FilmView, Failure> {
  try {
    return found(filmOf(source.shown, key, from, until), 'history', key)
  } catch (thrown) {
    if (source.bundle === null) throw thrown
    return failure({ kind: 'Invalid', message: 'What is in this bundle cannot be shown.', causes: [] })
  }
}

/** The same of the board: then nothing of it is known. */
async function shownBoard(source: HistorySource, at: EpochMs): Promise<PastBoardView> {
  try {
    return await pastBoard(source.shown, at, pause)
  } catch (thrown) {
    if (source.bundle === null) throw thrown
    return { at, rollouts: {}, unrecorded: source.bundle.contexts }
  }
}

/** What each channel does; one line where it fits. */
export function createHandlers(parts: HandlerParts): Handlers {
  const { sessions, fleet, source, objects, plans, migrations, clock } = parts
  const prints = secretPrints(parts.history)
  const guarded = { ...parts, begun: new Begun(clock) }
  const guardIn = (key: RolloutKey) => (session: ClusterSession, action: MigrationActionName) =>
    guardOn(guarded, session, { action, key, before: [] })
  const withSession = async <T>(context: string, task: (session: ClusterSession) => Promise<Outcome<T, Failure>>) => {
    const session = sessions.get(context)
    return session === undefined ? failure(notFound('contexts', context)) : task(session)
  }
  return {
    'app.info': async () => parts.info(),
    'fleet.snapshot': async () => fleet.snapshot(),
    'clusters.list': async () => sessions.views(),
    'cluster.drive': ({ context, drive, reason = '' }) =>
      withSession(context, (session) => {
        const action = drive ? 'drive' : 'handBack'
        return recorded(parts, session, { context, action, reason }, () => session.drive(drive))
      }),
    'cluster.drive.preview': ({ context, drive }) => withSession(context, (session) => session.previewDrive(drive)),
    'cluster.ask': (input) =>
      withSession(input.context, (session) =>
        recorded(parts, session, { ...input, action: 'askToDrive' }, () => session.ask(input.reason)),
      ),
    'cluster.answer': ({ context, handOver, reason }) =>
      withSession(context, (session) => {
        const action = handOver ? 'handOver' : 'keepDriving'
        return recorded(parts, session, { context, action, reason }, () => session.answer(handOver, reason))
      }),
    'cluster.retry': ({ context }) => withSession(context, async (session) => success(session.retryNow())),
    'cluster.crds.preview': ({ context }) => withSession(context, async () => success(previewCrds(context))),
    'cluster.crds.install': ({ context }) => withSession(context, installCrds),
    'rollout.detail': async ({ key }) => found(fleet.detail(key), 'rollouts', key),
    'analysis.evaluate': async (input) => evaluateOn(parts, input),
    'workload.detail': ({ key }) => readNative(parts, key),
    'workloads.show': async ({ context, shown }) =>
      sessions.showNatives(context, shown) ? success(undefined) : failure(notFound('contexts', context)),
    'migration.preview': async (input) => {
      const preview = await migrations.preview(input, guardIn(input.key))
      return preview.open ? shownSteps(preview, prints) : preview
    },
    'migration.begin': (input) => migrations.begin(input, guardIn(input.key)),
    'migration.state': async ({ key }) => {
      const run = migrations.state(key)
      return run && shownSteps(run, prints)
    },
    'action.preview': async (input) => {
      const previews = await Promise.all(
        input.targets.map((key, at) => {
          const before = input.targets.slice(0, at)
          const guardIn = (session: ClusterSession) => guardOn(guarded, session, { action: input.action, key, before })
          return previewNative(parts, input, key, guardIn) ?? preview(guarded, input, key, before)
        }),
      )
      return previews.map((each) => shownPreview(each, prints))
    },
    'action.send': (input) => {
      const keys = input.targets.map(({ key }) => key)
      return Promise.all(
        input.targets.map((target, at) => {
          const before = keys.slice(0, at)
          const about = { action: input.action, key: target.key, before }
          const guardIn = (session: ClusterSession) => guardOn(guarded, session, about)
          return sendNative(parts, input, heldTarget(target), guardIn) ?? send(guarded, input, target, before)
        }),
      )
    },
    ...diffHandlers(parts),
    'history.list': async (query) => searchHistory(source.shown, query, clock.now()),
    'history.actions': async (query) => searchActions(source.shown, query, clock.now()),
    'history.record': async ({ id }) => found(readRecord(source.shown, id), 'history', id),
    'history.film': async ({ key, from, until }) => {
      objects.upToNow()
      return shownFilm(source, key, from, until)
    },
    'history.board': async ({ at }) => {
      objects.upToNow()
      return shownBoard(source, at)
    },
    'history.statistics': (query) => statisticsOf(source.shown, query, clock.now(), pause),
    ...recordHandlers(parts),
    ...bundleHandlers(parts),
    'plans.list': async () => {
      // What is found is told by the stream: a cluster that answers late keeps nobody waiting.
      void plans.discover()
      return plans.list()
    },
    'plan.check': async ({ text }) => plans.check(text),
    'plan.draft': async ({ keys }) => invalidOr(plans.draft(keys)),
    'plan.create': async ({ text, start, confirm }) => invalidOr(await plans.create(text, start, confirm)),
    'plan.text': async ({ id }) => found(plans.text(id), 'plans', id),
    'plan.command': async ({ id, command, reason, confirm }) =>
      invalidOr(await plans.command(id, command, reason, confirm)),
    'plan.drive': async ({ id, drive }) => found(plans.drive(id, drive), 'plans', id),
    'plan.ask': ({ id, reason }) => plans.ask(id, reason),
    'plan.answer': ({ id, handOver, reason }) => plans.answer(id, handOver, reason),
    'plan.rollback.warnings': ({ id }) => plans.rollbackWarnings(id),
    'plan.act.preview': async ({ id, member }) => {
      const preview = await plans.previewAct(id, member)
      return preview.open ? { ...preview, writes: preview.writes.map((each) => shownWrite(each, prints)) } : preview
    },
    'desktop.prefer': async (preferred) => parts.prefer(preferred),
    'kubeconfig.add': async ({ path }) => sessions.add(path),
  }
}

const notFound = (resource: string, name: string): Failure => ({
  kind: 'NotFound',
  resource,
  name,
  message: `${name} is not here any more.`,
})

const found = <T>(value: T | undefined, resource: string, name: string): Outcome<T, Failure> =>
  value === undefined ? failure(notFound(resource, name)) : success(value)

/** What was asked for is not open; the sentence says why. */
const invalidOr = <T>(answer: Outcome<T, string>): Outcome<T, Failure> =>
  answer.ok ? answer : failure({ kind: 'Invalid', message: answer.error, causes: [] })

const crdWrites: readonly CreateWrite[] = customResourceDefinitions.map((definition) => ({
  kind: 'create',
  ref: { resource: resources.customResourceDefinitions, namespace: undefined, name: definition.metadata.name },
  object: definition,
  because: 'UI-ERR-7',
  summary: `Create the definition ${definition.metadata.name}`,
}))

const previewCrds = (context: string): readonly WriteView[] => crdWrites.map((write) => viewWrite(context, write))

/** Creates the definitions that are missing; those that are there stay as they are. */
async function installCrds({ client, cluster }: ClusterSession): Promise<Outcome<void, Failure>> {
  for (const { object, summary } of crdWrites) {
    const cause = { action: 'installCrds', summary }
    const created = await client.create(resources.customResourceDefinitions, object, { cause })
    if (!created.ok && created.error.kind !== 'AlreadyExists') return created
  }
  cluster.retryNow()
  return success(undefined)
}

function evaluateOn(
  { fleet, clock }: HandlerParts,
  { key, run: name, metric: metricName, expression }: Input<'analysis.evaluate'>,
): Outcome<ConditionVerdicts, Failure> {
  const run = fleet.analysisRun(key, name)
  if (run === undefined) return failure(notFound('analysisruns.argoproj.io', name))
  const metric = run.spec.metrics.find((each) => each.name === metricName)
  if (metric === undefined) return failure(notFound('metrics', metricName))
  return success(evaluateCondition({ run, metric, expression, now: clock.now(), elapsed: () => clock.elapsed() }))
}

async function recorded(
  { recorder }: HandlerParts,
  session: ClusterSession,
  about: Pick<RecordedOwnership, 'context' | 'action' | 'reason'>,
  task: () => Promise<Outcome<void, Failure>>,
): Promise<Outcome<void, Failure>> {
  const outcome = await task()
  const { context, action, reason } = about
  recorder.ownership({ context, action, reason, ...actorAs(await session.userName()), outcome })
  return outcome
}

function requestFor({ sessions, clock, log }: HandlerParts, key: RolloutKey) {
  const at = parseRolloutKey(key)
  const session = at === undefined ? undefined : sessions.get(at.context)
  if (at === undefined || session === undefined) return undefined
  const { namespace, name, context } = at
  return { session, cluster: { context, client: session.client }, clock, log, namespace, name }
}

interface Guarded extends HandlerParts {
  readonly begun: Begun
}

function guardOn(
  { fleet, clock, begun }: Guarded,
  session: ClusterSession,
  action: Parameters<typeof guardFor>[0],
): ReturnType<typeof guardFor> {
  const views = () => Object.values(fleet.snapshot().rollouts)
  return guardFor(action, { rails: session.rails(), clock, views, begun })
}

/** What a preview takes from what is known instead of asking the cluster. */
const sourcesOf = (
  { rights, cluster, metrics }: ClusterSession,
  history: History,
  { action, key }: { readonly action: ActionName; readonly key: RolloutKey },
): PreviewSources => ({
  missingRight: (rollout) => rights.missing(action, rollout),
  world: async ({ metadata }) => {
    const observed = await observeRollout(cluster, `${metadata.namespace ?? ''}/${metadata.name}`, undefined, metrics)
    return observed.ok ? observed.value : undefined
  },
  pastRuns: pastRuns(history, key),
})

async function preview(
  parts: Guarded,
  { action, parameters }: Input<'action.preview'>,
  key: RolloutKey,
  before: readonly RolloutKey[],
): Promise<ActionPreview> {
  const request = requestFor(parts, key)
  if (request === undefined) return { key, open: false, reason: 'Its cluster is not in the kubeconfig any more.' }
  const sources = sourcesOf(request.session, parts.history, { action, key })
  const { guard } = guardOn(parts, request.session, { action, key, before })
  return previewAction({ ...request, ...sources, guard, action, parameters })
}

async function send(
  parts: Guarded,
  { action, parameters, reason, assurance }: Input<'action.send'>,
  { key, intent }: SendTarget,
  before: readonly RolloutKey[],
): Promise<ActionResult> {
  const request = requestFor(parts, key)
  if (request === undefined) return { key, sent: false, refusal: { kind: 'unknownTarget' } }
  const held = heldTarget({ key, intent }).intent
  const rails = guardOn(parts, request.session, { action, key, before })
  const given = { ...assurance, reason }
  const shown = await previewAction({ ...request, guard: rails.guard, action, parameters })
  const heldBack = rails.heldBack(given)
  const outcome = await sendAction({ ...request, action, parameters, reason, intent: held, heldBack })
  const result = resultOf(key, outcome)
  const writes = shown.open ? shown.writes : []
  if (outcome.ok && begins(action)) parts.begun.note(key)
  const aside = outcome.ok && shown.open && shown.guard !== undefined ? setAside(shown.guard, given) : undefined
  if (outcome.ok) followEffect(parts, request.session, { key, action, ...outcome.value })
  const who = actorAs(await request.session.userName())
  parts.recorder.action(key, { action, ...who, reason, setAside: aside, result, writes })
  return result
}

type SendTarget = Input<'action.send'>['targets'][number]

/** What was left out on the way is there again, as `undefined`. */
const heldTarget = ({ key, intent }: SendTarget) => ({
  key,
  intent: {
    ...intent,
    currentPodHash: intent.currentPodHash,
    stableRS: intent.stableRS,
    stepIndex: intent.stepIndex,
  },
})

const resultOf = (key: RolloutKey, outcome: Outcome<ActionSent, ActionRefusal>): ActionResult =>
  outcome.ok
    ? { key, sent: true, resourceVersion: outcome.value.resourceVersion, message: outcome.value.message }
    : { key, sent: false, refusal: outcome.error }

/** ACT-58. Where nothing was changed, the answer was all there is to see. */
function followEffect(
  { effects }: HandlerParts,
  session: ClusterSession,
  { key, action, resourceVersion, echo }: ActionSent & Pick<ActionEffect, 'key' | 'action'>,
): void {
  const driver = () => {
    const { engine, lease } = session.view()
    return { engine, holder: lease?.holder }
  }
  const rollouts = session.cluster.cache('rollouts')
  if (echo === undefined) effects.tell({ key, action, resourceVersion, state: 'seen', waitedMs: 0, ...driver() })
  else void effects.follow({ key, action, resourceVersion, echo, rollouts, driver })
}
