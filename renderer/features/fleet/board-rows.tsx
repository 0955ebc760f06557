import { memo } from 'react'
import type { ClusterView } from '#contract/views.ts'
import type { BoardRow } from '../../store/board.ts'
import { toggleGroup } from '../../store/filters.ts'
import { useApp, useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import type { ShownColumn } from './board-head.tsx'
import { Cell } from './cell.tsx'
import { cellId, groupRowId } from './cell-id.ts'
import type { BoardItem } from './use-board.ts'

export interface RowPlace {
  readonly index: number
  readonly top: number
  readonly height: number
}

interface GroupRowProps {
  readonly item: BoardItem & { readonly kind: 'group' }
  readonly place: RowPlace
  readonly active: boolean
  readonly span: number
}

export function GroupRow({ item, place, active, span }: GroupRowProps) {
  const text = useText()
  const { filters } = useApp()
  return (
    <div
      className="group-row"
      role="row"
      aria-rowindex={place.index + 2}
      style={{ top: place.top, height: place.height }}
    >
      {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has one tab stop and reaches this cell with the arrows */}
      <div
        id={groupRowId(place.index)}
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

interface RowProps {
  readonly row: BoardRow
  readonly place: RowPlace
  readonly columns: readonly ClusterView[]
  readonly shown: readonly ShownColumn[]
  readonly width: number
  /** −1 when the selected cell is in another row. */
  readonly activeColumn: number
}

export function Row({ row, place, columns, shown, width, activeColumn }: RowProps) {
  const quiet = row.group === 'settled'
  const on = activeColumn >= 0
  return (
    <div
      className={`board-row${quiet ? ' quiet' : ''}`}
      role="row"
      aria-rowindex={place.index + 2}
      style={{ top: place.top, height: place.height }}
    >
      <RowHead row={row} on={on} />
      {shown.map(({ index, start }) => {
        const context = columns[index]?.context
        return context === undefined ? null : (
          <Cell
            key={context}
            id={cellId(place.index, index)}
            rolloutKey={row.cells.get(context)}
            row={row.id}
            context={context}
            column={index + 2}
            start={start}
            width={width}
            quiet={quiet}
            active={index === activeColumn}
          />
        )
      })}
    </div>
  )
}

/** Name, and the version that runs, or the step from one to the next. */
const RowHead = memo(function RowHead({ row, on }: { readonly row: BoardRow; readonly on: boolean }) {
  const { lead } = row
  const versions = [lead.stableVersion, lead.version].filter((each) => each !== undefined)
  const moving = row.group === 'moving' && lead.version !== lead.stableVersion && versions.length === 2
  return (
    <div className={`row-head${on ? ' on' : ''}`} role="rowheader" aria-colindex={1} title={row.id}>
      <div className="name cut">{row.name}</div>
      <div className="versions">
        <Icon name={lead.strategy === 'blueGreen' ? 'bluegreen' : 'canary'} />
        <span className="cut num">{moving ? versions.join(' → ') : (versions.at(-1) ?? '–')}</span>
      </div>
    </div>
  )
})
