import type { PodSpec } from '#api/core.ts'
import type { ConditionView, ReadState, RolloutDetailView, RolloutView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { redactText } from '#lib/redact-text.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { analysisRunViews } from './detail/analysis.ts'
import { eventViews } from './detail/events.ts'
import { experimentView } from './detail/experiment.ts'
import { revisionViews } from './detail/revisions.ts'
import { backgroundView, stepViews } from './detail/steps.ts'
import { trafficView } from './detail/traffic.ts'
import { factsOf, type RolloutFacts } from './rollout-facts.ts'
import type { RolloutParts } from './rollout-parts.ts'

/** What is known besides the objects. */
interface Known {
  readonly now: EpochMs
  readonly eventsState: ReadState
  readonly analysisState: ReadState
  readonly experimentState: ReadState
  /** Where an aborted update was last seen. */
  readonly reachedStep: number | undefined
  readonly forecast: RolloutDetailView['forecast']
}

const nothingKnown: Known = {
  now: 0,
  eventsState: 'read',
  analysisState: 'read',
  experimentState: 'read',
  reachedStep: undefined,
  forecast: { state: 'notKnown', why: 'loading' },
}

/** One Rollout in full. `view` is its cell on the board, so that both never disagree (UI-P-4). */
export function projectDetail(
  parts: RolloutParts,
  view: RolloutView,
  { now, eventsState, analysisState, experimentState, reachedStep, forecast }: Known = nothingKnown,
): RolloutDetailView {
  const facts = factsOf(parts)
  const { rollout, status, currentRS } = facts
  return {
    view,
    forecast,
    steps: stepViews(facts, view, reachedStep),
    background: backgroundView(facts),
    traffic: trafficView(facts, view, now),
    revisions: revisionViews(facts, view),
    events: eventViews(parts.events),
    eventsState,
    analysisRuns: analysisRunViews(rollout, parts.analysisRuns),
    analysisState,
    experiment: experimentView(rollout, parts.experiments, parts.analysisRuns),
    experimentState,
    conditions: conditionViews(facts),
    containers: containersOf((rollout.spec.template ?? currentRS?.spec.template)?.spec),
    restartedAt: parseTime(status.restartedAt),
    generation: rollout.metadata.generation ?? 0,
  }
}

const conditionViews = ({ status }: RolloutFacts): readonly ConditionView[] =>
  (status.conditions ?? []).map((condition) => ({
    type: condition.type,
    status: condition.status,
    reason: condition.reason ?? '',
    message: redactText(condition.message ?? ''),
    changedAt: parseTime(condition.lastTransitionTime),
  }))

/** VIEW-77: init containers first, as they run. */
function containersOf(spec: PodSpec | undefined): RolloutDetailView['containers'] {
  const listed = (containers: PodSpec['initContainers'], init: boolean) =>
    (containers ?? []).map(({ name, image = '' }) => ({ name, image, init }))
  return [...listed(spec?.initContainers, true), ...listed(spec?.containers, false)]
}
