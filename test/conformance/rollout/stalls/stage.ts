import { expect } from 'vitest'
import type { ReplicaSet } from '#api/apps.ts'
import type { Pod } from '#api/core.ts'
import { controllerNamespace, leaseName } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { apiVersionOf, type Resource, resourcePath, resources } from '#api/resources.ts'
import type { Rollout, RolloutSpec } from '#api/rollout.ts'
import type { Board, Shown } from '#test/support/board.ts'
import type { EngineOptions, RunningEngine, World } from '#test/support/world.ts'
import { type Details, type StrategyName, strategyOf } from './details.ts'

/** One rollout of a world, by an engine whose board is watched. Everything else is done as with kubectl. */
export interface Stage extends Details {
  readonly world: World
  /** From the first engine on, patch by patch. */
  readonly shown: readonly Shown[]
  /** All that were started here. */
  readonly engines: readonly RunningEngine[]
  start(options?: EngineOptions): RunningEngine
  create(resource: Resource, name: string, fields: object): Promise<void>
  /** JSON merge patch. */
  patch(resource: Resource, name: string, body: object): Promise<void>
  patchStatus(status: object): Promise<void>
  remove(resource: Resource, name: string): Promise<void>
  /** `undefined` when there is none. */
  read<T extends KubeObject>(resource: Resource, name: string): Promise<T | undefined>
  rollout(): Promise<Rollout>
  /** Creates the rollout, with the Services of its strategy. */
  deploy(strategy: StrategyName, spec?: Partial<RolloutSpec>, pod?: object): Promise<void>
  /** With an engine, and up. */
  running(strategy: StrategyName, spec?: Partial<RolloutSpec>, pod?: object): Promise<void>
  until(what: string, holds: (rollout: Rollout) => boolean): Promise<void>
  /** Another template; `pod` replaces fields of its spec. */
  release(tag: string, pod?: object): Promise<void>
  /** Names of the ReplicaSets of the newest and of the stable revision. */
  revisions(): Promise<{ readonly current: string; readonly stable: string }>
  replicaSets(): Promise<readonly ReplicaSet[]>
  pods(): Promise<readonly Pod[]>
}

const mergePatch = { 'Content-Type': 'application/merge-patch+json' }

export function aStage(world: World, details: Details): Stage {
  const { name, replicas } = details
  const { namespace } = world
  const labels = { app: name }
  const pathOf = (resource: Resource, of?: string) => resourcePath(resource, { namespace, name: of })
  const engines: RunningEngine[] = []
  const boards: Board[] = []

  const template = (tag: string, pod: object) => ({
    containers: [{ name: 'app', image: `registry.example/${name}:${tag}` }],
    ...pod,
  })
  const patchAt = async (path: string, body: object) => {
    expect(await world.send('PATCH', path, { body, headers: mergePatch })).toMatchObject({ code: 200 })
  }
  const list = async <T extends KubeObject>(resource: Resource): Promise<readonly T[]> => {
    const path = `${pathOf(resource)}?labelSelector=app%3D${name}`
    return (await world.send<{ readonly items: readonly T[] }>('GET', path)).body.items
  }
  const stage: Stage = {
    ...details,
    world,
    engines,
    get shown() {
      return boards.flatMap(({ shown }) => shown).filter((each) => each.name === name)
    },
    start(options) {
      const engine = world.startEngine(options)
      engines.push(engine)
      boards.push(engine.board)
      return engine
    },
    async create(resource, of, fields) {
      const { kind } = resource
      const body = { apiVersion: apiVersionOf(resource), kind, metadata: { name: of, labels }, ...fields }
      expect(await world.send('POST', pathOf(resource), { body })).toMatchObject({ code: 201 })
    },
    patch: (resource, of, body) => patchAt(pathOf(resource, of), body),
    patchStatus: (status) => patchAt(`${pathOf(resources.rollouts, name)}/status`, { status }),
    async remove(resource, of) {
      expect(await world.send('DELETE', pathOf(resource, of))).toMatchObject({ code: 200 })
    },
    async read<T extends KubeObject>(resource: Resource, of: string) {
      const { code, body } = await world.send<T>('GET', pathOf(resource, of))
      return code === 200 ? body : undefined
    },
    rollout: async () => (await world.send<Rollout>('GET', pathOf(resources.rollouts, name))).body,
    async deploy(strategy, spec = {}, pod = {}) {
      const { services, spec: shape } = strategyOf(strategy, details)
      for (const each of services) await stage.create(resources.services, each, service(labels))
      const own = { metadata: { labels }, spec: template(details.tags[0], pod) }
      const all = { replicas, selector: { matchLabels: labels }, template: own, strategy: shape, ...spec }
      await stage.create(resources.rollouts, name, { spec: all })
    },
    async running(strategy, spec, pod) {
      stage.start()
      await stage.deploy(strategy, spec, pod)
      await stage.until('Healthy', ({ status }) => status?.phase === 'Healthy')
    },
    until: (what, holds) => world.eventually(`${name} is ${what}`, async () => holds(await stage.rollout())),
    release: (tag, pod = {}) =>
      patchAt(pathOf(resources.rollouts, name), { spec: { template: { spec: template(tag, pod) } } }),
    async revisions() {
      const { status } = await stage.rollout()
      return { current: `${name}-${status?.currentPodHash}`, stable: `${name}-${status?.stableRS}` }
    },
    replicaSets: () => list(resources.replicaSets),
    pods: () => list(resources.pods),
  }
  return stage
}

/** Of one that selects these pods. */
export const service = (selector: object): object => ({ spec: { selector, ports: [{ port: 80 }] } })

/** Somebody has the lease, for an hour. */
export async function hold({ world }: Stage, holderIdentity: string): Promise<void> {
  const at = { namespace: world.isReal ? world.namespace : controllerNamespace, name: leaseName }
  const renewTime = new Date(world.now()).toISOString().replace('Z', '000Z')
  const body = { spec: { holderIdentity, leaseDurationSeconds: 3600, renewTime } }
  expect(await world.send('PATCH', resourcePath(resources.leases, at), { body, headers: mergePatch })).toMatchObject({
    code: 200,
  })
}
