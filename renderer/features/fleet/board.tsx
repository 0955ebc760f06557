import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import { useApp, useText } from '../../store/use-app.ts'
import { columnWidths, rowHeights } from '../../ui/row-heights.ts'
import { BoardHead } from './board-head.tsx'
import { GroupRow, Row } from './board-rows.tsx'
import { cellId, groupRowId } from './cell-id.ts'
import type { BoardItem, BoardModel } from './use-board.ts'
import { useColumnWidth } from './use-column-width.ts'

const heightOf = (item: BoardItem | undefined): number => {
  if (item === undefined || item.kind === 'group') return rowHeights.group
  return item.row.group === 'moving' ? rowHeights.cell : rowHeights.cellQuiet
}

/** Applications × clusters. One tab stop; the arrows move inside, and only what is on screen exists (UI-A11Y-4, UI-VIRT-2). */
export function Board({ board }: { readonly board: BoardModel }) {
  const text = useText()
  const app = useApp()
  const scroller = useRef<HTMLDivElement>(null)
  const { items, columns } = board
  const width = useColumnWidth(scroller, columns.length)
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heightOf(items[index]),
    getItemKey: (index) => items[index]?.id ?? index,
    overscan: 8,
    scrollPaddingStart: rowHeights.boardHead,
  })
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => width,
    overscan: 2,
    scrollPaddingStart: columnWidths.rowHead,
  })
  useEffect(() => across.measure(), [across, width])
  useEffect(() => rows.measure(), [rows, items])
  const active = useStore(app.selection, (state) => state.active)
  const activeRow = items.findIndex((item) => item.id === active?.row)
  const activeColumn = columns.findIndex((column) => column.context === active?.context)
  useEffect(() => {
    if (activeRow >= 0) rows.scrollToIndex(activeRow)
    if (activeColumn >= 0) across.scrollToIndex(activeColumn)
  }, [rows, across, activeRow, activeColumn])
  const shownColumns = across
    .getVirtualItems()
    .map(({ index, start }) => ({ index, start: columnWidths.rowHead + start }))
  return (
    <div
      ref={scroller}
      className={`board scroll${width < columnWidths.narrow ? ' narrow' : ''}`}
      data-region
      role="grid"
      tabIndex={0}
      aria-label={text('board.label')}
      aria-rowcount={items.length + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable
      aria-activedescendant={describeActive(items, activeRow, activeColumn)}
      onPointerEnter={() => board.hold(true)}
      onPointerLeave={() => board.hold(false)}
      onFocus={() => board.hold(true)}
      onBlur={() => board.hold(false)}
    >
      <div
        className="board-sheet"
        style={{
          width: columnWidths.rowHead + width * columns.length,
          height: rowHeights.boardHead + rows.getTotalSize(),
        }}
      >
        <BoardHead columns={columns} shown={shownColumns} width={width} activeColumn={activeColumn} />
        {rows.getVirtualItems().map(({ index, start, size }) => {
          const item = items[index]
          if (item === undefined) return null
          const place = { index, top: rowHeights.boardHead + start, height: size }
          return item.kind === 'group' ? (
            <GroupRow key={item.id} item={item} place={place} active={index === activeRow} span={columns.length + 1} />
          ) : (
            <Row
              key={item.id}
              row={item.row}
              place={place}
              columns={columns}
              shown={shownColumns}
              width={width}
              activeColumn={index === activeRow ? activeColumn : -1}
            />
          )
        })}
      </div>
    </div>
  )
}

function describeActive(items: readonly BoardItem[], row: number, column: number): string | undefined {
  if (row < 0) return undefined
  return items[row]?.kind === 'group' ? groupRowId(row) : cellId(row, column)
}
