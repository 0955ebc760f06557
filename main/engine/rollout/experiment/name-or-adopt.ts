import type { Experiment } from '#api/experiment.ts'
import { normaliseExperiment } from '#engine/normalise/normalise-experiment.ts'
import { isControlledBy } from '#engine/ownership.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import type { Situation } from '../situation.ts'
import { isDone } from './experiments.ts'

/**
 * What to do about a name, with the Experiments that are known: take over the one that is there, for it is ours, alike and not done;
 * or make one under the first free name of `NAME`, `NAME-1`, `NAME-2`, … (EXP-808).
 */
export function nameOrAdopt(
  wanted: Experiment,
  { rollout }: Pick<Situation, 'rollout'>,
  known: readonly Experiment[],
): { readonly adopt: Experiment } | { readonly create: Experiment } {
  const base = wanted.metadata.name
  for (let suffix = 0; ; suffix++) {
    const name = suffix === 0 ? base : `${base}-${suffix}`
    const there = known.find(({ metadata }) => metadata.name === name)
    if (there === undefined) return { create: { ...wanted, metadata: { ...wanted.metadata, name } } }
    const isOurs = isControlledBy(there, rollout)
    if (isOurs && !isDone(there) && jsonEqual(compared(there), compared(wanted))) return { adopt: there }
  }
}

/** Not whether it was asked to end. */
function compared(experiment: Experiment): object {
  const { terminate: _asked, ...spec } = normaliseExperiment(experiment).spec
  return spec
}
