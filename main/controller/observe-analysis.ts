import type { AnalysisRun, AnalysisTemplateRef } from '#api/analysis.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { TemplateSource } from '#engine/analysis/templates.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { analysisErrors, trialsOf } from './check-analyses.ts'
import type { MetricsPort } from './metrics-port.ts'

type Observed = Outcome<
  Pick<RolloutWorld, 'analysisRuns' | 'templates' | 'analysisErrors'>,
  { readonly kind: 'NotSynced' }
>

/**
 * What a Rollout with analyses needs to know beyond its pods: its runs, and the templates it refers to. One without any waits for
 * none of these kinds; what is left of its former runs is seen when they are at hand anyway.
 * @param metrics who measures; absent: nobody asks whether all can be measured
 */
export async function observeAnalysis(
  cluster: Cluster,
  rollout: Rollout,
  hidden: readonly KubeObject[] = [],
  metrics?: MetricsPort,
): Promise<Observed> {
  const refs = trialsOf(rollout).flatMap((each) => each.refs)
  const runs = cluster.cache('analysisRuns')
  if (!runs.synced) return refs.length === 0 ? success({}) : failure({ kind: 'NotSynced' })
  const analysisRuns = await observeRuns(cluster, rollout, hidden)
  if (refs.length === 0) return success({ analysisRuns })
  const templates = observeTemplates(cluster, rollout.metadata.namespace ?? '', refs)
  if (!templates.ok) return templates
  const known = { analysisRuns, templates: templates.value }
  return success({ ...known, ...(metrics && { analysisErrors: analysisErrors(rollout, known, metrics) }) })
}

/** Those of this Rollout, and others in the way of the names it gives. One that only the status knows is asked for (REC-22). */
async function observeRuns(
  cluster: Cluster,
  rollout: Rollout,
  hidden: readonly KubeObject[],
): Promise<readonly AnalysisRun[]> {
  const { namespace = '', name, uid } = rollout.metadata
  const isControlled = (run: KubeObject) =>
    run.metadata.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid)
  const cached = cluster
    .cache('analysisRuns')
    .inNamespace(namespace)
    .filter((run) => isControlled(run) || run.metadata.name.startsWith(`${name}-`))
  const known = withHidden(cached, hidden, 'AnalysisRun')
  const missing = namedRuns(rollout).filter((each) => !known.some(({ metadata }) => metadata.name === each))
  const read = await Promise.all(
    missing.map((each) => cluster.client.get(resources.analysisRuns, { namespace, name: each })),
  )
  return [...known, ...read.flatMap((each) => (each.ok ? [each.value as AnalysisRun] : []))]
}

function namedRuns({ status }: Rollout): readonly string[] {
  const { canary, blueGreen } = status ?? {}
  return [
    canary?.currentStepAnalysisRunStatus,
    canary?.currentBackgroundAnalysisRunStatus,
    blueGreen?.prePromotionAnalysisRunStatus,
    blueGreen?.postPromotionAnalysisRunStatus,
  ].flatMap((entry) => entry?.name ?? [])
}

/** What is cached is newer. */
export const withHidden = <T extends KubeObject>(
  cached: readonly T[],
  hidden: readonly KubeObject[],
  kind: string,
): readonly T[] => {
  const isNew = ({ metadata }: KubeObject) => !cached.some((each) => each.metadata.name === metadata.name)
  return [...cached, ...hidden.filter((each): each is T => each.kind === kind && isNew(each))]
}

/** All of the namespace; those of the cluster only once somebody refers to one, for it takes a right of its own (OPS-52). */
export function observeTemplates(
  cluster: Cluster,
  namespace: string,
  refs: readonly AnalysisTemplateRef[],
): Outcome<TemplateSource, { readonly kind: 'NotSynced' }> {
  const cache = cluster.cache('analysisTemplates')
  if (!cache.synced) return failure({ kind: 'NotSynced' })
  const namespaced = byName(cache.inNamespace(namespace))
  const all = [...refs, ...Object.values(namespaced).flatMap(({ spec }) => spec.templates ?? [])]
  if (!all.some(({ clusterScope }) => clusterScope === true)) return success({ namespaced, cluster: {} })
  const ofCluster = cluster.cache('clusterAnalysisTemplates')
  if (!ofCluster.synced) return failure({ kind: 'NotSynced' })
  return success({ namespaced, cluster: byName([...ofCluster.values()]) })
}

export const byName = <T extends KubeObject>(objects: readonly T[]): Readonly<Record<string, T>> =>
  Object.fromEntries(objects.map((each) => [each.metadata.name, each]))
