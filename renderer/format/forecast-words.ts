import type { ForecastEndView, ForecastPathView, ForecastStageView, RolloutView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatDay, formatMinute, formatTime, isSameDay } from './clock-time.ts'
import { formatClockSpan } from './duration.ts'
import type { Locale, Text } from './text.ts'

const QUARTER = 900_000

/** A moment to come: with seconds while it is near, with its day when that is another one. */
export function comingTime(at: EpochMs, now: EpochMs, locale: Locale): string {
  if (!isSameDay(at, now)) return `${formatDay(at, locale)} ${formatMinute(at)}`
  return at - now < QUARTER ? formatTime(at) : formatMinute(at)
}

/** Nothing happens by itself any more. */
export const isAtRest = ({ stages }: ForecastPathView): boolean => stages.length === 0

/** When it is expected to be where it ends: as usual here where that is known, else not before. */
export const expectedEnd = ({ at, usual }: ForecastEndView): EpochMs => usual?.about ?? at

interface Moment {
  readonly now: EpochMs
  readonly locale: Locale
  /** The step at which it ends, in words. */
  readonly step?: string | undefined
}

/** How and when it ends, in a few words: `Done about 14:52`. */
export function endWords(text: Text, path: ForecastPathView, { now, locale, step = '' }: Moment): string {
  const { end } = path
  if (isAtRest(path)) return text(`forecast.rest.${end.how}`, { step })
  const values = { at: comingTime(expectedEnd(end), now, locale), step }
  if (end.how === 'aborted') return text('forecast.end.aborted', { at: comingTime(end.restsAt, now, locale) })
  if (end.how === 'healthy' && end.usual === undefined) return text('forecast.end.atLeast', values)
  return text(`forecast.end.${end.how}`, values)
}

/** The same where the steps themselves are not at hand. */
export function followedEndWords(text: Text, path: ForecastPathView, view: RolloutView, moment: Moment): string {
  const { step } = path.end
  const words = step === undefined ? '' : stageWords(text, { kind: 'pods', step }, view)
  return endWords(text, path, { ...moment, step: words })
}

/** What is left of it, and how sure that is: `37:28 left, 8 in 10 by 15:03`. */
export function leftWords(text: Text, path: ForecastPathView, { now, locale }: Moment): string | undefined {
  if (isAtRest(path)) return undefined
  const { end } = path
  const left = expectedEnd(end) - now
  if (end.how === 'aborted') return undefined
  if (left <= 0) return text('forecast.late')
  const time = formatClockSpan(left, 'up')
  return end.usual === undefined
    ? text('forecast.leftAtLeast', { time })
    : text('forecast.leftUsual', { time, by: comingTime(end.usual.by, now, locale) })
}

/** When a step is expected to begin; one that takes no time begins with what comes after it. `undefined`: not foreseen. */
export function expectedStep({ stages, end }: ForecastPathView, index: number): EpochMs | undefined {
  const stage = stages.find(({ step }) => step !== undefined && step >= index)
  return stage?.from ?? (end.step === index ? end.at : undefined)
}

/** A stretch of time where the steps themselves are not at hand: `Step 6 of 8`. */
export function stageWords(
  text: Text,
  { kind, step }: Pick<ForecastStageView, 'kind' | 'step'>,
  view: RolloutView,
  how?: ForecastEndView['how'],
): string {
  if (how === 'aborted' && kind === 'scaleDown') return text('forecast.stage.back')
  if (view.strategy === 'blueGreen' && step !== undefined)
    return text(`step.blueGreen.${(['preview', 'pause', 'switch', 'scaleDown'] as const)[step] ?? 'preview'}`)
  if (step === undefined) return text(`forecast.stage.${kind}`)
  return text(kind === 'pause' ? 'forecast.stage.stepPause' : 'forecast.stage.stepPods', {
    number: step + 1,
    count: view.stepCount,
  })
}

/** Milliseconds ahead, by what they go to. */
export function sumsAhead({ stages }: ForecastPathView): Readonly<Record<ForecastStageView['kind'], number>> {
  const sums = { pods: 0, pause: 0, scaleDown: 0 }
  for (const { kind, from, until } of stages) sums[kind] += until - from
  return sums
}
