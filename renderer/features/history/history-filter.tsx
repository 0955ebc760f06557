import type { ReactNode } from 'react'
import { type SearchField as Field, searchFields } from '#contract/search-terms.ts'
import { SearchField } from '../../marks/search-field.tsx'
import { useText } from '../../store/use-app.ts'
import { Segments } from '../../ui/segments.tsx'

const historyViews = ['rollouts', 'actions', 'writes'] as const
export type HistoryView = (typeof historyViews)[number]

/** What each of them can be asked by; the record of writes has terms of its own. */
const fieldsOf: Readonly<Record<HistoryView, readonly Field[]>> = {
  rollouts: searchFields,
  actions: searchFields.filter((each) => each !== 'image' && each !== 'outcome'),
  writes: [],
}

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

/** What is listed, and which of it. */
export function HistoryFilter({ shows, onShow, count, find, children }: HistoryFilterProps) {
  const text = useText()
  return (
    <search className="history-filter">
      <Segments
        small
        label={text('history.shows')}
        value={shows}
        onChange={onShow}
        segments={historyViews.map((value) => ({ value, label: text(`history.${value}`) }))}
      />
      <SearchField of="history" hint={find ?? text('history.find')} fields={fieldsOf[shows]} />
      <span className="faint small num">{count}</span>
      {children}
    </search>
  )
}
