import { type RefObject, useEffect, useEffectEvent, useMemo, useRef } from 'react'
import { useStore } from 'zustand'
import { useApp, useLocale, useText, useTicking } from '../../store/use-app.ts'
import { columnWidths, rowHeights } from '../../ui/row-heights.ts'
import { BoardHead } from './board-head.tsx'
import { GroupRow, Row, type Sheet } from './board-rows.tsx'
import { offsetShowing, type Span, spanOf, startsOf } from './board-window.ts'
import { cellId, groupRowId } from './cell-id.ts'
import type { BoardItem, BoardModel } from './use-board.ts'
import { useViewport, type Viewport } from './use-viewport.ts'

/** Kept on each side of what is on screen (UI-VIRT-2). */
const extra = { rows: 8, columns: 2 }

/** More turning rings than this stand still, and all do while the board scrolls (UI-MOT-2). */
const ringsMax = 40

const heightOf = (item: BoardItem): number => {
  if (item.kind === 'group') return rowHeights.group
  return item.row.group === 'moving' ? rowHeights.cell : rowHeights.cellQuiet
}

/** Columns share the width left of the row head, at least 96 px each; then the board scrolls sideways (UI-GRID-3). */
const columnWidth = (room: number, columns: number): number =>
  Math.max(columnWidths.columnMin, Math.floor(room / Math.max(1, columns)))

/** Applications × clusters. One tab stop; the arrows move inside, and only what is on screen exists (UI-A11Y-4, UI-VIRT-2). */
export function Board({ board }: { readonly board: BoardModel }) {
  const text = useText()
  const scroller = useRef<HTMLDivElement>(null)
  const viewport = useViewport(scroller)
  const { items, columns } = board
  const layout = useLayout(board, viewport)
  const { rows, across, rowStarts, width } = layout
  const [activeRow, activeColumn] = useActive(board, scroller, layout)
  const classes = [
    'board scroll',
    width < columnWidths.narrow && 'narrow',
    viewport.left > 0 && 'sideways',
    (viewport.scrolling || countRings(board, rows, across) > ringsMax) && 'still',
  ]
  return (
    <div
      ref={scroller}
      className={classes.filter(Boolean).join(' ')}
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
          height: rowHeights.boardHead + (rowStarts.at(-1) ?? 0),
        }}
      >
        <BoardHead columns={columns} across={across} width={width} activeColumn={activeColumn} />
        <Items board={board} layout={layout} active={[activeRow, activeColumn]} />
      </div>
    </div>
  )
}

interface ItemsProps {
  readonly board: BoardModel
  readonly layout: Layout
  readonly active: readonly [row: number, column: number]
}

/** A row keeps its elements for as long as its place is on screen, whatever stands there. */
function Items({ board, layout, active: [activeRow, activeColumn] }: ItemsProps) {
  const { rows, rowStarts } = layout
  const sheet = useSheet(board, layout)
  const now = useTicking((at) => at)
  return board.items.slice(rows.first, rows.end).map((item, nth) => {
    const index = rows.first + nth
    const place = { index, top: rowHeights.boardHead + (rowStarts[index] ?? 0), height: heightOf(item) }
    const active = index === activeRow
    return item.kind === 'group' ? (
      <GroupRow key={index} {...place} item={item} active={active} span={board.columns.length + 1} />
    ) : (
      <Row key={index} {...place} row={item.row} sheet={sheet} now={now} activeColumn={active ? activeColumn : -1} />
    )
  })
}

interface Layout {
  readonly rowStarts: readonly number[]
  readonly columnStarts: readonly number[]
  readonly rows: Span
  readonly across: Span
  /** Of a column, in px. */
  readonly width: number
  /** What the heads leave for the cells, in px. */
  readonly room: { readonly width: number; readonly height: number }
}

function useLayout({ items, columns }: BoardModel, viewport: Viewport): Layout {
  const room = { width: viewport.width - columnWidths.rowHead, height: viewport.height - rowHeights.boardHead }
  const width = columnWidth(room.width, columns.length)
  const rowStarts = useMemo(() => startsOf(items.map(heightOf)), [items])
  const columnStarts = startsOf(columns.map(() => width))
  const rows = spanOf(rowStarts, viewport.top, room.height, extra.rows)
  const { first, end } = spanOf(columnStarts, viewport.left, room.width, extra.columns)
  const across = useMemo(() => ({ first, end }), [first, end])
  return { rowStarts, columnStarts, rows, across, width, room }
}

function useSheet({ columns }: BoardModel, { width, across }: Layout): Sheet {
  const app = useApp()
  const text = useText()
  const locale = useLocale()
  const marked = useStore(app.selection, (state) => state.marked)
  const requested = useStore(app.requested)
  return useMemo(
    () => ({ text, locale, columns, across, width, marked, requested }),
    [text, locale, columns, across, width, marked, requested],
  )
}

/** Indexes of the selected row and column, or −1; brings them into view when they change. */
function useActive(
  { items, columns }: BoardModel,
  scroller: RefObject<HTMLElement | null>,
  { rowStarts, columnStarts, room }: Layout,
): readonly [number, number] {
  const active = useStore(useApp().selection, (state) => state.active)
  const row = items.findIndex((item) => item.id === active?.row)
  const column = columns.findIndex((each) => each.context === active?.context)
  const reveal = useEffectEvent((element: HTMLElement) => {
    if (row >= 0) element.scrollTop = offsetShowing(rowStarts, row, element.scrollTop, room.height)
    if (column >= 0) element.scrollLeft = offsetShowing(columnStarts, column, element.scrollLeft, room.width)
  })
  useEffect(() => {
    if (scroller.current !== null && row + column > -2) reveal(scroller.current)
  }, [scroller, row, column])
  return [row, column]
}

function countRings({ items, columns }: BoardModel, rows: Span, across: Span): number {
  const contexts = columns.slice(across.first, across.end).map(({ context }) => context)
  return items
    .slice(rows.first, rows.end)
    .flatMap((item) => (item.kind === 'row' ? contexts.map((context) => item.row.cells.get(context)) : []))
    .filter((view) => view?.status === 'Progressing').length
}

function describeActive(items: readonly BoardItem[], row: number, column: number): string | undefined {
  if (row < 0) return undefined
  return items[row]?.kind === 'group' ? groupRowId(row) : cellId(row, column)
}
