import type { Experiment } from '#api/experiment.ts'
import type { TrafficWeight } from '#api/rollout.ts'
import { isControlledBy } from '#engine/ownership.ts'
import type { Situation } from '../situation.ts'
import { stepsOf } from '../spec-defaults.ts'
import { phaseOf } from './experiments.ts'
import { namedInStatus } from './reconcile.ts'

/**
 * Where traffic goes beside stable and canary: to templates with a weight, for as long as their Experiment is Running (EXP-1001,
 * CAN-99). By the name in the stored status, so weights follow a round after the name. Stable gets so much less (EXP-1002).
 */
export function experimentDestinations(
  situation: Situation,
  experiments: readonly Experiment[],
): readonly TrafficWeight[] {
  const own = experiments.filter((each) => isControlledBy(each, situation.rollout))
  const current = namedInStatus(situation, own)
  if (current === undefined || phaseOf(current) !== 'Running') return []
  const steps = stepsOf(situation.rollout)
  const index = situation.status.currentStepIndex ?? 0
  // TR-16: none once all steps are done.
  const reached = index < steps.length ? steps.slice(0, index + 1) : []
  const templates = reached.findLast(({ experiment }) => experiment !== undefined)?.experiment?.templates ?? []
  return (current.status?.templateStatuses ?? []).flatMap(({ name, serviceName, podTemplateHash }) => {
    const weight = templates.find((each) => each.name === name)?.weight
    if (weight === undefined) return []
    return [
      {
        weight,
        ...(serviceName !== undefined && { serviceName }),
        ...(podTemplateHash !== undefined && { podTemplateHash }),
      },
    ]
  })
}
