import type { StatisticsView } from '#contract/statistics-views.ts'
import { rateWords, spanFigure, spanWords } from '../../format/statistics-words.ts'
import type { Text } from '../../format/text.ts'
import { useText } from '../../store/use-app.ts'

interface Tile {
  readonly name: string
  readonly value: string
  /** Of how many, and more. */
  readonly of: readonly string[]
  readonly means: string
  /** Terms of the search that finds what it is made of. */
  readonly terms: string
}

interface TilesProps {
  readonly told: StatisticsView
  readonly onOpen: (terms: string) => void
}

/** The figures of all; each says what it means, and leads to what it is made of. */
export function Tiles({ told, onOpen }: TilesProps) {
  const text = useText()
  return (
    <ul className="statistics-tiles">
      {tilesOf(text, told).map(({ name, value, of, means, terms }) => (
        <li key={name}>
          <button type="button" className="panel tile" title={means} onClick={() => onOpen(terms)}>
            <span className="small faint strong">{name}</span>
            <b className="tile-value num">{value}</b>
            {of.map((line) => (
              <span key={line} className="small num">
                {line}
              </span>
            ))}
            <span className="small faint">{means}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

const weekMs = 7 * 86_400_000

function tilesOf(text: Text, { since, until, all }: StatisticsView): readonly Tile[] {
  const rate = Math.round((all.ended / Math.max(1, (until - since) / weekMs)) * 10) / 10
  const { lead, leadEverywhere, restore, durations, notRestored } = all
  const everywhere =
    leadEverywhere.medianMs === undefined
      ? []
      : [text('statistics.leadEverywhere', { time: spanWords(leadEverywhere.medianMs) })]
  const aborted =
    durations.Aborted.medianMs === undefined
      ? []
      : [text('statistics.tookAborted', { time: spanWords(durations.Aborted.medianMs) })]
  const open = notRestored === 0 ? [] : [text('statistics.notRestored', { count: notRestored })]
  const spanTile = (
    name: 'lead' | 'restore' | 'took',
    span: typeof lead,
    more: readonly string[],
    terms: string,
  ): Tile => {
    const { value, of } = spanFigure(text, span)
    const means = text(`statistics.${name}Means`)
    return { name: text(`statistics.${name}`), value, of: [...of, ...more], means, terms }
  }
  return [
    {
      name: text('statistics.ended'),
      value: String(all.ended),
      of: [text('statistics.endedPerWeek', { rate, completed: all.completed })],
      means: text('statistics.endedMeans'),
      terms: 'outcome:completed,aborted,rolled-back,superseded',
    },
    {
      name: text('statistics.failed'),
      value: rateWords(text, all),
      of: [text('statistics.of', { failed: all.failed, ended: all.ended })],
      means: text('statistics.failedMeans'),
      terms: 'outcome:aborted,rolled-back',
    },
    spanTile('lead', lead, everywhere, 'outcome:completed'),
    spanTile('restore', restore, open, 'outcome:aborted,rolled-back'),
    spanTile('took', durations.Completed, aborted, 'outcome:completed'),
  ]
}
