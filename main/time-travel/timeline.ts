import type { FilmView } from '#contract/time-travel-views.ts'
import { actionNames, type HistoryActionView, type HistoryMomentView, type RolloutDetailView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { momentsBetween } from '#main/history/moments.ts'
import { eventMoment } from '#main/history/run-events.ts'

type Measured = FilmView['measurements'][number]

/** What of a film is worth a mark on its axis (UI-HIST-2): facts that changed, events, measurements. Fed with one page after the other. */
export class Timeline {
  readonly moments: HistoryMomentView[] = []
  readonly measurements: Measured[] = []
  readonly #told = new Map<string, EpochMs>()
  #before: RolloutDetailView | null = null

  /** `shown`: the page is within the film, and not of before its beginning. */
  note(at: EpochMs, page: RolloutDetailView | null, shown: boolean): void {
    const events = shown ? this.#newEvents(page) : []
    const measurements = this.#newMeasurements(page)
    if (page !== null && shown) {
      this.moments.push(...momentsBetween(this.#before?.view, page.view, at), ...events)
      this.measurements.push(...measurements)
    }
    this.#before = page
  }

  /** How it stood at the beginning: the lanes begin there, and not at the first change. */
  begin(at: EpochMs): void {
    if (this.#before !== null) this.moments.push(...momentsBetween(undefined, this.#before.view, at))
  }

  #newEvents(page: RolloutDetailView | null): readonly HistoryMomentView[] {
    const events = page?.events ?? []
    if (events === this.#before?.events) return []
    const before = new Map(this.#before?.events.map((event) => [event.id, event]))
    return events
      .filter((event) => event.at > (before.get(event.id)?.at ?? 0))
      .map(eventMoment)
      .toReversed()
  }

  /** The object keeps the last ones only, so that each is taken when it is first there. */
  #newMeasurements(page: RolloutDetailView | null): readonly Measured[] {
    const runs = page?.analysisRuns ?? []
    if (runs === this.#before?.analysisRuns) return []
    return runs.flatMap((run) =>
      run.metrics.flatMap((metric) => {
        const id = `${run.name}\n${metric.name}`
        const last = this.#told.get(id) ?? 0
        const fresh = metric.measurements.filter(({ at, finishedAt }) => finishedAt !== undefined && at > last)
        const newest = fresh.at(-1)
        if (newest !== undefined) this.#told.set(id, newest.at)
        return fresh.map(({ at, phase, value }) => ({ at, run: run.name, metric: metric.name, phase, value }))
      }),
    )
  }
}

/** Actions of people on a Rollout as moments. */
export const actionMoments = (actions: readonly HistoryActionView[]): readonly HistoryMomentView[] =>
  actions.flatMap(({ action, at, actor, user, reason, result }) => {
    const name = actionNames.find((each) => each === action)
    return name === undefined ? [] : [{ kind: 'action' as const, at, who: user ?? actor, action: name, reason, result }]
  })
