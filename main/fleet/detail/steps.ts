import type { Event } from '#api/core.ts'
import type { CanaryStep, RolloutAnalysis } from '#api/rollout.ts'
import type { BackgroundView, RolloutView, StepView } from '#contract/views.ts'
import { splitPods } from '#engine/rollout/canary/split-pods.ts'
import { describeStep, pauseSeconds } from '#engine/rollout/canary/steps.ts'
import { podBudget } from '#engine/rollout/pod-budget.ts'
import { isBasicCanary, maxWeightOf, replicasOf, stepsOf } from '#engine/rollout/spec-defaults.ts'
import type { EpochMs } from '#lib/clock.ts'
import { parseTime } from '#lib/rfc3339.ts'
import type { RolloutFacts } from '../rollout-facts.ts'
import { blueGreenSteps } from './blue-green-steps.ts'

/**
 * The steps of the strategy in order; none for a canary without steps.
 * @param seenAt the step that an aborted update was last seen at, if it was
 */
export function stepViews(facts: RolloutFacts, view: RolloutView, seenAt?: number): readonly StepView[] {
  if (view.strategy === 'blueGreen') return blueGreenSteps(facts, view)
  const completed = completionTimes(facts)
  const reached = view.status === 'Aborted' ? abortedStep(view, completed, seenAt) : (view.stepIndex ?? 0)
  return stepsOf(facts.rollout).map((step, index) => ({
    index,
    step: stepOf(step),
    state: stateOf(index, reached, facts, view),
    tookMs: tookMs(index, completed),
    endedAt: completed.get(index),
    endsAt: index === view.stepIndex ? view.pause?.resumesAt : undefined,
    canaryPods: canaryPods(step, facts),
  }))
}

/** From its starting step on; one that begins after the last step never does. */
export function backgroundView({ rollout }: RolloutFacts): BackgroundView | undefined {
  const { startingStep = 0, ...analysis } = rollout.spec.strategy?.canary?.analysis ?? {}
  const templates = templateNames(analysis)
  return templates.length > 0 && startingStep < stepsOf(rollout).length ? { startingStep, templates } : undefined
}

/** The first field that is set names the step, in the order of VIEW-183. */
function stepOf(step: CanaryStep): StepView['step'] {
  if (step.setWeight !== undefined) return { kind: 'setWeight', weight: step.setWeight }
  if (step.pause !== undefined) return { kind: 'pause', durationMs: pauseMs(step.pause.duration) }
  if (step.experiment !== undefined)
    return { kind: 'experiment', templates: (step.experiment.templates ?? []).map(({ name }) => name) }
  if (step.analysis !== undefined) return { kind: 'analysis', templates: templateNames(step.analysis) }
  if (step.setCanaryScale !== undefined) return { kind: 'setCanaryScale', text: scaleText(step) }
  if (step.plugin !== undefined) return { kind: 'plugin', text: step.plugin.name ?? '' }
  if (step.setHeaderRoute !== undefined) return { kind: 'setHeaderRoute', text: step.setHeaderRoute.name ?? '' }
  if (step.setMirrorRoute !== undefined) return { kind: 'setMirrorRoute', text: step.setMirrorRoute.name ?? '' }
  return { kind: 'unknown' }
}

function pauseMs(duration: NonNullable<CanaryStep['pause']>['duration']): number | undefined {
  const seconds = pauseSeconds(duration)
  return seconds === undefined || seconds < 0 ? undefined : seconds * 1000
}

const templateNames = ({ templates = [] }: RolloutAnalysis): readonly string[] =>
  templates.flatMap(({ templateName }) => templateName ?? [])

/** What is between the braces of `setCanaryScale{weight: 5}`. */
const scaleText = (step: CanaryStep): string => /\{(.*)\}/.exec(describeStep(step))?.[1] ?? ''

/**
 * An abort takes the index back to the start and leaves it there (ACT-52), so what was seen before and the events tell how far it
 * had come; `undefined` when they do not, for it was not seen and Kubernetes has forgotten.
 */
function abortedStep(
  { stepIndex = 0 }: RolloutView,
  completed: ReadonlyMap<number, EpochMs>,
  seenAt: number | undefined,
): number | undefined {
  const reached = Math.max(stepIndex, seenAt ?? 0, ...[...completed.keys()].map((index) => index + 1))
  return reached === 0 ? seenAt : reached
}

/** A full promotion leaves out what was still to come. */
function stateOf(
  index: number,
  reached: number | undefined,
  { status }: RolloutFacts,
  view: RolloutView,
): StepView['state'] {
  if (reached !== undefined && index < reached) return 'done'
  if (status.promoteFull === true) return 'skipped'
  if (index !== reached) return 'future'
  return view.status === 'Aborted' ? 'failed' : 'current'
}

/** Without a traffic router the weight is a number of pods (CAN-30). */
function canaryPods({ setWeight }: CanaryStep, { rollout }: RolloutFacts): number | undefined {
  const { spec } = rollout
  if (setWeight === undefined || !isBasicCanary(spec)) return undefined
  const [replicas, maxWeight] = [replicasOf(spec), maxWeightOf(spec)]
  return splitPods({ replicas, weight: setWeight, maxWeight, surge: podBudget(spec).surge }).canary
}

/** When each step ended, by the engine's events since this update began; the beginning itself is at -1. */
export function completionTimes({ status, parts }: RolloutFacts): ReadonlyMap<number, EpochMs> {
  const startedAt = parseTime(status.duration?.rolloutStartedAt)
  if (startedAt === undefined) return new Map()
  const ends = parts.events.flatMap((event) => {
    const [number, at] = [completedStep(event), parseTime(event.lastTimestamp)]
    return number === undefined || at === undefined || at < startedAt ? [] : [[number - 1, at] as const]
  })
  return new Map([[-1, startedAt], ...ends])
}

function completedStep({ reason, message = '' }: Event): number | undefined {
  if (reason !== 'RolloutStepCompleted') return undefined
  const number = /^Rollout step (\d+)\//.exec(message)?.[1]
  return number === undefined ? undefined : Number(number)
}

function tookMs(index: number, completed: ReadonlyMap<number, EpochMs>): number | undefined {
  const [from, to] = [completed.get(index - 1), completed.get(index)]
  return from === undefined || to === undefined || to < from ? undefined : to - from
}
