import type { FiguresView, SpanView } from '#contract/statistics-views.ts'
import { formatDuration } from './duration.ts'
import { formatNumber } from './number-words.ts'
import type { Text } from './text.ts'

const units = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
  { name: 's', ms: 1000 },
] as const

/** The largest unit of which it is at least two. */
export const unitFor = (ms: number): (typeof units)[number] => units.find((unit) => ms >= 2 * unit.ms) ?? units[3]

/** `4.5 d` of days, else as a duration: `1 h 30 min`. */
export const spanWords = (ms: number): string =>
  unitFor(ms).name === 'd'
    ? `${formatNumber(Math.round(ms / 8_640_000) / 10)} d`
    : formatDuration(Math.round(ms / 1000) * 1000)

interface SpanFigure {
  readonly value: string
  /** Of how many, and how long most of them took at most. */
  readonly of: readonly string[]
}

/** What is said of how long something took. */
export function spanFigure(text: Text, { count, medianMs, p90Ms }: SpanView): SpanFigure {
  if (medianMs === undefined) return { value: '–', of: [text('statistics.tooFew', { count })] }
  const late = p90Ms === undefined ? [] : [text('statistics.p90', { time: spanWords(p90Ms) })]
  return { value: spanWords(medianMs), of: [text('statistics.median', { count }), ...late] }
}

/** Of fewer no rate is told. */
const rateFrom = 5

/** `12%`, or of fewer how many. */
export const rateWords = (text: Text, { failed, ended }: Pick<FiguresView, 'failed' | 'ended'>): string =>
  ended < rateFrom ? text('statistics.of', { failed, ended }) : `${Math.round((failed / ended) * 100)}%`
