import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { type RouteKind, routeKinds } from '#api/route-kinds.ts'
import type { PatchWrite } from '#engine/decision.ts'
import { ingressFate } from '#engine/traffic/alb/release-ingress.ts'
import { destinationRuleFate } from '#engine/traffic/istio/release-destination-rule.ts'
import type { Dispose } from '#lib/clock.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import { findServed, type Served } from '#main/cluster/served-kinds.ts'
import { applyWrite } from './apply-writes.ts'
import { type Driving, isInScope, leaseInDoubt } from './driven-queue.ts'
import { KeyQueue, type Round } from './queue.ts'
import { roundAfter } from './runner.ts'

/** Changes that come together are looked at together. */
const soonMs = 1_000
/** What is released of an Ingress has the class of its load balancer (DEL-2). */
const albClasses = ['alb']
/** Objects of the user in which a Rollout leaves something of its own. */
const kinds = ['destinationRules', 'ingresses'] as const

export interface RouteReleasePorts extends Driving {
  readonly instanceID: string | undefined
}

/**
 * Takes back what Rollouts that went, or that name them no more, have left in DestinationRules and Ingresses (DEL-6, DEL-8, IST-37, ALB-24).
 * It asks the API server each time, for most clusters have none of either: when it begins to drive, and when a Rollout's routing changed.
 */
export class RouteReleases {
  readonly #ports: RouteReleasePorts
  #queue: KeyQueue
  #follow: Dispose = () => undefined
  /** DestinationRules that Rollouts let go while we looked, as `namespace/name`. */
  readonly #letGo = new Set<string>()

  constructor(ports: RouteReleasePorts) {
    this.#ports = ports
    this.#queue = this.#newQueue()
  }

  start(): void {
    this.#follow = this.#ports.cluster.cache('rollouts').onChange((change) => {
      if (change.kind === 'state') return
      const isGone = change.kind === 'removed'
      const before = (isGone ? change.object : change.previous) as Rollout | undefined
      if (before === undefined || !isInScope(before, this.#ports.instanceID)) return
      const left = leftBy(before)
      if (left.length === 0 || (!isGone && jsonEqual(left, leftBy(change.object as Rollout)))) return
      for (const name of ruleOf(before)) this.#letGo.add(`${before.metadata.namespace}/${name}`)
      this.lookAtAll()
    })
  }

  lookAtAll(): void {
    if (this.#ports.isDriving()) this.#ports.clock.after(soonMs, () => this.#queue.add('all'))
  }

  /** Resolves when the requests under way are done. */
  async stop(): Promise<void> {
    this.#follow()
    await this.#queue.stop()
    this.#queue = this.#newQueue()
  }

  #newQueue(): KeyQueue {
    return new KeyQueue({ clock: this.#ports.clock, concurrency: 1, round: () => this.#round() })
  }

  async #round(): Promise<Round> {
    const { isDriving, mayWrite } = this.#ports
    if (!isDriving()) return { kind: 'forget' }
    if (!mayWrite()) return leaseInDoubt
    const letGo = [...this.#letGo]
    for (const kind of kinds) {
      const outcome = await this.#releaseAll(kind)
      if (outcome !== undefined) return outcome
    }
    for (const each of letGo) this.#letGo.delete(each)
    return { kind: 'forget' }
  }

  /** A kind that is not there, or that may not be listed, holds nothing of ours that could be taken back. */
  async #releaseAll(kind: (typeof kinds)[number]): Promise<Round | undefined> {
    const { cluster } = this.#ports
    const { client, namespaces = [undefined] } = cluster
    const served = await findServed(client, kind)
    if (served.state !== 'served') return undefined
    // Of objects that serve several clusters only those are ours to judge that a Rollout of this one is known to have let go (IST-3).
    const isShared = kind === 'destinationRules' && (await client.sharesIstio?.()) === true
    const isOurs = ({ namespace, name }: KubeObject['metadata']): boolean =>
      !isShared || this.#letGo.has(`${namespace}/${name}`)
    for (const namespace of namespaces) {
      const objects = await client.list(served.resource, { namespace })
      if (!objects.ok) return objects.error.kind === 'Forbidden' ? undefined : roundAfter(objects.error)
      const marked = objects.value.items.filter(
        ({ metadata }) => metadata.annotations !== undefined && isOurs(metadata),
      )
      if (marked.length === 0) continue
      // Read after the objects: a Rollout that has just come must not lose what it wrote.
      const rollouts = await client.list(resources.rollouts, { namespace })
      if (!rollouts.ok) return roundAfter(rollouts.error)
      for (const object of marked) {
        const all = rollouts.value.items as readonly Rollout[]
        const own = all.filter((each) => each.metadata.namespace === object.metadata.namespace)
        const round = await this.#release(object, releaseOf(kind, object, own, served))
        if (round !== undefined) return round
      }
    }
    return undefined
  }

  async #release(object: KubeObject, found: Release): Promise<Round | undefined> {
    const { cluster, log, mayWrite } = this.#ports
    const about = { namespace: object.metadata.namespace, kind: object.kind, name: object.metadata.name }
    if (found.trouble !== undefined) log('warn', 'route not released', { ...about, cause: found.trouble })
    if (found.write === undefined) return undefined
    if (!mayWrite()) return leaseInDoubt
    const applied = await applyWrite(cluster.client, found.write)
    if (!applied.ok) {
      log('warn', 'route not released', { ...about, failure: applied.error })
      return applied.error.kind === 'Forbidden' ? undefined : roundAfter(applied.error)
    }
    log('info', found.write.summary, { ...about, rule: found.write.because })
    return undefined
  }
}

interface Release {
  readonly write?: PatchWrite | undefined
  readonly trouble?: string | undefined
}

function releaseOf(
  kind: (typeof kinds)[number],
  object: KubeObject,
  rollouts: readonly Rollout[],
  { resource }: Extract<Served, { state: 'served' }>,
): Release {
  if (kind === 'destinationRules') {
    const fate = destinationRuleFate(object, { rollouts, resource })
    return fate.kind === 'release' ? { write: fate.write } : {}
  }
  const served: Partial<Record<RouteKind, typeof resource>> =
    resource === routeKinds.ingresses ? {} : { ingresses: resource }
  const { release, trouble } = ingressFate(object, { rollouts, classes: albClasses, served })
  return { write: release, trouble }
}

const ruleOf = ({ spec }: Rollout): readonly string[] => {
  const name = spec?.strategy?.canary?.trafficRouting?.istio?.destinationRule?.name
  return name === undefined ? [] : [name]
}

/** What of a Rollout's routing leaves something behind. */
function leftBy({ spec }: Rollout): readonly unknown[] {
  const { alb, istio } = spec?.strategy?.canary?.trafficRouting ?? {}
  return [alb, istio?.destinationRule].filter((each) => each !== undefined)
}
