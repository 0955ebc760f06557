import type { AnalysisRun } from '#api/analysis.ts'
import { type Resource, resources } from '#api/resources.ts'
import type { Rollout, RolloutAnalysis } from '#api/rollout.ts'
import { carriedAnnotations } from '#engine/analysis/carried-annotations.ts'
import { anAnalysisRun, runSpec } from '#engine/analysis/new-run.ts'
import { argumentsOf } from '#engine/analysis/rollout-arguments.ts'
import type { ResolvedTemplates, TemplateSource } from '#engine/analysis/templates.ts'
import { ownerReferenceTo } from '#engine/rollout/claim.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'

/** An analysis of a Rollout, with the templates it names. */
export interface Trial {
  readonly rollout: Rollout
  readonly analysis: RolloutAnalysis
  readonly templates: ResolvedTemplates
}

/** The run of an analysis that nobody stores. Failure  an argument or a template of it is wrong, in a sentence. */
export function trialRun(
  { rollout, analysis: { args = [], dryRun, measurementRetention }, templates }: Trial,
  hashes: { readonly latestHash: string; readonly stableHash: string },
): Outcome<AnalysisRun, string> {
  const given = argumentsOf(args, { rollout, ...hashes })
  if (given.error !== undefined) return failure(given.error)
  const spec = runSpec({ templates, args: given.args, dryRun, measurementRetention })
  if (!spec.ok) return spec
  const carried = carriedAnnotations(templates)
  if (!carried.ok) return carried
  const { namespace = '', name } = rollout.metadata
  const metadata = {
    name: `${name}-trial`,
    namespace,
    annotations: carried.value,
    ownerReferences: [ownerReferenceTo(rollout)],
  }
  return success(anAnalysisRun(metadata, spec.value))
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
