import type { AnalysisRun } from '#api/analysis.ts'
import type { Experiment } from '#api/experiment.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { ExperimentWorld } from '#engine/experiment/world.ts'
import { controllerOf, isControlledBy } from '#engine/ownership.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { byName, observeTemplates, withHidden } from './observe-analysis.ts'

type Observed<T> = Outcome<T, Failure | { readonly kind: 'NotSynced' }>

/**
 * Everything the engine may look at for one Experiment, from the cluster's caches. `undefined` value: the Experiment is gone.
 * `NotSynced` while a cache that is needed has not finished its first list; one without analyses needs no runs and no templates.
 * @param hidden runs that were found in the way although no cache shows them (ANA-1104)
 */
export async function observeExperiment(
  cluster: Cluster,
  key: string,
  hidden: readonly KubeObject[] = [],
): Promise<Observed<ExperimentWorld | undefined>> {
  const [experiments, replicaSets] = [cluster.cache('experiments'), cluster.cache('replicaSets')]
  const services = cluster.cache('services')
  if (![experiments, replicaSets, services].every((cache) => cache.synced)) return failure({ kind: 'NotSynced' })
  const experiment = experiments.get(key)
  if (experiment === undefined) return success(undefined)
  const analysis = await observeAnalyses(cluster, experiment, hidden)
  if (!analysis.ok) return analysis
  const { namespace = '' } = experiment.metadata
  const rollout = rolloutOf(cluster, experiment)
  const [ownSets, otherSets] = parted(replicaSets.inNamespace(namespace), experiment)
  const [ownServices, otherServices] = parted(services.inNamespace(namespace), experiment)
  return success({
    experiment,
    ...(rollout !== undefined && { rollout }),
    replicaSets: ownSets,
    replicaSetNamesTaken: namesOf(otherSets),
    services: ownServices,
    serviceNamesTaken: namesOf(otherServices),
    ...analysis.value,
  })
}

/** Those of a Rollout, and others in the way of the names it gives. One without a step for them does not wait to see any. */
export function observeExperiments(
  cluster: Cluster,
  rollout: Rollout,
  hidden: readonly KubeObject[] = [],
): Outcome<Pick<RolloutWorld, 'experiments'>, { readonly kind: 'NotSynced' }> {
  const cache = cluster.cache('experiments')
  const needsThem = (rollout.spec?.strategy?.canary?.steps ?? []).some(({ experiment }) => experiment !== undefined)
  if (!cache.synced) return needsThem ? failure({ kind: 'NotSynced' }) : success({})
  const { namespace = '', name } = rollout.metadata
  const mayMatter = (each: KubeObject) => isControlledBy(each, rollout) || each.metadata.name.startsWith(`${name}-`)
  return success({ experiments: withHidden(cache.inNamespace(namespace).filter(mayMatter), hidden, 'Experiment') })
}

function parted<T extends KubeObject>(objects: readonly T[], owner: KubeObject): readonly [readonly T[], readonly T[]] {
  const own = objects.filter((each) => isControlledBy(each, owner))
  return [own, objects.filter((each) => !own.includes(each))]
}

const namesOf = (objects: readonly KubeObject[]): readonly string[] => objects.map(({ metadata }) => metadata.name)

function rolloutOf(cluster: Cluster, experiment: Experiment): KubeObject | undefined {
  const owner = controllerOf(experiment)
  if (owner?.kind !== 'Rollout') return undefined
  const rollout = cluster.cache('rollouts').get(`${experiment.metadata.namespace}/${owner.name}`)
  return rollout?.metadata.uid === owner.uid ? rollout : undefined
}

type Analyses = Pick<ExperimentWorld, 'analysisRuns' | 'templates'>

async function observeAnalyses(
  cluster: Cluster,
  experiment: Experiment,
  hidden: readonly KubeObject[],
): Promise<Observed<Analyses>> {
  const refs = experiment.spec?.analyses ?? []
  if (refs.length === 0) return success({ analysisRuns: {}, templates: { namespaced: {}, cluster: {} } })
  if (!cluster.cache('analysisRuns').synced) return failure({ kind: 'NotSynced' })
  const templates = observeTemplates(cluster, experiment.metadata.namespace ?? '', refs)
  if (!templates.ok) return templates
  const runs = await observeRuns(cluster, experiment, hidden)
  return runs.ok ? success({ analysisRuns: runs.value, templates: templates.value }) : runs
}

/** Those of this Experiment, and others in the way of the names it gives. One that only the status knows is asked for (EXP-506). */
async function observeRuns(
  cluster: Cluster,
  experiment: Experiment,
  hidden: readonly KubeObject[],
): Promise<Observed<Readonly<Record<string, AnalysisRun>>>> {
  const { namespace = '', name } = experiment.metadata
  const mayMatter = (run: KubeObject) => isControlledBy(run, experiment) || run.metadata.name.startsWith(`${name}-`)
  const cached = cluster.cache('analysisRuns').inNamespace(namespace).filter(mayMatter)
  const known = byName(withHidden(cached, hidden, 'AnalysisRun'))
  const named = (experiment.status?.analysisRuns ?? []).flatMap(({ analysisRun }) => analysisRun || [])
  const missing = named.filter((each) => !Object.hasOwn(known, each))
  const read: AnalysisRun[] = []
  for (const each of missing) {
    const run = await cluster.client.get(resources.analysisRuns, { namespace, name: each })
    if (run.ok) read.push(run.value as AnalysisRun)
    else if (run.error.kind !== 'NotFound') return run
  }
  return success({ ...known, ...byName(read) })
}
