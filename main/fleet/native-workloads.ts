import type { Rollout } from '#api/rollout.ts'
import type { WorkloadAddress } from '#contract/keys.ts'
import type { NativesState, WorkloadKind } from '#contract/workload-views.ts'
import type { NativeWorkload } from '#engine/workload/progress.ts'
import type { Dispose } from '#lib/clock.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { keyOf } from '#main/controller/dirty-rollouts.ts'
import { referredDeployment } from './rollout-parts.ts'

const caches = { Deployment: 'deployments', StatefulSet: 'statefulSets' } as const satisfies Record<
  WorkloadKind,
  string
>

type Mark = (at: { readonly kind: WorkloadKind; readonly key: string }) => void

/**
 * The Deployments and StatefulSets of one cluster, once somebody wants to see them: two watches more. They begin when
 * told to, which is after the Rollouts are there. A Deployment whose template a Rollout borrows is shown with that Rollout alone.
 */
export class NativeWorkloads {
  readonly #cluster: Cluster
  readonly #mark: Mark
  readonly #disposals: Dispose[] = []
  /** Keys of Rollouts by the Deployment they borrow the template from. */
  readonly #borrowers = new Map<string, Set<string>>()
  #follows = false

  /** @param mark called from within watch callbacks, so it must only mark */
  constructor(cluster: Cluster, mark: Mark) {
    this.#cluster = cluster
    this.#mark = mark
  }

  get state(): NativesState {
    if (!this.#follows) return 'loading'
    const both = [this.#cluster.cache('deployments'), this.#cluster.cache('statefulSets')]
    if (both.some(({ failure }) => failure?.kind === 'Forbidden')) return 'forbidden'
    return both.every(({ synced }) => synced) ? 'shown' : 'loading'
  }

  get count(): number {
    return this.#follows ? this.#cluster.cache('deployments').size + this.#cluster.cache('statefulSets').size : 0
  }

  /** `undefined` when it is gone, or stands on the board as a Rollout. */
  get({ kind, namespace, name }: Omit<WorkloadAddress, 'context'>): NativeWorkload | undefined {
    const key = `${namespace}/${name}`
    if (!this.#follows || (kind === 'Deployment' && this.#borrowers.has(key))) return undefined
    const found = this.#cluster.cache(caches[kind]).get(key)
    return found === undefined ? undefined : ({ ...found, kind } as NativeWorkload)
  }

  /** All there are, to be looked at again. */
  markAll(): void {
    if (!this.#follows) return
    for (const kind of ['Deployment', 'StatefulSet'] as const)
      for (const each of this.#cluster.cache(caches[kind]).values()) this.#mark({ kind, key: keyOf(each) })
  }

  stop(): void {
    for (const dispose of this.#disposals.splice(0)) dispose()
  }

  /** Begins the watches, unless it has. */
  follow(): void {
    if (this.#follows) return
    this.#follows = true
    for (const rollout of this.#cluster.cache('rollouts').values()) this.#onRollout(rollout, undefined)
    this.#disposals.push(
      this.#cluster.cache('rollouts').onChange((change) => {
        if (change.kind === 'upserted') this.#onRollout(change.object as Rollout, change.previous as Rollout)
        if (change.kind === 'removed') this.#onRollout(undefined, change.object as Rollout)
      }),
    )
    for (const kind of ['Deployment', 'StatefulSet'] as const) this.#followKind(kind)
  }

  #followKind(kind: WorkloadKind): void {
    const cache = this.#cluster.cache(caches[kind])
    for (const each of cache.values()) this.#mark({ kind, key: keyOf(each) })
    const dispose = cache.onChange((change) => {
      if (change.kind !== 'state') this.#mark({ kind, key: keyOf(change.object) })
    })
    this.#disposals.push(dispose)
  }

  #onRollout(rollout: Rollout | undefined, previous: Rollout | undefined): void {
    const before = previous && referredDeployment(previous)
    const after = rollout && referredDeployment(rollout)
    if (before === after) return
    if (before !== undefined && previous !== undefined) {
      const borrowers = this.#borrowers.get(before)
      borrowers?.delete(keyOf(previous))
      if (borrowers?.size === 0) this.#borrowers.delete(before)
      this.#mark({ kind: 'Deployment', key: before })
    }
    if (after === undefined || rollout === undefined) return
    this.#borrowers.set(after, (this.#borrowers.get(after) ?? new Set()).add(keyOf(rollout)))
    this.#mark({ kind: 'Deployment', key: after })
  }
}
