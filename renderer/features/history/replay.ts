import type { FilmView } from '#contract/time-travel-views.ts'
import type { HistoryMomentView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'

type Kind = HistoryMomentView['kind']
type MomentOf<K extends Kind> = HistoryMomentView & { readonly kind: K }

/** A stretch of time in which one fact held. */
export interface Stretch<M> {
  readonly from: EpochMs
  readonly to: EpochMs
  readonly moment: M
}

export interface Replay {
  readonly start: EpochMs
  readonly end: EpochMs
  readonly weight: readonly Stretch<MomentOf<'weight'>>[]
  readonly steps: readonly Stretch<MomentOf<'step'>>[]
  readonly status: readonly Stretch<MomentOf<'status'>>[]
  readonly pods: readonly Stretch<MomentOf<'pods'>>[]
  readonly gaps: readonly Stretch<MomentOf<'gap'>>[]
  /** Events and actions, oldest first. */
  readonly marks: readonly (MomentOf<'event'> | MomentOf<'action'>)[]
  /** Of each metric: those that ever failed first, then by name. */
  readonly measured: readonly { readonly metric: string; readonly marks: FilmView['measurements'] }[]
  /** Every moment at which something happened, ascending, without repeats. */
  readonly stops: readonly EpochMs[]
}

interface Recorded {
  readonly from: EpochMs
  readonly until: EpochMs
  readonly timeline: readonly HistoryMomentView[]
  readonly measurements?: FilmView['measurements']
}

/** What was recorded, laid out in lanes on one time axis (UI-HIST-2). */
export function layOut({ from, until, timeline, measurements = [] }: Recorded): Replay {
  const moments = timeline.toSorted((a, b) => a.at - b.at)
  const start = Math.min(from, moments[0]?.at ?? from)
  const end = Math.max(until, moments.at(-1)?.at ?? 0, start + 1)
  const within = measurements.filter(({ at: when }) => start <= when && when <= end)
  const lane = <K extends Kind>(kind: K) => stretches(of(moments, kind), end)
  return {
    start,
    end,
    weight: lane('weight'),
    steps: lane('step'),
    status: lane('status'),
    pods: lane('pods'),
    gaps: of(moments, 'gap').map((moment) => ({ from: moment.at, to: Math.min(moment.until, end), moment })),
    marks: moments.filter((moment) => moment.kind === 'event' || moment.kind === 'action'),
    measured: [...Map.groupBy(within, ({ metric }) => metric)]
      .map(([metric, marks]) => ({ metric, marks }))
      .toSorted((a, b) => Number(hasPassed(a)) - Number(hasPassed(b)) || a.metric.localeCompare(b.metric)),
    stops: [
      ...new Set([...moments, ...within].flatMap((each) => ('until' in each ? [each.at, each.until] : [each.at]))),
    ].toSorted((a, b) => a - b),
  }
}

const hasPassed = ({ marks }: Replay['measured'][number]): boolean => marks.every(({ phase }) => phase === 'Successful')

const of = <K extends Kind>(moments: readonly HistoryMomentView[], kind: K): readonly MomentOf<K>[] =>
  moments.filter((moment): moment is MomentOf<K> => moment.kind === kind)

/**
 * Each fact holds until the next one of its kind; the same fact said twice is one stretch. A status has its message later than
 * itself: what an abort says comes from the controller. The last fact may hold for no time at all, and is how the rollout was left.
 */
function stretches<M extends HistoryMomentView>(moments: readonly M[], end: EpochMs): readonly Stretch<M>[] {
  const found: Stretch<M>[] = []
  moments.forEach((moment, index) => {
    const to = moments[index + 1]?.at ?? end
    const before = found.at(-1)
    if (before !== undefined && isSameFact(before.moment, moment)) found[found.length - 1] = { ...before, to, moment }
    else if (to > moment.at || index === moments.length - 1) found.push({ from: moment.at, to, moment })
  })
  return found
}

function isSameFact(a: HistoryMomentView, b: HistoryMomentView): boolean {
  if (a.kind === 'status' && b.kind === 'status')
    return a.status === b.status && (a.message === '' || a.message === b.message)
  if (a.kind === 'weight' && b.kind === 'weight')
    return a.setWeight === b.setWeight && a.actualWeight === b.actualWeight
  if (a.kind === 'step' && b.kind === 'step') return a.stepIndex === b.stepIndex
  if (a.kind === 'pods' && b.kind === 'pods') return a.canary === b.canary && a.stable === b.stable
  return false
}

/** What held at a moment. */
export const at = <M>(lane: readonly Stretch<M>[], moment: EpochMs): M | undefined =>
  (lane.find((stretch) => stretch.from <= moment && moment < stretch.to) ?? lane.findLast((each) => each.to <= moment))
    ?.moment

/** Those that take up room on the axis. */
export const drawn = <M>(lane: readonly Stretch<M>[]): readonly Stretch<M>[] => lane.filter(({ from, to }) => to > from)

/** Where a moment lies on the axis, 0…100 percent. */
export const placeOf = ({ start, end }: Replay, moment: EpochMs): number =>
  Math.min(100, Math.max(0, ((moment - start) / (end - start)) * 100))

/** The stop before or after a moment; the ends of the axis when there is none. */
export function nextStop(replay: Replay, moment: EpochMs, by: 1 | -1): EpochMs {
  return by > 0
    ? (replay.stops.find((stop) => stop > moment) ?? replay.end)
    : (replay.stops.findLast((stop) => stop < moment) ?? replay.start)
}

/** Five labels at even distances. */
export const ticks = ({ start, end }: Replay, count = 6): readonly EpochMs[] =>
  Array.from({ length: count }, (_, index) => start + ((end - start) * index) / (count - 1))
