import type { AnalysisRun } from '#api/analysis.ts'
import type { ReplicaSet } from '#api/apps.ts'
import type { Pod } from '#api/core.ts'
import type { Experiment } from '#api/experiment.ts'
import { annotations, labels } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import { hasEnded } from '#engine/actions/terminate.ts'
import { endOf } from '#engine/experiment/spec-defaults.ts'
import { annotationOf } from '#engine/rollout/replica-set/facts.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import { healthOf } from '#main/fleet/detail/revisions.ts'
import { formatTree, type Node, oldestPodFirst, oldestRunFirst, podNode, runNode } from './rollout-tree.ts'
import { shownAge, shownDelay, shownDuration } from './shown-age.ts'
import { analysisStatus, replicaSetStatus } from './status-icons.ts'
import type { Target } from './targets.ts'
import { paint } from './text-table.ts'

/** An Experiment with all that the printed tree shows of it. */
export interface ShownExperiment {
  readonly experiment: Experiment
  readonly replicaSets: readonly ReplicaSet[]
  readonly pods: readonly Pod[]
  /** Empty where they may not be read. */
  readonly analysisRuns: readonly AnalysisRun[]
}

/** Reads one Experiment, of a Rollout or of nobody, and its children once (VIEW-2). */
export async function readExperiment(
  { client, namespace }: Target,
  name: string,
): Promise<Outcome<ShownExperiment, Failure>> {
  const read = await client.get(resources.experiments, { namespace, name })
  if (!read.ok) return read
  const scope = { namespace, labelSelector: labels.podTemplateHash }
  const replicaSets = await client.list(resources.replicaSets, scope)
  if (!replicaSets.ok) return replicaSets
  const pods = await client.list(resources.pods, scope)
  if (!pods.ok) return pods
  const runs = await client.list(resources.analysisRuns, { namespace })
  if (!runs.ok && runs.error.kind !== 'Forbidden') return runs
  const ours = (replicaSets.value.items as readonly ReplicaSet[]).filter(ownedBy(read.value))
  return success({
    experiment: read.value as Experiment,
    replicaSets: ours,
    pods: (pods.value.items as readonly Pod[]).filter((pod) => ours.some((each) => ownedBy(each)(pod))),
    analysisRuns: ((runs.ok ? runs.value.items : []) as readonly AnalysisRun[]).filter(ownedBy(read.value)),
  })
}

const ownedBy =
  ({ metadata: { uid } }: KubeObject) =>
  ({ metadata }: KubeObject): boolean =>
    (metadata.ownerReferences ?? []).some((owner) => owner.uid === uid)

/** Header, blank line and tree of one Experiment (ACT-121, VIEW-1, VIEW-114). */
export function formatExperiment(shown: ShownExperiment, now: EpochMs, colours: boolean): readonly string[] {
  const { metadata, spec, status = {} } = shown.experiment
  const { phase = '', message = '' } = status
  const end = hasEnded(shown.experiment) ? undefined : endOf(spec, status)
  const lines = [
    ['Name:', metadata.name],
    ['Namespace:', metadata.namespace ?? ''],
    [
      'Status:',
      analysisStatus(phase)
        .map((each) => paint(each, colours))
        .join(''),
    ],
    ...(message === '' ? [] : [['Message:', message]]),
    ['Duration:', spec.duration ?? '-'],
    ...(end === undefined || end <= now ? [] : [['Remaining:', shownDuration(end - now)]]),
  ]
  const header = lines.map(([label = '', value = '']) => `${label.padEnd(17)}${value}`.trimEnd())
  return [...header, '', ...formatTree(experimentNode(shown, now), colours)]
}

function experimentNode({ experiment, replicaSets, pods, analysisRuns }: ShownExperiment, now: EpochMs): Node {
  const { metadata, status = {} } = experiment
  const sets = replicaSets.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  return {
    name: { text: `Σ ${metadata.name}` },
    kind: 'Experiment',
    status: analysisStatus(status.phase ?? ''),
    age: shownAge(metadata.creationTimestamp, now),
    info: '',
    children: [
      ...sets.map((each) => templateNode(each, pods, now)),
      ...analysisRuns.toSorted(oldestRunFirst).map((run) => runNode(run, now)),
    ],
  }
}

/** VIEW-96: it has the name of its template in place of roles. */
function templateNode(replicaSet: ReplicaSet, pods: readonly Pod[], now: EpochMs): Node {
  const template = annotationOf(replicaSet, annotations.experimentTemplate)
  const deadline = annotationOf(replicaSet, annotations.scaleDownDeadline)
  return {
    name: { text: `⧉ ${replicaSet.metadata.name}` },
    kind: 'ReplicaSet',
    status: replicaSetStatus(healthOf(replicaSet)),
    age: shownAge(replicaSet.metadata.creationTimestamp, now),
    info: [
      ...(template === undefined ? [] : [`Σ:${template}`]),
      ...(deadline === undefined ? [] : [shownDelay(deadline, now)]),
    ].join(','),
    children: pods
      .filter(ownedBy(replicaSet))
      .toSorted(oldestPodFirst)
      .map((pod) => podNode(pod, now)),
  }
}
