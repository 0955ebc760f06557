import { type ReactNode, useEffect, useState } from 'react'
import { useApp, useText } from '../../store/use-app.ts'
import { Kbd } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Segments } from '../../ui/segments.tsx'

const historyViews = ['rollouts', 'actions', 'writes'] as const
export type HistoryView = (typeof historyViews)[number]

interface HistoryFilterProps {
  readonly shows: HistoryView
  readonly onShow: (view: HistoryView) => void
  /** In words. */
  readonly count: string
  /** What can be looked for. */
  readonly find?: string
  /** More choices, beside the field. */
  readonly children?: ReactNode
}

/** What is listed, and which of it. Writes through 150 ms after the last key, so that typing never waits for the disk. */
export function HistoryFilter({ shows, onShow, count, find, children }: HistoryFilterProps) {
  const { filters, clock } = useApp()
  const text = useText()
  const [draft, setDraft] = useState(() => filters.getState().history)
  useEffect(() => clock.after(150, () => filters.setState({ history: draft })), [clock, filters, draft])
  return (
    <search className="history-filter">
      <Segments
        small
        label={text('history.shows')}
        value={shows}
        onChange={onShow}
        segments={historyViews.map((value) => ({ value, label: text(`history.${value}`) }))}
      />
      <label className="field">
        <Icon name="search" />
        <input
          data-filter
          type="text"
          value={draft}
          maxLength={500}
          placeholder={find ?? text('history.find')}
          aria-label={text('history.find')}
          onChange={(event) => setDraft(event.target.value)}
        />
        <Kbd>/</Kbd>
      </label>
      <span className="faint small num">{count}</span>
      {children}
    </search>
  )
}
