import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef } from 'react'
import type { SearchProblem } from '#contract/search-terms.ts'
import type { HistoryEntryView, HistoryOutcome } from '#contract/views.ts'
import type { Outcome } from '#lib/outcome.ts'
import { formatDay, formatMinute, isSameDay } from '../../format/clock-time.ts'
import { formatClockSpan } from '../../format/duration.ts'
import { SearchProblemNote } from '../../marks/search-problem.tsx'
import { hrefOf } from '../../store/route.ts'
import { useLocale, useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import type { IconName } from '../../ui/icon-names.ts'
import { rowHeights } from '../../ui/row-heights.ts'
import { HistoryFilter, type HistoryView } from './history-filter.tsx'
import { ToldAfterwards } from './told-afterwards.tsx'

export const outcomeMarks: Record<HistoryOutcome, { readonly icon: IconName; readonly tone: string }> = {
  Completed: { icon: 'healthy', tone: 'healthy' },
  Aborted: { icon: 'aborted', tone: 'aborted' },
  RolledBack: { icon: 'rollback', tone: 'unknown' },
  Superseded: { icon: 'unknown', tone: 'unknown' },
  Deleted: { icon: 'x', tone: 'unknown' },
  Running: { icon: 'progressing', tone: 'progressing' },
}

export type Found = Outcome<readonly HistoryEntryView[], SearchProblem>

interface HistoryListProps {
  readonly entries: readonly HistoryEntryView[]
  /** `undefined`: not known yet. */
  readonly found: Found | undefined
  readonly current: string | undefined
  readonly onShow: (view: HistoryView) => void
}

type Item = { readonly kind: 'day'; readonly at: number } | { readonly kind: 'entry'; readonly entry: HistoryEntryView }

function withDays(entries: readonly HistoryEntryView[]): readonly Item[] {
  return entries.flatMap((entry, index): Item[] => {
    const before = entries[index - 1]
    const sameDay = before !== undefined && isSameDay(before.startedAt, entry.startedAt)
    return sameDay
      ? [{ kind: 'entry', entry }]
      : [
          { kind: 'day', at: entry.startedAt },
          { kind: 'entry', entry },
        ]
  })
}

export function HistoryList({ entries, found, current, onShow }: HistoryListProps) {
  const text = useText()
  const scroller = useRef<HTMLDivElement>(null)
  const items = useMemo(() => withDays(entries), [entries])
  const list = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (items[index]?.kind === 'day' ? rowHeights.day : rowHeights.entry),
    overscan: 8,
  })
  useEffect(() => list.measure(), [list, items])
  return (
    <section className="history-list" data-region aria-label={text('history.list')}>
      <HistoryFilter shows="rollouts" onShow={onShow} count={text('history.count', { count: entries.length })} />
      {found?.ok === false && <SearchProblemNote of="history" problem={found.error} />}
      {found?.ok === true && entries.length === 0 && (
        <p className="faint small history-none">{text('history.noMatch')}</p>
      )}
      <nav ref={scroller} className="scroll history-scroll" aria-label={text('history.list')}>
        <div className="history-sheet" style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map(({ index, start, key }) => {
            const item = items[index]
            if (item === undefined) return null
            return item.kind === 'day' ? (
              <Day key={key} at={item.at} top={start} />
            ) : (
              <Entry key={key} entry={item.entry} top={start} on={item.entry.id === current} />
            )
          })}
        </div>
      </nav>
    </section>
  )
}

function Day({ at, top }: { readonly at: number; readonly top: number }) {
  const locale = useLocale()
  return (
    <div className="day" style={{ top }}>
      {formatDay(at, locale)}
    </div>
  )
}

interface EntryProps {
  readonly entry: HistoryEntryView
  readonly top: number
  readonly on: boolean
}

function Entry({ entry, top, on }: EntryProps) {
  const text = useText()
  const { icon, tone } = outcomeMarks[entry.outcome]
  const took = entry.endedAt === undefined ? '–' : formatClockSpan(entry.endedAt - entry.startedAt)
  return (
    <a
      className={`history-entry${on ? ' on' : ''}`}
      style={{ top }}
      href={hrefOf({ page: 'history', id: entry.id })}
      aria-current={on ? 'page' : undefined}
      title={`${entry.context} ${entry.namespace}/${entry.name}`}
    >
      <Icon name={icon} className={`ink-${tone}`} />
      <span className="row entry-name">
        <b className="cut">{entry.name}</b>
        <span className="mono faint cut">{[entry.fromVersion, entry.toVersion].filter(Boolean).join(' → ')}</span>
      </span>
      <span className="small dim num">{took}</span>
      <span className="entry-more small faint">
        <span className={`strong ink-${tone}`}>{text(`outcome.${entry.outcome}`)}</span>
        {entry.backFilled === true && <ToldAfterwards small />}
        <span className="cut">{[entry.context, entry.actor].filter(Boolean).join(', ')}</span>
        <span className="space" />
        <span className="num">{formatMinute(entry.startedAt)}</span>
      </span>
    </a>
  )
}
