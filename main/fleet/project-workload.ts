import { workloadKey } from '#contract/keys.ts'
import { type Availability, actionNames, type PauseView, type RolloutView } from '#contract/views.ts'
import { closedBecause } from '#engine/workload/plan.ts'
import { type NativeWorkload, replicasOf, workloadProgress } from '#engine/workload/progress.ts'
import { revisionKey } from '#engine/workload/revisions.ts'
import type { EpochMs } from '#lib/clock.ts'
import { parseInteger } from '#lib/int-or-string.ts'
import { redactText } from '#lib/redact-text.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { driftPrint } from './drift.ts'
import type { Member } from './fleet-index.ts'
import { templateVersion } from './image-version.ts'

interface WorkloadTold {
  readonly context: string
  readonly now: EpochMs
  /** Why no action is open at all. */
  readonly closed: string | undefined
  /** The right to change it that RBAC withholds. */
  readonly missingRight: string | undefined
}

/** What the board shows of a Deployment or StatefulSet: of a Rollout's view what such a workload has. */
export function projectWorkload(workload: NativeWorkload, told: WorkloadTold): Member {
  return { view: viewOf(workload, told), print: driftPrint(workload.spec.template) }
}

function viewOf(workload: NativeWorkload, told: WorkloadTold): RolloutView {
  const { context, now } = told
  const { kind, metadata, spec } = workload
  const { name, namespace = '', uid = '' } = metadata
  const { phase, message } = workloadProgress(workload)
  const version = templateVersion(spec.template)
  const replicas = countsOf(workload)
  // Pods of both templates share what traffic there is.
  const share = phase === 'Healthy' ? 100 : percent(replicas.updated, Math.max(replicas.desired, replicas.current))
  return {
    key: workloadKey({ context, namespace, name, kind }),
    kind,
    context,
    namespace,
    name,
    uid,
    strategy: 'unknown',
    status: phase,
    phase,
    message: redactText(message),
    stepIndex: undefined,
    stepCount: 0,
    setWeight: 100,
    actualWeight: share,
    maxWeight: 100,
    replicas,
    preview: undefined,
    pause: phase === 'Paused' ? pausedByHand : undefined,
    analysis: undefined,
    revision: parseInteger(metadata.annotations?.[revisionKey]),
    stableRevision: undefined,
    stableVersion: phase === 'Healthy' ? version : undefined,
    version,
    currentPodHash: undefined,
    stableRS: undefined,
    since: changedAt(workload) ?? parseTime(metadata.creationTimestamp) ?? now,
    why: [],
    drift: false,
    actions: actionsOf(workload, told),
  }
}

function countsOf(workload: NativeWorkload): RolloutView['replicas'] {
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = workload.status ?? {}
  return {
    desired: replicasOf(workload),
    current: replicas,
    updated: updatedReplicas,
    ready: readyReplicas,
    available: availableReplicas,
  }
}

const pausedByHand: PauseView = { reason: 'manual', startedAt: undefined, resumesAt: undefined }

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : Math.min(100, (part / whole) * 100))

/** A StatefulSet tells no time but that of its creation. */
function changedAt(workload: NativeWorkload): EpochMs | undefined {
  if (workload.kind === 'StatefulSet') return undefined
  const progressing = workload.status?.conditions?.find(({ type }) => type === 'Progressing')
  return parseTime(progressing?.lastUpdateTime ?? progressing?.lastTransitionTime)
}

function actionsOf(workload: NativeWorkload, { closed, missingRight }: WorkloadTold): RolloutView['actions'] {
  const each = actionNames.map((action): readonly [string, Availability] => {
    const reason = closedBecause(action, workload) ?? closed ?? missingRight
    return [action, reason === undefined ? { open: true } : { open: false, reason }]
  })
  return Object.fromEntries(each) as unknown as RolloutView['actions']
}
