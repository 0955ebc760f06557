import { workloadKey } from '#contract/keys.ts'
import { type Availability, actionNames, type RolloutView } from '#contract/views.ts'
import type { WorkloadDetailView, WorkloadKind } from '#contract/workload-views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { aRollout, fleetContexts } from './fixture-fleet.ts'

const HOUR = 3_600_000

interface NativeParts extends Partial<RolloutView> {
  readonly context: string
  readonly name: string
  readonly kind: WorkloadKind
}

/** A Deployment or StatefulSet that has rolled out, but for what is given. */
export function aNative(now: EpochMs, { kind, ...parts }: NativeParts): RolloutView {
  const namespace = parts.namespace ?? 'platform'
  const view = aRollout(now, { ...parts, namespace, strategy: 'unknown', stepIndex: undefined, stepCount: 0 })
  const isPaused = view.status === 'Paused'
  const availabilityOf = (action: string): Availability => {
    if (action === 'undo' || action === 'restart')
      return isPaused ? { open: false, reason: 'Open again after Resume' } : { open: true }
    if (kind === 'Deployment' && action === (isPaused ? 'resume' : 'pause')) return { open: true }
    return { open: false, reason: `Open on Rollouts: a ${kind} has no steps and no analysis` }
  }
  const actions = Object.fromEntries(actionNames.map((action) => [action, availabilityOf(action)]))
  const key = workloadKey({ context: parts.context, namespace, name: parts.name, kind })
  return { ...view, key, kind, revision: 12, stableRevision: undefined, actions: actions as RolloutView['actions'] }
}

/** Some in every cluster of the fleet: one on its way, one late, one paused by hand, the rest at rest. */
export const fleetNatives = (now: EpochMs): readonly RolloutView[] =>
  fleetContexts.flatMap((context, index) => [
    aNative(now, {
      context,
      name: 'ingress-gateway',
      kind: 'Deployment',
      version: '1.30.2',
      ...(index === 1 && {
        status: 'Progressing',
        message: '7 of 12 pods are new',
        actualWeight: 58,
        since: now - 90_000,
        replicas: { desired: 12, current: 15, updated: 7, ready: 12, available: 12 },
      }),
      ...(index === 3 && {
        status: 'Degraded',
        message: 'ReplicaSet "ingress-gateway-5f4d" has timed out progressing.',
        actualWeight: 25,
        since: now - HOUR,
        replicas: { desired: 12, current: 15, updated: 3, ready: 9, available: 9 },
      }),
    }),
    aNative(now, { context, name: 'ledger-db', kind: 'StatefulSet', version: '16.4', drift: index === 5 }),
    aNative(now, {
      context,
      name: 'metrics-agent',
      kind: 'Deployment',
      ...(index === 2 && {
        status: 'Paused',
        pause: { reason: 'manual', startedAt: undefined, resumesAt: undefined },
        message: 'paused; nothing of it is outstanding',
      }),
    }),
  ])

/** Two revisions, a pod that crashes, events. */
export const aWorkloadDetail = (view: RolloutView, now: EpochMs): WorkloadDetailView => ({
  view,
  updateStrategy: view.kind === 'Deployment' ? 'RollingUpdate, maxSurge 25%, maxUnavailable 25%' : 'RollingUpdate',
  revisions: [12, 11].map((revision) => ({
    revision,
    name: `${view.name}-${revision}`,
    isCurrent: revision === 12,
    images: [`registry.shop.io/${view.name}:${revision === 12 ? view.version : '1.29.9'}`],
    version: revision === 12 ? view.version : '1.29.9',
    createdAt: now - (13 - revision) * 26 * HOUR,
    ready: view.kind === 'StatefulSet' ? undefined : revision === 12 ? view.replicas.updated : 5,
    desired: view.kind === 'StatefulSet' ? undefined : revision === 12 ? view.replicas.updated : 5,
    cause: revision === 12 ? 'kubectl set image, CHG-20931' : undefined,
    undo: revision === 12 ? { open: false, reason: 'This revision is the wanted one' } : view.actions.undo,
  })),
  revisionsState: 'read',
  pods: Array.from({ length: view.replicas.current }, (_, index) => ({
    name: `${view.name}-${index}`,
    state: index === 3 ? 'failing' : index === 5 ? 'starting' : 'ready',
    reason: index === 3 ? 'CrashLoopBackOff' : 'Running',
    restarts: index === 3 ? 4 : 0,
    createdAt: now - HOUR,
    node: 'node-1',
  })),
  events: [
    {
      id: 'e1',
      at: now - 60_000,
      source: 'cluster',
      type: 'Normal',
      reason: 'ScalingReplicaSet',
      message: `Scaled up replica set ${view.name}-12 from 3 to 7`,
      count: 2,
    },
  ],
  eventsState: 'read',
  conditions: [
    {
      type: 'Available',
      status: 'True',
      reason: 'MinimumReplicasAvailable',
      message: 'Deployment has minimum availability.',
      changedAt: now - HOUR,
    },
  ],
  containers: [{ name: view.name, image: `registry.shop.io/${view.name}:${view.version}`, init: false }],
})
