import type { CanaryStep, Rollout } from '#api/rollout.ts'
import { maxWeightOf } from '#engine/rollout/spec-defaults.ts'
import { actionFacts } from './action-facts.ts'
import type { ActionParameters, RolloutAction } from './action-plan.ts'

/**
 * The share of traffic, in percent, that the wanted version has once an action was carried out and nobody does anything more; of undo
 * and setImage the version that is wanted then. What ends at a judgement nobody has passed yet counts as standing there. `undefined`: the
 * action moves no traffic, or blue-green is switched at once and has no share to tell.
 */
export function reachOf(
  action: RolloutAction,
  rollout: Rollout,
  { allSteps }: Pick<ActionParameters, 'allSteps'> = {},
): number | undefined {
  const facts = actionFacts(rollout)
  if (!facts.isCanary) return undefined
  const until = (start: number) => weightUntilHeld(facts.steps, start, maxWeightOf(rollout.spec))
  switch (action) {
    case 'promoteFull':
      return 100
    case 'abort':
      return 0
    case 'retry':
    case 'undo':
    case 'setImage':
      return until(0)
    case 'skipStep':
      return allSteps === true ? 100 : until(facts.nextStepIndex)
    case 'promote':
      return until(facts.nextStepIndex)
    case 'resume':
      return facts.hasPauseCondition ? until(facts.nextStepIndex) : undefined
    default:
      return undefined
  }
}

/** From this step on until one that waits for a person, a clock or a verdict; 100 at the end. */
function weightUntilHeld(steps: readonly CanaryStep[], start: number, maxWeight: number): number {
  let weight = steps.slice(0, start).reduce((last, step) => step.setWeight ?? last, 0)
  for (const step of steps.slice(start)) {
    if (step.pause !== undefined || step.analysis !== undefined || step.experiment !== undefined) break
    if (step.plugin !== undefined) break
    weight = step.setWeight ?? weight
    if (step === steps.at(-1)) return 100
  }
  return start >= steps.length ? 100 : Math.round((weight / maxWeight) * 1000) / 10
}
