import type { AnalysisRun } from '#api/analysis.ts'
import type { Experiment } from '#api/experiment.ts'
import type { KubeObject } from '#api/meta.ts'
import { type Resource, resources } from '#api/resources.ts'
import type { ActionName } from '#contract/views.ts'
import type { ActionParameters } from '#engine/actions/plan-action.ts'
import { controllerOf } from '#engine/ownership.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { Failure } from '#lib/failure.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'

/** What an action that names an AnalysisRun or an Experiment needs of them. */
export interface Analysed extends Pick<RolloutWorld, 'analysisRuns' | 'experiments'> {}

interface Ask {
  readonly action: ActionName
  readonly namespace: string
  readonly parameters: ActionParameters
}

/**
 * Reads it past every cache; nothing for the actions that name neither. A repetition needs all runs of the namespace, for its name
 * has to be free; a run of an Experiment needs that, to tell whose it is.
 */
export async function readAnalysed(client: ClusterClient, ask: Ask): Promise<Outcome<Analysed, Failure>> {
  const { action, namespace, parameters } = ask
  if (action === 'terminateExperiment') {
    const experiment = await readOne<Experiment>(client, resources.experiments, namespace, parameters.experiment)
    return experiment.ok ? success({ experiments: experiment.value }) : experiment
  }
  if (action !== 'rerunAnalysis' && action !== 'terminateAnalysis') return success({})
  const runs = action === 'rerunAnalysis' ? await readRuns(client, namespace) : await readRun(client, ask)
  if (!runs.ok) return runs
  const owner = controllerOf(runs.value.find(({ metadata }) => metadata.name === parameters.run) ?? nobody)
  const name = owner?.kind === 'Experiment' ? owner.name : undefined
  const experiments = await readOne<Experiment>(client, resources.experiments, namespace, name)
  return experiments.ok ? success({ analysisRuns: runs.value, experiments: experiments.value }) : experiments
}

const nobody: KubeObject = { apiVersion: '', kind: '', metadata: { name: '' } }

async function readRuns(client: ClusterClient, namespace: string): Promise<Outcome<readonly AnalysisRun[], Failure>> {
  const listed = await client.list(resources.analysisRuns, { namespace })
  return listed.ok ? success(listed.value.items as unknown as readonly AnalysisRun[]) : listed
}

const readRun = (client: ClusterClient, { namespace, parameters }: Ask) =>
  readOne<AnalysisRun>(client, resources.analysisRuns, namespace, parameters.run)

/** None when no name is asked for, or nothing has it. */
async function readOne<T extends KubeObject>(
  client: ClusterClient,
  resource: Resource,
  namespace: string,
  name: string | undefined,
): Promise<Outcome<readonly T[], Failure>> {
  if (name === undefined) return success([])
  const read = await client.get(resource, { namespace, name })
  if (read.ok) return success([read.value as T])
  return read.error.kind === 'NotFound' ? success([]) : read
}
