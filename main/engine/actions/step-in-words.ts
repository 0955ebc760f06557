import type { CanaryStep } from '#api/rollout.ts'
import type { ActionFacts } from './action-facts.ts'

/** A canary step in a few words, such as `set weight 20`. */
export function stepInWords(step: CanaryStep): string {
  if (step.setWeight !== undefined) return `set weight ${step.setWeight}`
  if (step.pause !== undefined) return pauseInWords(step.pause.duration)
  if (step.setCanaryScale !== undefined) return 'set canary scale'
  if (step.analysis !== undefined) return 'run an analysis'
  if (step.experiment !== undefined) return 'run an experiment'
  if (step.setHeaderRoute !== undefined) return 'set a header route'
  if (step.setMirrorRoute !== undefined) return 'set a mirror route'
  return step.plugin === undefined ? 'an empty step' : `run plugin ${step.plugin.name ?? ''}`.trimEnd()
}

function pauseInWords(duration: number | string | undefined): string {
  if (duration === undefined || duration === 0) return 'pause until promoted'
  return `pause for ${typeof duration === 'number' ? `${duration}s` : duration}`
}

/** Step `index` counted from 1, as people count: `step 2 of 5 (pause for 1h)`. */
export function numberedStep({ steps }: ActionFacts, index: number): string {
  const step = steps[index]
  const number = `step ${index + 1} of ${steps.length}`
  return step === undefined ? number : `${number} (${stepInWords(step)})`
}

/** What comes once `index` is the current step. */
export const whatFollows = (facts: ActionFacts, index: number): string =>
  index < facts.steps.length
    ? `Next is ${numberedStep(facts, index)}`
    : 'No steps are left: the new version becomes stable once all its pods are available'
