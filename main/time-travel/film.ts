import { parseRolloutKey } from '#contract/keys.ts'
import type { FilmView } from '#contract/time-travel-views.ts'
import type { RolloutDetailView, RolloutKey } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { jsonPatch } from '#lib/json-diff.ts'
import { shareEqual } from '#lib/share-equal.ts'
import { projectDetail } from '#main/fleet/project-detail.ts'
import { projectRollout } from '#main/fleet/project-rollout.ts'
import { ReachedSteps } from '#main/fleet/reached-steps.ts'
import { partsOf } from '#main/fleet/rollout-parts.ts'
import { listActions } from '#main/history/journal.ts'
import { recordGaps } from '#main/history/objects/object-reader.ts'
import type { History } from '#main/history/store.ts'
import { type Footage, footageOf } from './footage.ts'
import { PastCluster } from './past-cluster.ts'
import { actionMoments, Timeline } from './timeline.ts'

/** Why no action is open on what is past. */
export const isPast = 'This is the past: go to the present to act'

/** More changes than this in one film are not sent; it ends where they do. */
export const changesMax = 20_000

/**
 * A Rollout through a stretch of time (W9): its page as it was at the beginning, and each change of the page after. Made of the recorded
 * objects by the functions that make the live page. `undefined` when nothing of it was recorded.
 */
export function filmOf(
  history: Pick<History, 'all'>,
  key: RolloutKey,
  from: EpochMs,
  until: EpochMs,
): FilmView | undefined {
  const footage = footageOf(history, key, from, until)
  if (footage === undefined || footage.changes.length === 0) return undefined
  const { context } = footage
  const stage = new Stage(footage)
  const timeline = new Timeline()
  let first: RolloutDetailView | null = null
  const changes: FilmView['changes'][number][] = []
  let page: RolloutDetailView | null = null
  let hasBegun = false
  for (let at = stage.next(); at !== undefined && changes.length < changesMax; at = stage.next()) {
    if (at > from && !hasBegun) timeline.begin(from)
    hasBegun = at > from
    const next = stage.page(at, page)
    const patch = hasBegun ? jsonPatch(page, next) : []
    if (patch.length > 0) changes.push({ at, patch })
    if (!hasBegun) first = next
    timeline.note(at, next, hasBegun)
    page = next
  }
  if (!hasBegun) timeline.begin(from)
  const end = changes.length < changesMax ? until : (changes.at(-1)?.at ?? until)
  const acted = actionMoments(actionsOn(history, key, from, end))
  return {
    key,
    from,
    until: end,
    first,
    changes,
    timeline: [...timeline.moments, ...acted].toSorted((a, b) => a.at - b.at),
    measurements: timeline.measurements,
    gaps: recordGaps(history, context, from, end),
  }
}

const actionsMax = 500

function actionsOn(history: Pick<History, 'all'>, key: RolloutKey, from: EpochMs, until: EpochMs) {
  const address = parseRolloutKey(key)
  if (address === undefined) return []
  const { context, namespace, name } = address
  const query = { name, namespace, contexts: [context], before: until + 1, limit: actionsMax }
  return listActions(history, query).filter(({ at }) => at >= from)
}

/** The objects as they come and go, and the page that they make. */
class Stage {
  readonly #footage: Footage
  readonly #past: PastCluster
  readonly #reached = new ReachedSteps()
  #index = 0

  constructor(footage: Footage) {
    this.#footage = footage
    this.#past = new PastCluster(footage.context)
  }

  /** Takes in all that changed at the next moment, and tells which that is; `undefined` at the end. */
  next(): EpochMs | undefined {
    const { changes } = this.#footage
    const at = changes[this.#index]?.at
    for (let change = changes[this.#index]; change !== undefined && change.at === at; change = changes[++this.#index]) {
      if (change.isGone) this.#past.remove(change.kind, change.object)
      else this.#past.put(change.kind, change.object)
    }
    return at
  }

  page(at: EpochMs, before: RolloutDetailView | null): RolloutDetailView | null {
    return shareEqual(before, pageOf(this.#past, this.#footage.key, at, this.#reached))
  }
}

/** The page at one time; null while there is no such Rollout. */
export function pageOf(
  past: PastCluster,
  key: string,
  at: EpochMs,
  reached: ReachedSteps = new ReachedSteps(),
): RolloutDetailView | null {
  const parts = partsOf(past, key, 'detail')
  if (parts === undefined) return null
  const { view } = projectRollout(parts, at, { closed: isPast })
  reached.note(view)
  return projectDetail(parts, view, {
    now: at,
    eventsState: 'read',
    analysisState: 'read',
    experimentState: 'read',
    reachedStep: reached.of(view),
    forecast: { state: 'notKnown', why: 'past' },
  })
}
