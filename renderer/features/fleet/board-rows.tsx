import { memo } from 'react'
import type { RolloutKey } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatAge } from '../../format/duration.ts'
import type { Locale, Text } from '../../format/text.ts'
import { strategyIcon } from '../../marks/status-mark.tsx'
import type { BoardRow } from '../../store/board.ts'
import { toggleGroup } from '../../store/filters.ts'
import type { RequestedState } from '../../store/requested.ts'
import { useApp, useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import type { Span } from './board-window.ts'
import { Cell } from './cell.tsx'
import { cellId, groupRowId } from './cell-id.ts'
import type { BoardColumn } from './columns.ts'
import { FoldCell } from './fold-cell.tsx'
import type { BoardItem } from './use-board.ts'

/** What all rows share. */
export interface Sheet {
  readonly text: Text
  readonly locale: Locale
  readonly columns: readonly BoardColumn[]
  /** The columns that are drawn. */
  readonly across: Span
  /** Of a column, in px. */
  readonly width: number
  readonly marked: ReadonlySet<RolloutKey>
  readonly requested: RequestedState
}

interface RowPlace {
  readonly index: number
  /** Both in px of the sheet. */
  readonly top: number
  readonly height: number
}

interface GroupRowProps extends RowPlace {
  readonly item: BoardItem & { readonly kind: 'group' }
  readonly active: boolean
  readonly span: number
}

export function GroupRow({ item, index, top, height, active, span }: GroupRowProps) {
  const text = useText()
  const { filters } = useApp()
  return (
    <div className="group-row" role="row" aria-rowindex={index + 2} style={{ top, height }}>
      {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has one tab stop and reaches this cell with the arrows */}
      <div
        id={groupRowId(index)}
        className={`group-cell${active ? ' on' : ''}`}
        role="gridcell"
        aria-colspan={span}
        aria-expanded={!item.folded}
        onClick={() => toggleGroup(filters, item.group)}
      >
        <Icon name={item.folded ? 'chev-r' : 'chev-d'} />
        {text(`board.${item.group}`)} <span className="num faint plain">{item.count}</span>
      </div>
    </div>
  )
}

interface RowProps extends RowPlace {
  readonly row: BoardRow
  readonly sheet: Sheet
  readonly now: EpochMs
  /** −1 when the selected cell is in another row. */
  readonly activeColumn: number
}

export const Row = memo(function Row({ row, index, top, height, sheet, now, activeColumn }: RowProps) {
  const { text, locale, columns, across, width, marked, requested } = sheet
  const quiet = row.group === 'settled'
  return (
    <div className={`board-row${quiet ? ' quiet' : ''}`} role="row" aria-rowindex={index + 2} style={{ top, height }}>
      <RowHead row={row} on={activeColumn >= 0} />
      {columns.slice(across.first, across.end).map(({ context, group, fold }, nth) => {
        const column = across.first + nth
        const place = {
          id: cellId(index, column),
          text,
          row: row.id,
          context,
          column,
          width,
          before: nth === 0 ? width * across.first : 0,
          active: column === activeColumn,
        }
        if (fold !== undefined) {
          return <FoldCell key={context} {...place} name={row.name} cells={row.cells} members={fold} group={group} />
        }
        const view = row.cells.get(context)
        return (
          <Cell
            key={context}
            {...place}
            locale={locale}
            view={view}
            quiet={quiet}
            marked={view !== undefined && marked.has(view.key)}
            pending={view !== undefined && requested.actions.has(view.key)}
            ignored={view && requested.notSeen.get(view.key)?.effect.action}
            age={view === undefined ? '' : formatAge(now - view.since)}
            now={view?.pause?.resumesAt === undefined ? 0 : now}
          />
        )
      })}
    </div>
  )
})

/** Name, and the version that runs, or the step from one to the next. */
const RowHead = memo(function RowHead({ row, on }: { readonly row: BoardRow; readonly on: boolean }) {
  const text = useText()
  const { lead } = row
  const versions = [lead.stableVersion, lead.version].filter((each) => each !== undefined)
  const moving = row.group === 'moving' && lead.version !== lead.stableVersion && versions.length === 2
  return (
    <div className={`row-head${on ? ' on' : ''}`} role="rowheader" aria-colindex={1} title={row.id}>
      <div className="name cut">{row.name}</div>
      <div className="versions">
        <Icon name={strategyIcon(lead)} {...(lead.kind !== undefined && { label: lead.kind })} />
        {row.noMajority && <span className="ink-paused cut">{text('board.noMajority')}</span>}
        <span className="cut num">{moving ? versions.join(' → ') : (versions.at(-1) ?? '–')}</span>
      </div>
    </div>
  )
})
