import { resources } from '#api/resources.ts'
import type { FleetPlan, MemberId, PlanMember } from '#engine/fleet-plan/document.ts'
import type { Clock } from '#lib/clock.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { StaleGuard } from '#main/controller/stale-guard.ts'

/**
 * Caches may be older than our last sleep, or than what the holder before us wrote: each member is read past them once, and counts as
 * read only when its cache is as new as that (SR-2, I9).
 */
export class FreshReads {
  readonly #clock: Clock
  #guard: StaleGuard
  readonly #unread = new Set<MemberId>()
  readonly #reading = new Set<MemberId>()

  constructor(clock: Clock) {
    this.#clock = clock
    this.#guard = new StaleGuard(clock)
  }

  /** Nothing that was read before counts any more. */
  renew({ spec }: FleetPlan): void {
    this.#guard = new StaleGuard(this.#clock)
    for (const { id } of spec.members) this.#unread.add(id)
  }

  /** Asks for what was not read yet, where it can be asked for; `done` is called after each answer. */
  read(
    { spec }: FleetPlan,
    clusterOf: (context: string) => { readonly cluster: Cluster } | undefined,
    done: () => void,
  ): void {
    for (const member of spec.members) {
      const cluster = clusterOf(member.context)?.cluster
      const isOpen = cluster?.connection.state === 'connected' || cluster?.connection.state === 'late'
      if (cluster === undefined || !isOpen || !this.#unread.has(member.id) || this.#reading.has(member.id)) continue
      this.#reading.add(member.id)
      void this.#readOne(member, cluster).finally(() => {
        this.#reading.delete(member.id)
        done()
      })
    }
  }

  async #readOne({ id, namespace, rollout: name }: PlanMember, { client }: Cluster): Promise<void> {
    const guard = this.#guard
    const got = await client.get(resources.rollouts, { namespace, name })
    // Asked for before the last `renew`.
    if (guard !== this.#guard) return
    if (got.ok) guard.read(id, got.value)
    if (got.ok || got.error.kind === 'NotFound') this.#unread.delete(id)
  }

  isStale({ id }: PlanMember, cluster: Cluster): boolean {
    const cached = (_kind: string, key: string) => cluster.cache('rollouts').get(key)?.metadata.resourceVersion
    return this.#unread.has(id) || this.#guard.isStale(id, cached)
  }
}
