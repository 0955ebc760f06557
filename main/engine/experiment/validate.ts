import type { Experiment, ExperimentTemplate } from '#api/experiment.ts'
import { isEmptySelector } from '#engine/rollout/claim.ts'
import { progressDeadlineSecondsOf } from './spec-defaults.ts'

/** The first thing wrong with the spec; templates in order, and for each the checks in order (EXP-201). */
export function specError(experiment: Experiment): string | undefined {
  for (const [index, template] of experiment.spec.templates.entries()) {
    const error = templateError(experiment, template, index)
    if (error !== undefined) return error
  }
  return undefined
}

function templateError(
  { metadata, spec }: Experiment,
  { name, selector, minReadySeconds = 0 }: ExperimentTemplate,
  index: number,
): string | undefined {
  if (selector === undefined) return `Rollout has missing field '.Spec.Templates[${index}].Selector'`
  if (isEmptySelector(selector))
    return `This experiment is selecting all pods at index ${index}. A non-empty selector is required.`
  if (minReadySeconds > progressDeadlineSecondsOf(spec))
    return `MinReadySeconds cannot be longer than ProgressDeadlineSeconds. Check template index ${index}`
  if (name === '') return `Experiment ${metadata.name} has empty template name at index ${index}`
  const isRepeated = spec.templates.slice(0, index).some((earlier) => earlier.name === name)
  return isRepeated ? `Experiment ${metadata.name} has repeated template name '${name}' in templates` : undefined
}
