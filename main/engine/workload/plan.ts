import type { ControllerRevision, Deployment, ReplicaSet } from '#api/apps.ts'
import { type Resource, resources } from '#api/resources.ts'
import type { ActionParameters, ActionPlan, NotOpen, RolloutAction } from '#engine/actions/action-plan.ts'
import { gitOpsWarnings } from '#engine/actions/gitops-owner.ts'
import type { PatchWrite } from '#engine/decision.ts'
import { refTo, unchanged } from '#engine/rollout/write.ts'
import type { EpochMs } from '#lib/clock.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { type NativeWorkload, replicasOf } from './progress.ts'
import { revisionNumber, templateOf, withoutHash } from './revisions.ts'

/** What can be done to a workload that Kubernetes itself rolls out: what `kubectl rollout` can do to it. */
export const workloadActions = ['pause', 'resume', 'undo', 'restart'] as const satisfies readonly RolloutAction[]
export type WorkloadAction = (typeof workloadActions)[number]

export const isWorkloadAction = (action: RolloutAction): action is WorkloadAction =>
  workloadActions.some((each) => each === action)

/** The sentence of a closed action, `undefined` for an open one. */
export function closedBecause(action: RolloutAction, workload: NativeWorkload): string | undefined {
  const { kind, metadata, spec } = workload
  if (metadata.deletionTimestamp !== undefined) return `${kind} ${metadata.name} is being deleted`
  if (!isWorkloadAction(action)) return `Open on Rollouts: a ${kind} has no steps and no analysis`
  if (workload.kind === 'StatefulSet')
    return action === 'pause' || action === 'resume' ? 'A StatefulSet cannot be paused' : undefined
  const isPaused = 'paused' in spec && spec.paused === true
  if (action === 'resume') return isPaused ? undefined : 'Resume is open while the Deployment is paused'
  if (!isPaused) return undefined
  return action === 'pause' ? 'Pause is open again after Resume: it is paused already' : `Open again after Resume`
}

interface WorkloadWish {
  readonly action: RolloutAction
  readonly workload: NativeWorkload
  /** ReplicaSets of a Deployment, ControllerRevisions of a StatefulSet: for `undo` alone. */
  readonly revisions: readonly (ReplicaSet | ControllerRevision)[]
  readonly parameters: ActionParameters
  readonly now: EpochMs
}

/** The requests of an action, each held to the version it was decided from. They are those of `kubectl rollout`. */
export function planWorkloadAction(wish: WorkloadWish): Outcome<ActionPlan, NotOpen> {
  const { action, workload } = wish
  const closed = closedBecause(action, workload)
  if (closed !== undefined) return failure({ reason: closed })
  switch (action) {
    case 'pause':
      return success(planPaused(workload, true))
    case 'resume':
      return success(planPaused(workload, null))
    case 'restart':
      return planRestart(wish)
    default:
      return planUndo(wish)
  }
}

export const resourceOf = ({ kind }: Pick<NativeWorkload, 'kind'>): Resource =>
  kind === 'Deployment' ? resources.deployments : resources.statefulSets

const patch = (workload: NativeWorkload, rest: Pick<PatchWrite, 'patchType' | 'body' | 'summary'>): PatchWrite => ({
  kind: 'patch',
  ref: refTo(resourceOf(workload), workload),
  precondition: unchanged(workload),
  because: 'UI-ACT-1',
  ...rest,
})

const called = ({ kind, metadata }: NativeWorkload): string => `${kind.toLowerCase()} '${metadata.name}'`

function planPaused(workload: NativeWorkload, paused: true | null): ActionPlan {
  const summary = paused === null ? 'Unset spec.paused' : 'Set spec.paused'
  return {
    writes: [patch(workload, { patchType: 'strategic', body: { spec: { paused } }, summary })],
    effects:
      paused === null
        ? ['What was changed meanwhile goes out now']
        : ['Changes of the template wait until Resume', 'Pods keep running, and scaling goes on'],
    warnings: gitOpsWarnings(workload),
    message: `${called(workload)} ${paused === null ? 'resumed' : 'paused'}`,
  }
}

export const restartedAtKey = 'kubectl.kubernetes.io/restartedAt'

