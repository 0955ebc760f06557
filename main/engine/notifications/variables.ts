import type { AnalysisRun } from '#api/analysis.ts'
import { annotations, labels } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import type { Rollout } from '#api/rollout.ts'
import { parseTime } from '#lib/rfc3339.ts'
import type { Variables } from './condition.ts'
import { fromKube } from './values.ts'

/** What conditions and templates may speak of (OPS-157). `object` is what the event is about, whatever kind it is. */
export const variablesOf = (
  object: KubeObject,
  runs: readonly AnalysisRun[],
  secrets: Readonly<Record<string, string>>,
): Variables => ({
  rollout: fromKube(object),
  analysisRuns: fromKube(runsOf(object as Rollout, runs)),
  secrets: fromKube(secrets),
})

/** The runs of the current pods and revision, newest first; `undefined` when none is of these pods. */
function runsOf({ metadata, status }: Rollout, runs: readonly AnalysisRun[]): readonly AnalysisRun[] | undefined {
  const hash = status?.currentPodHash
  const ofPods = runs.filter((run) => hash !== undefined && run.metadata.labels?.[labels.podTemplateHash] === hash)
  if (ofPods.length === 0) return undefined
  const revision = metadata.annotations?.[annotations.revision]
  return ofPods.filter((run) => run.metadata.annotations?.[annotations.revision] === revision).toSorted(newestFirst)
}

const newestFirst = ({ metadata: a }: KubeObject, { metadata: b }: KubeObject): number =>
  (parseTime(b.creationTimestamp) ?? 0) - (parseTime(a.creationTimestamp) ?? 0)
