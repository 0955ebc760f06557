import type { AnalysisRunStatus } from '#api/analysis.ts'
import { type Resource, resources } from '#api/resources.ts'
import type { Rollout, RolloutAnalysis } from '#api/rollout.ts'
import { carriedAnnotations } from '#engine/analysis/carried-annotations.ts'
import { anAnalysisRun, runSpec } from '#engine/analysis/new-run.ts'
import { argumentsOf } from '#engine/analysis/rollout-arguments.ts'
import { type ResolvedTemplates, resolveTemplates, type TemplateSource } from '#engine/analysis/templates.ts'
import { ownerReferenceTo } from '#engine/rollout/claim.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { PastRelease } from '#main/history/past-releases.ts'
import { askableNowOnly, type BackTestPorts, backTest } from '#main/metrics/back-test.ts'

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

/** An analysis of a Rollout, with the templates it names. */
export interface Trial {
  readonly rollout: Rollout
  readonly analysis: RolloutAnalysis
  readonly templates: ResolvedTemplates
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
  { rollout, analysis: { args = [], dryRun, measurementRetention }, templates }: Trial,
  release: PastRelease,
  ports: BackTestPorts,
): Promise<Outcome<AnalysisRunStatus, string>> {
  const given = argumentsOf(args, { rollout, latestHash: release.podHash, stableHash: release.stableHash })
  if (given.error !== undefined) return failure(given.error)
  const spec = runSpec({ templates, args: given.args, dryRun, measurementRetention })
  if (!spec.ok) return spec
  const carried = carriedAnnotations(templates)
  if (!carried.ok) return carried
  const { namespace = '', name } = rollout.metadata
  const metadata = {
    name: `${name}-back-test`,
    namespace,
    annotations: carried.value,
    ownerReferences: [ownerReferenceTo(rollout)],
  }
  return backTest(anAnalysisRun(metadata, spec.value), release, ports)
}

/** Who may not read the templates of the cluster does without them. */
export async function readTemplates(
  client: ClusterClient,
  namespace: string | undefined,
): Promise<Outcome<TemplateSource, Failure>> {
  const namespaced = await listed(client, resources.analysisTemplates, namespace)
  if (!namespaced.ok) return namespaced
  const cluster = await listed(client, resources.clusterAnalysisTemplates)
  return success({ namespaced: namespaced.value, cluster: cluster.ok ? cluster.value : {} } as TemplateSource)
}

async function listed(client: ClusterClient, resource: Resource, namespace?: string) {
  const found = await client.list(resource, { namespace })
  if (!found.ok) return found
  return success(Object.fromEntries(found.value.items.map((each) => [each.metadata.name, each])))
}
