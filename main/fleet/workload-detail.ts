import type { ControllerRevision, ReplicaSet } from '#api/apps.ts'
import type { Event, Pod } from '#api/core.ts'
import type { Availability, ReadState, RolloutView } from '#contract/views.ts'
import type { WorkloadDetailView, WorkloadRevisionView } from '#contract/workload-views.ts'
import type { NativeWorkload } from '#engine/workload/progress.ts'
import { revisionKey, revisionNumber, templateOf } from '#engine/workload/revisions.ts'
import type { Failure } from '#lib/failure.ts'
import { parseInteger } from '#lib/int-or-string.ts'
import type { Outcome } from '#lib/outcome.ts'
import { parseTime } from '#lib/rfc3339.ts'
import type { ObjectList } from '#main/cluster/client.ts'
import type { Cache } from '#main/cluster/cluster.ts'
import { eventViews } from './detail/events.ts'
import { podViews } from './detail/pods.ts'
import { templateVersion } from './image-version.ts'

interface WorkloadParts {
  readonly workload: NativeWorkload
  readonly view: RolloutView
  readonly pods: Pick<Cache<Pod>, 'ownedBy'>
  readonly revisions: Outcome<readonly (ReplicaSet | ControllerRevision)[], Failure>
  readonly events: Outcome<ObjectList, Failure>
}

export function workloadDetail({ workload, view, pods, revisions, events }: WorkloadParts): WorkloadDetailView {
  const kept = revisions.ok ? revisions.value : []
  const current = currentNumber(workload, kept)
  const { spec } = workload.spec.template
  const own = podsOf(workload, kept, pods)
  return {
    view: workload.kind === 'StatefulSet' ? { ...view, revision: current } : view,
    updateStrategy: strategyOf(workload),
    revisions: kept
      .toSorted((a, b) => revisionNumber(b) - revisionNumber(a))
      .map((each) => revisionView(each, current, view)),
    revisionsState: stateOf(revisions),
    pods: podViews(own),
    events: events.ok ? eventViews(events.value.items as unknown as readonly Event[]) : [],
    eventsState: stateOf(events),
    conditions: conditionsOf(workload),
    containers: [
      ...(spec?.initContainers ?? []).map(({ name, image = '' }) => ({ name, image, init: true })),
      ...(spec?.containers ?? []).map(({ name, image = '' }) => ({ name, image, init: false })),
    ],
  }
}

const stateOf = (read: Outcome<unknown, Failure>): ReadState =>
  read.ok ? 'read' : read.error.kind === 'Forbidden' ? 'forbidden' : 'loading'

function currentNumber(
  workload: NativeWorkload,
  kept: readonly (ReplicaSet | ControllerRevision)[],
): number | undefined {
  if (workload.kind === 'Deployment') return parseInteger(workload.metadata.annotations?.[revisionKey])
  const wanted = kept.find(({ metadata }) => metadata.name === workload.status?.updateRevision)
  return wanted && revisionNumber(wanted)
}

/** Without its ReplicaSets the pods of a Deployment cannot be told from others. */
function podsOf(
  { kind, metadata }: NativeWorkload,
  kept: readonly (ReplicaSet | ControllerRevision)[],
  pods: Pick<Cache<Pod>, 'ownedBy'>,
): readonly Pod[] {
  const owners = kind === 'StatefulSet' ? [metadata.uid] : kept.map((each) => each.metadata.uid)
  return owners.flatMap((uid) => (uid === undefined ? [] : pods.ownedBy(uid)))
}

function revisionView(
  revision: ReplicaSet | ControllerRevision,
  current: number | undefined,
  view: RolloutView,
): WorkloadRevisionView {
  const template = templateOf(revision)
  const number = revisionNumber(revision)
  const isReplicaSet = revision.kind === 'ReplicaSet'
  return {
    revision: number,
    name: revision.metadata.name,
    isCurrent: number === current,
    images: (template?.spec?.containers ?? []).map(({ image = '' }) => image),
    version: templateVersion(template),
    createdAt: parseTime(revision.metadata.creationTimestamp) ?? 0,
    ready: isReplicaSet ? (revision.status?.readyReplicas ?? 0) : undefined,
    desired: isReplicaSet ? (revision.spec.replicas ?? 1) : undefined,
    cause: revision.metadata.annotations?.['kubernetes.io/change-cause'],
    undo: undoOf(number, current, view),
  }
}

function undoOf(number: number, current: number | undefined, { actions }: RolloutView): Availability {
  if (number === current) return { open: false, reason: 'This revision is the wanted one' }
  return number === 0 ? { open: false, reason: 'It carries no revision number' } : actions.undo
}

function strategyOf(workload: NativeWorkload): string {
  if (workload.kind === 'Deployment') {
    const { type = 'RollingUpdate', rollingUpdate } = workload.spec.strategy ?? {}
    if (type === 'Recreate') return type
    return `${type}, maxSurge ${rollingUpdate?.maxSurge ?? '25%'}, maxUnavailable ${rollingUpdate?.maxUnavailable ?? '25%'}`
  }
  const { type = 'RollingUpdate', rollingUpdate } = workload.spec.updateStrategy ?? {}
  const partition = rollingUpdate?.partition ?? 0
  return partition === 0 ? type : `${type}, partition ${partition}`
}

const conditionsOf = (workload: NativeWorkload): WorkloadDetailView['conditions'] =>
  (workload.kind === 'Deployment' ? (workload.status?.conditions ?? []) : []).map((each) => ({
    type: each.type,
    status: each.status,
    reason: each.reason ?? '',
    message: each.message ?? '',
    changedAt: parseTime(each.lastTransitionTime),
  }))
