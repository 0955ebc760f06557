import type { AnalysisRunStatus } from '#api/analysis.ts'
import type { Rollout, RolloutAnalysis } from '#api/rollout.ts'
import { resolveTemplates, type TemplateSource } from '#engine/analysis/templates.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { PastRelease } from '#main/history/past-releases.ts'
import { askableNowOnly, type BackTestPorts, backTest } from '#main/metrics/back-test.ts'
import { readTemplates, type Trial, trialRun } from '#main/metrics/trial-run.ts'

export interface BackTested {
  readonly release: PastRelease
  /** What the analysis would have come to; or why that cannot be told. */
  readonly outcome: Outcome<AnalysisRunStatus, string>
}

interface Ports extends BackTestPorts {
  readonly client: ClusterClient
}

/**
 * What an analysis of a Rollout would have said of its past releases (W6). Reads templates and metrics, writes nothing; one release
 * after the other, for the store of metrics is shared.
 *
 * Failure  why it cannot be told of any release.
 */
export async function backTestRollout(
  rollout: Rollout,
  analysis: RolloutAnalysis,
  releases: readonly PastRelease[],
  ports: Ports,
): Promise<Outcome<readonly BackTested[], string>> {
  const source = await readTemplates(ports.client, rollout.metadata.namespace)
  if (!source.ok) return failure(source.error.message)
  const trial = trialOf(rollout, analysis, source.value)
  if (!trial.ok) return trial
  const tested: BackTested[] = []
  for (const release of releases) tested.push({ release, outcome: await tryOn(trial.value, release, ports) })
  return success(tested)
}

/** Failure  why it cannot be told of any release: a template that is not there, metrics that tell of now only. */
export function trialOf(rollout: Rollout, analysis: RolloutAnalysis, source: TemplateSource): Outcome<Trial, string> {
  const templates = resolveTemplates(analysis.templates ?? [], source)
  if (!templates.ok) return failure(templates.error.message)
  const metrics = [...templates.value.namespaced, ...templates.value.cluster].flatMap(({ spec }) => spec.metrics ?? [])
  const unable = askableNowOnly(metrics)
  if (unable.length > 0)
    return failure(`${unable.join(', ')}: the provider tells of now only, so the past cannot be tried out`)
  return success({ rollout, analysis, templates: templates.value })
}

/** What an analysis would have come to in one release; it begins with it. Failure  why that cannot be told. */
export async function tryOn(
  { rollout, analysis, templates }: Trial,
  release: PastRelease,
  ports: BackTestPorts,
): Promise<Outcome<AnalysisRunStatus, string>> {
  const hashes = { latestHash: release.podHash, stableHash: release.stableHash }
  const run = trialRun({ rollout, analysis, templates }, hashes)
  return run.ok ? backTest(run.value, release, ports) : run
}
