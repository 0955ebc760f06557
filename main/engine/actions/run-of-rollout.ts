import type { AnalysisRun } from '#api/analysis.ts'
import type { Experiment } from '#api/experiment.ts'
import { labels } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import type { Rollout } from '#api/rollout.ts'
import type { RolloutWorld } from '#engine/world.ts'

/** An AnalysisRun by name: one of the Rollout, one that repeats one of those, or one of its Experiments. */
export function runOfRollout(world: RolloutWorld, name: string | undefined): AnalysisRun | undefined {
  const { rollout, analysisRuns = [] } = world
  const run = analysisRuns.find(({ metadata }) => metadata.name === name)
  if (run === undefined) return undefined
  const owners = [rollout, ...experimentsOf(world)]
  const isRerun = rollout.metadata.uid !== undefined && run.metadata.labels?.[labels.rerunFor] === rollout.metadata.uid
  return isRerun || owners.some((owner) => isOwnedBy(run, owner)) ? run : undefined
}

export const experimentsOf = ({ rollout, experiments = [] }: RolloutWorld): readonly Experiment[] =>
  experiments.filter((each) => isOwnedBy(each, rollout))

/** By uid, in any of the references (VIEW-2). */
const isOwnedBy = ({ metadata }: KubeObject, { metadata: { uid } }: KubeObject | Rollout): boolean =>
  uid !== undefined && (metadata.ownerReferences ?? []).some((owner) => owner.uid === uid)
