import { type ReactNode, useState } from 'react'
import type { HistoryEntryView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatMoment, formatTime } from '../../format/clock-time.ts'
import type { Film } from '../../store/film.ts'
import { useApp, useLocale, useText } from '../../store/use-app.ts'
import { Segments } from '../../ui/segments.tsx'
import { type Alignment, alignedMoment } from './aligned-moment.ts'
import { PastPane } from './past-pane.tsx'
import { boundsOf } from './stretch.ts'
import { useFilm } from './use-film.ts'

interface BesideProps {
  /** What stands on the other side, and its moment. */
  readonly film: Film
  readonly at: EpochMs
  /** The moment of the same film that was kept. */
  readonly pinned: EpochMs
  readonly others: readonly HistoryEntryView[]
  readonly children: ReactNode
}

const kept = ''

/** The left one of two pages: a moment that was kept, or another release of the application that goes along (UI-HIST-7). */
export function Beside({ film, at, pinned, others, children }: BesideProps) {
  const [chosen, choose] = useState(kept)
  const [by, setBy] = useState<Alignment>('start')
  const other = others.find(({ id }) => id === chosen)
  const choice = <Choice pinned={pinned} others={others} value={chosen} onChoose={choose} />
  if (other === undefined) {
    return (
      <PastPane film={film} at={pinned} head={choice}>
        {children}
      </PastPane>
    )
  }
  return (
    <Other key={other.id} film={film} at={at} other={other} by={by} onAlign={setBy} choice={choice}>
      {children}
    </Other>
  )
}

interface ChoiceProps {
  readonly pinned: EpochMs
  readonly others: readonly HistoryEntryView[]
  readonly value: string
  readonly onChoose: (id: string) => void
}

function Choice({ pinned, others, value, onChoose }: ChoiceProps) {
  const text = useText()
  const locale = useLocale()
  const versions = ({ fromVersion, toVersion }: HistoryEntryView) =>
    [fromVersion, toVersion].filter((each) => each !== undefined).join(' → ')
  return (
    <>
      <b>A</b>
      <select aria-label={text('past.beside')} value={value} onChange={(event) => onChoose(event.target.value)}>
        <option value={kept}>{text('past.kept', { time: formatTime(pinned) })}</option>
        {others.map((each) => (
          <option key={each.id} value={each.id}>
            {[each.context, versions(each), text(`outcome.${each.outcome}`), formatMoment(each.startedAt, locale)].join(
              ', ',
            )}
          </option>
        ))}
      </select>
    </>
  )
}

interface OtherProps extends Omit<BesideProps, 'pinned' | 'others'> {
  readonly other: HistoryEntryView
  readonly by: Alignment
  readonly onAlign: (by: Alignment) => void
  readonly choice: ReactNode
}

function Other({ film, at, other, by, onAlign, choice, children }: OtherProps) {
  const { clock } = useApp()
  const text = useText()
  const [opened] = useState(() => clock.now())
  const { from, until } = boundsOf(other, opened)
  const loaded = useFilm(other.key, from, until)
  if (loaded.state !== 'there') {
    return (
      <section className="past-pane">
        <div className="past-name row small">{choice}</div>
        <p className="loading faint" role="status">
          {text(loaded.state === 'failed' ? 'past.nothing' : 'past.loading')}
        </p>
      </section>
    )
  }
  const moment = alignedMoment(film, loaded.value, at, by)
  const head = (
    <>
      {choice}
      <span className="num">{formatTime(moment)}</span>
      <span className="space" />
      <Segments
        small
        label={text('past.align')}
        value={by}
        onChange={onAlign}
        segments={(['start', 'step'] as const).map((value) => ({ value, label: text(`past.align.${value}`) }))}
      />
    </>
  )
  return (
    <PastPane film={loaded.value} at={moment} head={head}>
      {children}
    </PastPane>
  )
}