/** Another annotation of the template is another template, so all pods are replaced as by an update. */
function planRestart({ workload, parameters, now }: WorkloadWish): Outcome<ActionPlan, NotOpen> {
  if (parameters.delay !== undefined)
    return failure({ reason: `A ${workload.kind} restarts at once: only a Rollout can be told a later time` })
  const restartedAt = formatSeconds(now)
  if (workload.spec.template.metadata?.annotations?.[restartedAtKey] === restartedAt)
    return failure({ reason: 'It was restarted within this very second' })
  const replicas = replicasOf(workload)
  const single = replicas === 1 && workload.kind === 'StatefulSet'
  const waits = workload.kind === 'StatefulSet' && workload.spec.updateStrategy?.type === 'OnDelete'
  return success({
    writes: [
      patch(workload, {
        patchType: 'strategic',
        body: { spec: { template: { metadata: { annotations: { [restartedAtKey]: restartedAt } } } } },
        summary: `Note the restart at ${restartedAt} in the pod template`,
      }),
    ],
    effects: [`All ${replicas} pods are replaced, as by an update`],
    warnings: [
      ...(single ? ['There is one replica: it is down while its pod is replaced'] : []),
      ...(waits ? ['OnDelete: a pod is replaced only once somebody deletes it'] : []),
      ...gitOpsWarnings(workload),
    ],
    message: `${called(workload)} restarted`,
  })
}

function planUndo(wish: WorkloadWish): Outcome<ActionPlan, NotOpen> {
  const { workload, parameters } = wish
  const target = revisionWanted(wish)
  if (!target.ok) return target
  const template = templateOf(target.value)
  const number = revisionNumber(target.value)
  if (template === undefined) return failure({ reason: `revision ${number} holds no pod template` })
  if (jsonEqual(withoutHash(template), withoutHash(workload.spec.template))) {
    const message = `skipped rollback (current template already matches revision ${parameters.toRevision ?? 0})`
    return success({
      writes: [],
      effects: ['Nothing is sent: the template is already that one'],
      warnings: [],
      message,
    })
  }
  return success({
    writes: [restore(workload, target.value)],
    effects: [
      `The pod template of revision ${number} comes back`,
      `All ${replicasOf(workload)} pods are replaced, as by an update`,
    ],
    warnings: gitOpsWarnings(workload),
    message: `${called(workload)} rolled back`,
  })
}

/** Without a number the one before the newest. */
function revisionWanted({
  workload,
  revisions,
  parameters: { toRevision = 0 },
}: WorkloadWish): Outcome<ReplicaSet | ControllerRevision, NotOpen> {
  const history = revisions.toSorted((a, b) => revisionNumber(b) - revisionNumber(a))
  const found = toRevision === 0 ? history[1] : history.find((each) => revisionNumber(each) === toRevision)
  if (found !== undefined) return success(found)
  return failure({
    reason:
      toRevision === 0
        ? `no earlier revision of ${called(workload)} is kept`
        : `revision ${toRevision} of ${called(workload)} is not kept`,
  })
}

/** A ControllerRevision is itself the strategic patch that restores it. */
function restore(workload: NativeWorkload, target: ReplicaSet | ControllerRevision): PatchWrite {
  const summary = `Restore the pod template of revision ${revisionNumber(target)}`
  if (target.kind === 'ControllerRevision')
    return patch(workload, { patchType: 'strategic', body: target.data, summary })
  const body = [
    { op: 'replace', path: '/spec/template', value: withoutHash(target.spec.template) },
    {
      op: workload.metadata.annotations === undefined ? 'add' : 'replace',
      path: '/metadata/annotations',
      value: annotationsAfter(workload as Deployment, target),
    },
  ]
  return patch(workload, { patchType: 'json', body, summary })
}

/** These say something of the object they stand on, and stay with it. */
const ownAnnotations: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
])

function annotationsAfter(deployment: Deployment, target: ReplicaSet): Readonly<Record<string, string>> {
  const own = Object.entries(deployment.metadata.annotations ?? {}).filter(([name]) => ownAnnotations.has(name))
  const others = Object.entries(target.metadata.annotations ?? {}).filter(([name]) => !ownAnnotations.has(name))
  return Object.fromEntries([...own, ...others])
}
