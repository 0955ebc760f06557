import type { Deployment, ReplicaSet } from '#api/apps.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Decision, Precondition, Write } from '#engine/decision.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { assert } from '#lib/assert.ts'
import { applyMergePatch } from '#lib/merge-patch.ts'
import { formatSeconds } from '#lib/rfc3339.ts'

/** An API server and a ReplicaSet controller small enough to run whole journeys of one Rollout on virtual time. */

/** The world after the first `count` writes of a decision. A write whose precondition does not hold fails the test. */
export function applyDecision(
  world: RolloutWorld,
  decision: Decision,
  now: number,
  count = decision.writes.length,
): RolloutWorld {
  return decision.writes.slice(0, count).reduce((current, write) => applyWrite(current, write, now), world)
}

function applyWrite(world: RolloutWorld, write: Write, now: number): RolloutWorld {
  switch (write.kind) {
    case 'event':
      return world
    case 'create': {
      assert(write.ref.resource === resources.replicaSets, 'the engine creates ReplicaSets only')
      assert(!world.replicaSets.some((rs) => rs.metadata.name === write.ref.name), `${write.ref.name} is created once`)
      const rs = write.object as ReplicaSet
      const metadata = {
        ...rs.metadata,
        uid: `uid-${rs.metadata.name}`,
        resourceVersion: '1',
        generation: 1,
        creationTimestamp: formatSeconds(now),
      }
      return { ...world, replicaSets: [...world.replicaSets, { ...rs, metadata, status: { replicas: 0 } }] }
    }
    case 'delete':
      return { ...world, replicaSets: world.replicaSets.filter((rs) => rs.metadata.name !== write.ref.name) }
    case 'evict':
      return { ...world, pods: world.pods.filter((pod) => pod.metadata.name !== write.ref.name) }
    case 'patch':
      return replaceObject(world, write.ref.resource.plural, write.ref.name, (object) =>
        patched(object, write.body, write.subresource, write.precondition),
      )
    case 'update': {
      assert(write.ref.resource === resources.deployments, 'the engine replaces Deployments only')
      const deployment = write.object as Deployment
      assert(
        deployment.metadata.resourceVersion === world.workload?.metadata.resourceVersion,
        'it is still as it was read',
      )
      const { resourceVersion = '0', generation = 0 } = deployment.metadata
      const metadata = {
        ...deployment.metadata,
        resourceVersion: `${Number(resourceVersion) + 1}`,
        generation: generation + 1,
      }
      return { ...world, workload: { ...deployment, metadata } }
    }
  }
}

function replaceObject(
  world: RolloutWorld,
  plural: string,
  name: string,
  change: <T extends KubeObject>(object: T) => T,
): RolloutWorld {
  const inList = <T extends KubeObject>(list: readonly T[]): readonly T[] =>
    list.map((object) => (object.metadata.name === name ? change(object) : object))
  switch (plural) {
    case 'rollouts':
      return { ...world, rollout: change(world.rollout) }
    case 'replicasets':
      return { ...world, replicaSets: inList(world.replicaSets) }
    case 'pods':
      return { ...world, pods: inList(world.pods) }
    case 'services': {
      const service = world.services[name]
      assert(service !== undefined, `Service ${name} exists`)
      return { ...world, services: { ...world.services, [name]: change(service) } }
    }
    default:
      throw new Error(`the engine does not write ${plural}`)
  }
}

/** A subresource patch changes only the status, any other patch everything but the status (ACT-2). */
function patched<T extends KubeObject>(
  object: T,
  body: unknown,
  subresource: string | undefined,
  { uid, resourceVersion }: Precondition,
): T {
  const { name } = object.metadata
  assert(uid === undefined || uid === object.metadata.uid, `${name} still has the uid it was decided from`)
  assert(
    resourceVersion === undefined || resourceVersion === object.metadata.resourceVersion,
    `${name} still has the resourceVersion it was decided from`,
  )
  const before = object as T & { readonly spec?: unknown; readonly status?: unknown }
  const after = applyMergePatch(before, body) as typeof before
  const merged = subresource === 'status' ? { ...before, status: after.status } : { ...after, status: before.status }
  const hasNewSpec = JSON.stringify(merged.spec) !== JSON.stringify(before.spec)
  return {
    ...merged,
    metadata: {
      ...merged.metadata,
      resourceVersion: String(Number(object.metadata.resourceVersion ?? '0') + 1),
      generation: (object.metadata.generation ?? 0) + (hasNewSpec ? 1 : 0),
    },
  }
}

/** Makes pods follow sizes at once: available where `isReady` says so, else merely there. */
export function settlePods(world: RolloutWorld, isReady: (rs: ReplicaSet) => boolean = () => true): RolloutWorld {
  return { ...world, replicaSets: world.replicaSets.map((rs) => settled(rs, isReady(rs))) }
}

function settled(rs: ReplicaSet, isReady: boolean): ReplicaSet {
  const replicas = rs.spec.replicas ?? 1
  const available = isReady ? replicas : Math.min(rs.status?.availableReplicas ?? 0, replicas)
  const status = {
    ...rs.status,
    replicas,
    readyReplicas: available,
    availableReplicas: available,
    observedGeneration: rs.metadata.generation ?? 0,
  }
  if (JSON.stringify(status) === JSON.stringify(rs.status)) return rs
  const resourceVersion = String(Number(rs.metadata.resourceVersion ?? '0') + 1)
  return { ...rs, metadata: { ...rs.metadata, resourceVersion }, status }
}
