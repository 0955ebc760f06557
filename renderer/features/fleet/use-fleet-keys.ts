import { buildQueue, rowIdOf } from '#contract/attention.ts'
import type { RolloutKey } from '#contract/views.ts'
import { planKeys } from '../../marks/plan-buttons.tsx'
import { useActionKeys } from '../../marks/use-action-keys.ts'
import type { App } from '../../store/app.ts'
import { nextTab, toggleClusterGroup, toggleGroup } from '../../store/filters.ts'
import { explainedBy, planAtHand } from '../../store/plans.ts'
import { hrefOf } from '../../store/route.ts'
import { addMarks, type CellPlace, clearMarks, toggleMark } from '../../store/selection.ts'
import { useApp, useText } from '../../store/use-app.ts'
import { useKeys } from '../../ui/use-keys.ts'
import { type BoardModel, keyAt } from './use-board.ts'

/** UI-KEY: cells, marks, queue, tabs; and the actions on what is marked or selected. */
export function useFleetKeys(board: BoardModel): void {
  const app = useApp()
  const text = useText()
  const move =
    (rows: number, columns: number, marks = false) =>
    () =>
      moveActive(app, board, rows, columns, marks)
  useActionKeys(() => keysAtHand(app, board))
  useKeys({
    ArrowUp: move(-1, 0),
    ArrowDown: move(1, 0),
    ArrowLeft: move(0, -1),
    ArrowRight: move(0, 1),
    '⇧ArrowUp': move(-1, 0, true),
    '⇧ArrowDown': move(1, 0, true),
    '⇧ArrowLeft': move(0, -1, true),
    '⇧ArrowRight': move(0, 1, true),
    Home: move(0, -board.columns.length),
    End: move(0, board.columns.length),
    PageUp: move(-12, 0),
    PageDown: move(12, 0),
    J: move(1, 0),
    K: move(-1, 0),
    X: () => {
      const key = activeKey(app, board)
      if (key !== undefined) toggleMark(app.selection, key)
    },
    Enter: () => openActive(app, board),
    N: () => stepQueue(app, 1),
    '⇧N': () => stepQueue(app, -1),
    F: () => nextTab(app.filters),
    H: () => planKeys(app, text, planAtHand(app.plans.getState())).H(),
    W: () => planKeys(app, text, planAtHand(app.plans.getState())).W(),
    '.': () => board.applyOrder(),
    Escape: () => stepBack(app),
  })
}

export function activeKey(app: App, board: BoardModel): RolloutKey | undefined {
  const { active } = app.selection.getState()
  return active === undefined ? undefined : keyAt(board, active.row, active.context)
}

/** The marked rollouts, else the selected one. */
export function keysAtHand(app: App, board: BoardModel): readonly RolloutKey[] {
  const { marked } = app.selection.getState()
  if (marked.size > 0) return [...marked]
  const key = activeKey(app, board)
  return key === undefined ? [] : [key]
}

function moveActive(app: App, board: BoardModel, rows: number, columns: number, marks: boolean): void {
  const { active } = app.selection.getState()
  const clamp = (value: number, length: number) => Math.max(0, Math.min(length - 1, value))
  const rowAt = board.items.findIndex((item) => item.id === active?.row)
  const columnAt = board.columns.findIndex((column) => column.context === active?.context)
  const fresh = rowAt < 0 || columnAt < 0
  const item = board.items[fresh ? firstRow(board) : clamp(rowAt + rows, board.items.length)]
  const column = board.columns[fresh ? 0 : clamp(columnAt + columns, board.columns.length)]
  if (item === undefined || column === undefined) return
  const place: CellPlace = { row: item.id, context: column.context }
  if (marks) {
    const keys = [active, place].flatMap((each) => (each ? (keyAt(board, each.row, each.context) ?? []) : []))
    addMarks(app.selection, keys)
  }
  app.selection.setState({ active: place })
}

const firstRow = (board: BoardModel): number => board.items.findIndex((item) => item.kind === 'row')

function openActive(app: App, board: BoardModel): void {
  const { active } = app.selection.getState()
  const item = board.items.find((each) => each.id === active?.row)
  if (item?.kind === 'group') toggleGroup(app.filters, item.group)
  const column = board.columns.find(({ context }) => context === active?.context)
  if (column?.fold !== undefined) toggleClusterGroup(app.filters, column.group)
  const key = activeKey(app, board)
  if (key !== undefined) app.goTo(hrefOf({ page: 'rollout', key }))
}

function stepQueue(app: App, step: 1 | -1): void {
  const explained = explainedBy(app.plans.getState().underWay)
  const entries = buildQueue(app.fleet.getState().rollouts, app.clusters.getState().clusters, explained)
  const at = entries.findIndex((entry) => entry.id === app.selection.getState().queueEntry)
  const entry = entries.at(at < 0 ? (step > 0 ? 0 : -1) : (at + step) % entries.length)
  if (entry === undefined) return
  app.selection.setState({ queueEntry: entry.id })
  if (entry.kind !== 'cluster') {
    app.selection.setState({ active: { row: rowIdOf(entry.view), context: entry.view.context } })
  }
}

/** Escape closes one thing at a time: marks, then the filter, then the selection. */
function stepBack(app: App): void {
  const { marked } = app.selection.getState()
  const filter = document.activeElement instanceof HTMLInputElement ? document.activeElement : undefined
  if (filter !== undefined) filter.blur()
  if (marked.size > 0) clearMarks(app.selection)
  else if (app.filters.getState().fleet !== '') app.filters.setState({ fleet: '' })
  else app.selection.setState({ active: undefined })
}
