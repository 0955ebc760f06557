import { useCallback, useDeferredValue, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { ClusterView, RolloutKey, RolloutView } from '#contract/views.ts'
import type { Dispose } from '#lib/clock.ts'
import {
  type BoardGroup,
  type BoardRow,
  type BoardTab,
  boardColumns,
  buildBoard,
  keepOrder,
} from '../../store/board.ts'
import { type FilterTerm, parseFilter } from '../../store/filter-terms.ts'
import { explainedBy } from '../../store/plans.ts'
import { useApp, useClusters, useFleet, useTicking } from '../../store/use-app.ts'
import { type BoardColumn, foldColumns } from './columns.ts'

/** What the virtual list shows: a head per group, then its rows unless folded. */
export type BoardItem =
  | {
      readonly kind: 'group'
      readonly id: string
      readonly group: BoardGroup
      readonly count: number
      readonly folded: boolean
    }
  | { readonly kind: 'row'; readonly id: string; readonly row: BoardRow }

export interface BoardModel {
  readonly items: readonly BoardItem[]
  readonly columns: readonly BoardColumn[]
  readonly counts: Readonly<Record<BoardTab, number>>
  readonly terms: readonly FilterTerm[]
  readonly wantToMove: number
  /** Pointer or focus came into the list, or left it. */
  readonly hold: (held: boolean) => void
  readonly applyOrder: () => void
}

const releaseMs = 2000

export function useBoard(): BoardModel {
  const app = useApp()
  const rollouts = useFleet((state) => state.rollouts)
  const clusters = useClusters((state) => state.clusters)
  // The field shows what is typed at once; the rows follow when there is time for them (UI-VIRT-5).
  const filter = useDeferredValue(useStore(app.filters, (state) => state.fleet))
  const tab = useStore(app.filters, (state) => state.tab)
  const kinds = useStore(app.filters, (state) => state.kinds)
  const folded = useStore(app.filters, (state) => state.folded)
  const terms = useMemo(() => parseFilter(filter), [filter])
  const now = useTicking((at) => (terms.some((term) => term.text.startsWith('age:')) ? at : 0))
  const underWay = useStore(app.plans, (state) => state.underWay)
  const explained = useMemo(() => explainedBy(underWay), [underWay])
  const live = useMemo(
    () => buildBoard(rollouts, terms, now, kinds, explained),
    [rollouts, terms, now, kinds, explained],
  )
  const wanted = useMemo(() => live.rows.filter((row) => row.tabs.has(tab)), [live, tab])
  const { order, hold, applyOrder } = useFrozenOrder(wanted, `${tab} ${kinds} ${filter}`)
  const foldedClusters = useStore(app.filters, (state) => state.foldedClusters)
  const unfolded = useMemo(() => columnsOf(clusters, rollouts.values()), [clusters, rollouts])
  const columns = useMemo(() => foldColumns(unfolded, foldedClusters), [unfolded, foldedClusters])
  const items = useMemo(() => itemsOf(order.rows, folded), [order, folded])
  return { items, columns, counts: live.counts, terms, wantToMove: order.wantToMove, hold, applyOrder }
}

function columnsOf(clusters: readonly ClusterView[], views: Iterable<RolloutView>): readonly ClusterView[] {
  const present = new Set<string>()
  for (const { context } of views) present.add(context)
  return boardColumns(clusters, present)
}

/** UI-VIRT-6: the order as it was when the hand came in; a new question (tab, filter) is a new order. */
function useFrozenOrder(wanted: readonly BoardRow[], question: string) {
  const { clock } = useApp()
  const [frozen, setFrozen] = useState<{ readonly rows: readonly BoardRow[]; readonly question: string }>()
  const latest = useRef(wanted)
  latest.current = wanted
  const release = useRef<Dispose>(() => {})
  const hold = useCallback(
    (held: boolean) => {
      release.current()
      if (held) setFrozen((now) => (now?.question === question ? now : { rows: latest.current, question }))
      else release.current = clock.after(releaseMs, () => setFrozen(undefined))
    },
    [clock, question],
  )
  const applyOrder = useCallback(() => setFrozen({ rows: latest.current, question }), [question])
  const order = useMemo(
    () => (frozen?.question === question ? keepOrder(frozen.rows, wanted) : { rows: wanted, wantToMove: 0 }),
    [frozen, question, wanted],
  )
  return { order, hold, applyOrder }
}

function itemsOf(rows: readonly BoardRow[], folded: ReadonlySet<BoardGroup>): readonly BoardItem[] {
  return (['moving', 'settled'] as const).flatMap((group): BoardItem[] => {
    const members = rows.filter((row) => row.group === group)
    if (members.length === 0) return []
    const head: BoardItem = {
      kind: 'group',
      id: `group ${group}`,
      group,
      count: members.length,
      folded: folded.has(group),
    }
    return head.folded ? [head] : [head, ...members.map((row): BoardItem => ({ kind: 'row', id: row.id, row }))]
  })
}

/** The rollout at a place, if one is deployed there. */
export function keyAt(board: BoardModel, row: string, context: string): RolloutKey | undefined {
  const item = board.items.find((each) => each.id === row)
  return item?.kind === 'row' ? item.row.cells.get(context)?.key : undefined
}
