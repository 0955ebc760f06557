import type { RolloutKey, RolloutView } from '#contract/views.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import { drifted } from './drift.ts'
import type { Fleet, FleetChange } from './patch.ts'

/** One rollout as projected from its own cluster: nothing in it depends on another cluster. */
export interface Member {
  /** With `drift` false. */
  readonly view: RolloutView
  /** See `driftPrint`; `undefined` while the template is not known. */
  readonly print: string | undefined
}

/**
 * The board, kept up to date one rollout at a time. What a rollout looks like depends on itself and, for drift only, on those of
 * the same namespace and name in other clusters, so only these are looked at again (VIEW-133).
 */
export class FleetIndex {
  readonly #members = new Map<RolloutKey, Member>()
  readonly #applications = new Map<string, Set<RolloutKey>>()
  readonly #touched = new Set<string>()
  readonly #fleet = new Map<RolloutKey, RolloutView>()
  /** What each view on the board was made of: a member that is still this one looks as it did, but for drift. */
  readonly #settled = new Map<RolloutKey, Member>()

  put(key: RolloutKey, member: Member): void {
    const application = applicationOf(member.view)
    this.#members.set(key, member)
    this.#touched.add(application)
    const keys = this.#applications.get(application)
    if (keys === undefined) this.#applications.set(application, new Set([key]))
    else keys.add(key)
  }

  remove(key: RolloutKey): void {
    const member = this.#members.get(key)
    if (member === undefined) return
    this.#members.delete(key)
    this.#touched.add(applicationOf(member.view))
  }

  view(key: RolloutKey): RolloutView | undefined {
    return this.#fleet.get(key)
  }

  /** The board as of the last `settle`. */
  get fleet(): Fleet {
    return Object.fromEntries(this.#fleet)
  }

  /** What changed on the board since the last call. */
  settle(): FleetChange {
    const upserted: Record<RolloutKey, RolloutView> = {}
    const removed: RolloutKey[] = []
    for (const application of this.#touched) {
      const keys = this.#applications.get(application) ?? new Set()
      const drift = this.#driftOf(keys)
      for (const key of keys) {
        const member = this.#members.get(key)
        if (member === undefined) {
          keys.delete(key)
          this.#settled.delete(key)
          if (this.#fleet.delete(key)) removed.push(key)
          continue
        }
        const before = this.#fleet.get(key)
        if (this.#settled.get(key) === member && before?.drift === drift.has(key)) continue
        this.#settled.set(key, member)
        const view = { ...member.view, drift: drift.has(key) }
        if (jsonEqual(before, view)) continue
        this.#fleet.set(key, view)
        upserted[key] = view
      }
      if (keys.size === 0) this.#applications.delete(application)
    }
    this.#touched.clear()
    return { upserted, removed }
  }

  #driftOf(keys: ReadonlySet<RolloutKey>): ReadonlySet<RolloutKey> {
    const prints = [...keys].flatMap((key) => {
      const print = this.#members.get(key)?.print
      return print === undefined ? [] : [[key, print] as const]
    })
    return drifted(new Map(prints))
  }
}

const applicationOf = ({ namespace, name, kind }: RolloutView): string => `${namespace}/${name}/${kind ?? ''}`
