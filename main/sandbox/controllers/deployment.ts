import type { Deployment, ReplicaSet } from '#api/apps.ts'
import type { KubeObject, Status } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import type { SandboxStore } from '../store.ts'
import { type Controller, settled } from './controller.ts'
import {
  annotationsFor,
  beyondHistory,
  byAge,
  findNewRS,
  newReplicaSet,
  revisionOf,
  wantedRevision,
  withRevision,
} from './deployment-revisions.ts'
import { deploymentStatus } from './deployment-status.ts'
import type { RecordEvent } from './event-recorder.ts'
import type { ObjectIndex } from './object-index.ts'
import { atOf, controllerOf, isOf, keyOf, type ObjectKey } from './object-key.ts'
import { planRollingUpdate } from './rolling-update.ts'
import { inOrder, removeObject, updateObject, updateStatus } from './write.ts'

/** Rolls Deployments out, as far as `kubectl rollout status|history|undo|pause|restart` can tell. */
export function deploymentController(store: SandboxStore, index: ObjectIndex, record: RecordEvent): Controller {
  const owned = (deployment: Deployment) => byAge(index.controlledBy<ReplicaSet>(deployment, resources.replicaSets))

  return {
    name: 'deployment',
    wakes(change) {
      if (isOf(change, resources.deployments)) return [keyOf(change.object)]
      if (isOf(change, resources.replicaSets)) return deploymentKey(change.object)
      // Recreate waits for the last old pod to vanish, which no ReplicaSet's status tells.
      if (change.type !== 'DELETED' || !isOf(change, resources.pods)) return []
      return deploymentKey(index.byUid(controllerOf(change.object)?.uid ?? '')?.object)
    },
    reconcile(key, now) {
      const deployment = store.get(resources.deployments, atOf(key)) as Deployment | undefined
      if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) return settled
      const acted =
        deployment.spec.paused === true
          ? scaleOnly({ store, record }, deployment, owned(deployment))
          : rollOut({ store, record }, index, deployment, owned(deployment))
      if (!acted.ok) return acted
      const all = owned(deployment)
      const current = store.get(resources.deployments, atOf(key)) as Deployment | undefined
      if (current === undefined) return settled
      const { status, nextAt } = deploymentStatus(current, findNewRS(current, all), all, now)
      const written = updateStatus<Deployment>(store, resources.deployments, atOf(key), (draft) => ({
        ...draft,
        status,
      }))
      return written.ok ? success(nextAt) : written
    },
  }
}

function deploymentKey(rs: KubeObject | undefined): readonly ObjectKey[] {
  const owner = rs && controllerOf(rs)
  return owner?.kind === 'Deployment' ? [`${rs?.metadata.namespace ?? ''}/${owner.name}`] : []
}

type Done = Outcome<void, Status>

/** Where sizes are written, and told of. */
interface Desk {
  readonly store: SandboxStore
  readonly record: RecordEvent
}

function rollOut(desk: Desk, index: ObjectIndex, deployment: Deployment, all: readonly ReplicaSet[]): Done {
  const { store } = desk
  const newRS = findNewRS(deployment, all)
  const revision = wantedRevision(newRS, all)
  if (newRS === undefined) return startRevision(store, deployment, revision)
  return inOrder([
    () => keepRevision(store, deployment, newRS, revision),
    () => resize(desk, deployment, nextSizes(index, deployment, newRS, all), all),
    ...beyondHistory(
      deployment,
      all.filter((rs) => rs !== newRS),
    ).map((rs) => () => removeObject(store, resources.replicaSets, atOf(keyOf(rs)))),
  ])
}

/** The new ReplicaSet starts empty; the change it makes brings the next round, which sizes it. */
function startRevision(store: SandboxStore, deployment: Deployment, revision: number): Done {
  const created = store.create(resources.replicaSets, newReplicaSet(deployment, revision))
  return created.ok ? recordRevision(store, deployment, revision) : created
}

function keepRevision(store: SandboxStore, deployment: Deployment, newRS: ReplicaSet, revision: number): Done {
  return inOrder([
    () =>
      updateObject<ReplicaSet>(store, resources.replicaSets, atOf(keyOf(newRS)), (draft) => ({
        ...draft,
        metadata: {
          ...draft.metadata,
          annotations: { ...draft.metadata.annotations, ...annotationsFor(deployment, revision) },
        },
      })),
    () => recordRevision(store, deployment, revision),
  ])
}

function recordRevision(store: SandboxStore, deployment: Deployment, revision: number): Done {
  if (revisionOf(deployment) === revision) return success(undefined)
  return updateObject<Deployment>(store, resources.deployments, atOf(keyOf(deployment)), (draft) =>
    withRevision(draft, revision),
  )
}

function nextSizes(
  index: ObjectIndex,
  deployment: Deployment,
  newRS: ReplicaSet,
  all: readonly ReplicaSet[],
): ReadonlyMap<string, number> {
  const replicas = deployment.spec.replicas ?? 1
  const oldRSs = all.filter((rs) => rs !== newRS)
  const { type, rollingUpdate } = deployment.spec.strategy ?? {}
  if (type === 'Recreate') {
    const oldGone = oldRSs.every((rs) => rs.spec.replicas === 0 && index.controlledBy(rs, resources.pods).length === 0)
    return oldGone ? new Map([[newRS.metadata.name, replicas]]) : new Map(oldRSs.map((rs) => [rs.metadata.name, 0]))
  }
  return planRollingUpdate({
    replicas,
    maxSurge: rollingUpdate?.maxSurge ?? '25%',
    maxUnavailable: rollingUpdate?.maxUnavailable ?? '25%',
    newRS: sizeOf(newRS),
    oldRSs: oldRSs.map(sizeOf),
  })
}

const sizeOf = (rs: ReplicaSet) => ({
  name: rs.metadata.name,
  replicas: rs.spec.replicas ?? 1,
  available: rs.status?.availableReplicas ?? 0,
})

/** A paused Deployment still follows `spec.replicas`, on the ReplicaSet that carries the most pods. */
function scaleOnly(desk: Desk, deployment: Deployment, all: readonly ReplicaSet[]): Done {
  const wanted = deployment.spec.replicas ?? 1
  const total = all.reduce((sum, rs) => sum + (rs.spec.replicas ?? 1), 0)
  const largest = all.toSorted((a, b) => (b.spec.replicas ?? 1) - (a.spec.replicas ?? 1))[0]
  const rolling = all.filter((rs) => (rs.spec.replicas ?? 1) > 0).length > 1
  if (largest === undefined || rolling || total === wanted) return success(undefined)
  return resize(desk, deployment, new Map([[largest.metadata.name, wanted]]), all)
}

const resize = (
  { store, record }: Desk,
  deployment: Deployment,
  sizes: ReadonlyMap<string, number>,
  all: readonly ReplicaSet[],
): Done =>
  inOrder(
    all.flatMap((rs) => {
      const replicas = sizes.get(rs.metadata.name)
      const before = rs.spec.replicas ?? 1
      if (replicas === undefined || replicas === before) return []
      return () => {
        const done = updateObject<ReplicaSet>(store, resources.replicaSets, atOf(keyOf(rs)), (draft) => ({
          ...draft,
          spec: { ...draft.spec, replicas },
        }))
        const direction = replicas > before ? 'up' : 'down'
        const message = `Scaled ${direction} replica set ${rs.metadata.name} from ${before} to ${replicas}`
        if (done.ok) record({ about: deployment, type: 'Normal', reason: 'ScalingReplicaSet', message, from })
        return done
      }
    }),
  )

const from = { component: 'deployment-controller' }
