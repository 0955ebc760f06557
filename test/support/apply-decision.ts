import type { AnalysisRun } from '#api/analysis.ts'
import type { Deployment, ReplicaSet } from '#api/apps.ts'
import type { Experiment } from '#api/experiment.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Decision, Write } from '#engine/decision.ts'
import { noRoutes } from '#engine/traffic/routes.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { assert } from '#lib/assert.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { applyRouteWrite, isRouteWrite } from './apply-route-write.ts'
import { patched } from './patched.ts'

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
  const route = isRouteWrite(write) ? applyRouteWrite(world.routes ?? noRoutes, write) : undefined
  if (route !== undefined) return { ...world, routes: route }
  switch (write.kind) {
    case 'event':
      return world
    case 'create': {
      if (write.ref.resource === resources.analysisRuns)
        return { ...world, analysisRuns: withOneMore(world.analysisRuns, write.object as AnalysisRun, now) }
      if (write.ref.resource === resources.experiments)
        return { ...world, experiments: withOneMore(world.experiments, write.object as Experiment, now) }
      assert(write.ref.resource === resources.replicaSets, 'what else the engine creates are ReplicaSets')
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
      return without(world, write.ref.resource.plural, write.ref.name)
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

function withOneMore<T extends KubeObject>(list: readonly T[] = [], object: T, now: number): readonly T[] {
  const { name } = object.metadata
  assert(!list.some(({ metadata }) => metadata.name === name), `${object.kind} ${name} is created once`)
  const metadata = {
    ...object.metadata,
    uid: `uid-${name}`,
    resourceVersion: '1',
    creationTimestamp: formatSeconds(now),
  }
  return [...list, { ...object, metadata }]
}

function without(world: RolloutWorld, plural: string, name: string): RolloutWorld {
  const others = <T extends KubeObject>(list: readonly T[]) => list.filter(({ metadata }) => metadata.name !== name)
  if (plural === 'experiments') return { ...world, experiments: others(world.experiments ?? []) }
  if (plural === 'analysisruns') return { ...world, analysisRuns: others(world.analysisRuns ?? []) }
  return { ...world, replicaSets: others(world.replicaSets) }
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
    case 'experiments':
      return { ...world, experiments: inList(world.experiments ?? []) }
    case 'analysisruns':
      return { ...world, analysisRuns: inList(world.analysisRuns ?? []) }
    case 'services': {
      const service = world.services[name]
      assert(service !== undefined, `Service ${name} exists`)
      return { ...world, services: { ...world.services, [name]: change(service) } }
    }
    default:
      throw new Error(`the engine does not write ${plural}`)
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
