import type { ForecastEndView, ForecastPathView, ForecastView, ForeseenWriteView } from '#contract/views.ts'
import { planAction } from '#engine/actions/plan-action.ts'
import type { Write } from '#engine/decision.ts'
import type { ForeseenWrite } from '#engine/forecast/forecast.ts'
import { type Outlook, outlook } from '#engine/forecast/outlook.ts'
import { type PastRun, usualEnd } from '#engine/forecast/past-runs.ts'
import { observedPodStart } from '#engine/forecast/pod-start.ts'
import { worldAfter } from '#engine/forecast/world-after.ts'
import { stepsOf } from '#engine/rollout/spec-defaults.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { EpochMs } from '#lib/clock.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { isRequest } from './action-request.ts'
import { elapsedView } from './elapsed-view.ts'

/** What a forecast is made from. */
export interface ForecastSources {
  readonly world: RolloutWorld
  readonly now: EpochMs
  /** Completed updates of this Rollout in this cluster. */
  readonly pastRuns: readonly PastRun[]
  /** When each step of this update ended, where events tell; the begin of the first one is at -1. */
  readonly stepEnds: ReadonlyMap<number, EpochMs>
}

type Foreseen = Extract<ForecastView, { readonly state: 'foreseen' | 'notForeseen' }>

/** Writes told ahead: more than anyone reads through. */
const writesMax = 40

/** What happens next to a Rollout by itself, and where promoting it now would lead. */
export function forecastView(sources: ForecastSources): Foreseen {
  const found = outlook(sources.world, sources.now, podStartOf(sources.world) ?? 0)
  if (found.kind === 'notForeseen') return { state: 'notForeseen', feature: found.feature }
  const path = pathOf(found, sources)
  const writes = found.writes.flatMap(viewForeseenWrite)
  return {
    state: 'foreseen',
    ...path,
    writes: writes.slice(0, writesMax),
    writeCount: writes.length,
    elapsed: elapsedView(sources.world.rollout, sources.stepEnds),
    ifPromoted: endAfter('promote', sources, path.end),
    ifPromotedFully: endAfter('promoteFull', sources, path.end),
  }
}

/** What would follow from these writes, were they sent now; `undefined` when that cannot be foreseen. */
export function pathAfter(writes: readonly Write[], sources: ForecastSources): ForecastPathView | undefined {
  const { world, now } = sources
  const found = outlook(worldAfter(world, writes.filter(isRequest), now), now, podStartOf(world) ?? 0)
  return found.kind === 'foreseen' ? pathOf(found, sources) : undefined
}

const podStartOf = (world: RolloutWorld): number | undefined => observedPodStart(world)?.ms

function endAfter(
  action: 'promote' | 'promoteFull',
  sources: ForecastSources,
  otherwise: ForecastEndView,
): ForecastEndView | undefined {
  const { world, now } = sources
  const plan = planAction({ action, world, parameters: {}, now })
  if (!plan.ok || plan.value.writes.length === 0) return undefined
  // What earlier runs took says nothing about one that is hurried.
  const end = pathAfter(plan.value.writes, { ...sources, pastRuns: [] })?.end
  return end === undefined || (end.how === otherwise.how && end.at === otherwise.at) ? undefined : end
}

function pathOf(
  { timeline, cutAt }: Outlook & { readonly kind: 'foreseen' },
  sources: ForecastSources,
): ForecastPathView {
  const { stages, end } = timeline
  const how = cutAt === undefined ? end.how : 'step'
  const usual = usualOf({ ...end, how }, sources)
  return { stages, end: { ...end, how, usual }, podStartMs: podStartOf(sources.world) }
}

/** Never before what pauses and pod starts alone take. */
function usualOf(end: Omit<ForecastEndView, 'usual'>, sources: ForecastSources): ForecastEndView['usual'] {
  const since = stepSince(sources)
  if (since === undefined || !['healthy', 'person', 'step'].includes(end.how) || end.at <= sources.now) return undefined
  const { rollout } = sources.world
  const span = {
    stepCount: stepsOf(rollout).length,
    fromStep: rollout.status?.currentStepIndex ?? 0,
    toStep: end.how === 'healthy' ? undefined : end.step,
    since,
  }
  const usual = usualEnd(sources.pastRuns, span)
  return usual && { ...usual, about: Math.max(usual.about, end.at), by: Math.max(usual.by, end.at) }
}

/** When the present step began; of the first one the update itself. */
function stepSince({ world: { rollout }, stepEnds }: ForecastSources): EpochMs | undefined {
  const { pauseConditions, currentStepIndex = 0, duration } = rollout.status ?? {}
  const paused = parseTime(pauseConditions?.[0]?.startTime)
  if (paused !== undefined && rollout.spec.strategy?.blueGreen === undefined) return paused
  return currentStepIndex === 0 ? parseTime(duration?.rolloutStartedAt) : stepEnds.get(currentStepIndex - 1)
}

export function viewForeseenWrite({ at, write }: ForeseenWrite): readonly ForeseenWriteView[] {
  if (write.kind === 'event') return []
  const { kind: verb, summary, because, ref } = write
  return [{ at, summary, because, verb, kind: ref.resource.kind, name: ref.name }]
}
