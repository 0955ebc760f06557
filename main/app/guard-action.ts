import type { Rollout } from '#api/rollout.ts'
import { parseKey } from '#contract/keys.ts'
import type { RolloutKey, RolloutView } from '#contract/views.ts'
import {
  type GuardedAction as AnyAction,
  type Assurance,
  begins,
  type Guard,
  guardOf,
  heldBack,
  type Rails,
} from '#engine/actions/guard-rails.ts'
import type { Clock } from '#lib/clock.ts'
import { isUpdating } from '#main/history/moments.ts'

interface GuardSources {
  readonly rails: Rails
  readonly clock: Clock
  /** Every rollout of the fleet as it is shown. */
  readonly views: () => Iterable<RolloutView>
  readonly begun: Begun
}

interface GuardedAction {
  readonly action: AnyAction
  readonly key: RolloutKey
  /** Those before it in the same request: they count as under way when the action begins something. */
  readonly before: readonly RolloutKey[]
}

/** The rails around one rollout of an action, with what the window knows of the fleet. */
export function guardFor({ action, key, before }: GuardedAction, { rails, clock, views, begun }: GuardSources) {
  const underWay = (): number => {
    const moving = [...views()].filter(isMoving).map((view) => view.key)
    const all = new Set([...moving, ...begun.recent(), ...(begins(action) ? before : [])])
    all.delete(key)
    return all.size
  }
  const { context = '', name = '' } = parseKey(key) ?? {}
  const guard = (rollout: Rollout | undefined): Guard => guardOf({ action, rails, rollout, underWay, now: clock.now() })
  return {
    guard,
    heldBack: (given: Assurance) => (rollout: Rollout | undefined) =>
      heldBack(guard(rollout), given, { context, name }),
  }
}

const isMoving = (view: RolloutView): boolean => isUpdating(view) && view.status !== 'Aborted'

/** A change is on the board once the watch tells of it, and counts from the moment it is sent. */
const unseenMs = 30_000

/** Changes that were begun a moment ago. */
export class Begun {
  readonly #clock: Clock
  readonly #at = new Map<RolloutKey, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  note(key: RolloutKey): void {
    this.#at.set(key, this.#clock.elapsed())
  }

  recent(): readonly RolloutKey[] {
    for (const [key, at] of this.#at) if (this.#clock.elapsed() - at > unseenMs) this.#at.delete(key)
    return [...this.#at.keys()]
  }
}
