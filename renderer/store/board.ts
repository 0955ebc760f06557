import { needsPerson, rowIdOf, urgencyOf } from '#contract/attention.ts'
import type { ClusterView, RolloutKey, RolloutView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { type FilterTerm, matchesAll } from './filter-terms.ts'

export type BoardTab = 'all' | 'needsYou' | 'moving' | 'drifted'
export type BoardGroup = 'moving' | 'settled'

/** Which kinds of workload are on the board. */
export type BoardKinds = 'all' | 'rollouts' | 'native'

/** One application: the rollouts of one namespace and name in all clusters. */
export interface BoardRow {
  /** See `rowIdOf`. */
  readonly id: string
  readonly namespace: string
  readonly name: string
  readonly group: BoardGroup
  /** Context → the rollout there. */
  readonly cells: ReadonlyMap<string, RolloutView>
  /** The cell that asks for the most attention; it stands for the row in its head. */
  readonly lead: RolloutView
  readonly tabs: ReadonlySet<BoardTab>
  /** No version leads: every cell is marked as drifted (UI-STAT-7). */
  readonly noMajority: boolean
}

export interface Board {
  readonly rows: readonly BoardRow[]
  readonly counts: Readonly<Record<BoardTab, number>>
}

/** Whether it is on its way without anybody's help. */
const isMoving = (view: RolloutView): boolean => urgencyOf(view) === 4 || view.status === 'Progressing'

/** UI-STAT-7: what a plan under way explains is no drift. */
export const withoutPlanned = (view: RolloutView, explained: ReadonlySet<RolloutKey>): RolloutView =>
  view.drift && explained.has(view.key) ? { ...view, drift: false } : view

/** The rows that pass the filter, most urgent first, then by name; settled ones by name. @param explained by a plan under way */
export function buildBoard(
  rollouts: ReadonlyMap<RolloutKey, RolloutView>,
  terms: readonly FilterTerm[],
  now: EpochMs,
  kinds: BoardKinds = 'all',
  explained: ReadonlySet<RolloutKey> = new Set(),
): Board {
  const byApp = new Map<string, RolloutView[]>()
  const shown = new Set<string>()
  for (const each of rollouts.values()) {
    if (kinds !== 'all' && (kinds === 'native') !== (each.kind !== undefined)) continue
    const view = withoutPlanned(each, explained)
    const id = rowIdOf(view)
    const views = byApp.get(id)
    if (views === undefined) byApp.set(id, [view])
    else views.push(view)
    if (terms.length === 0 || (!shown.has(id) && matchesAll(terms, view, now))) shown.add(id)
  }
  const rows = [...shown].map((id) => buildRow(id, byApp.get(id) ?? [])).sort(compareRows)
  const counts = { all: 0, needsYou: 0, moving: 0, drifted: 0 }
  for (const row of rows) for (const tab of row.tabs) counts[tab] += 1
  return { rows, counts }
}

function buildRow(id: string, views: readonly RolloutView[]): BoardRow {
  let lead = views[0] as RolloutView
  const tabs = new Set<BoardTab>(['all'])
  const cells = new Map<string, RolloutView>()
  for (const view of views) {
    cells.set(view.context, view)
    if (urgencyOf(view) < urgencyOf(lead)) lead = view
    if (needsPerson(view) || view.drift) tabs.add('needsYou')
    if (isMoving(view)) tabs.add('moving')
    if (view.drift) tabs.add('drifted')
  }
  const group = lead.status === 'Healthy' ? 'settled' : 'moving'
  const noMajority = views.length > 1 && views.every(({ drift }) => drift)
  return { id, namespace: lead.namespace, name: lead.name, group, cells, lead, tabs, noMajority }
}

function compareRows(a: BoardRow, b: BoardRow): number {
  return urgencyOf(a.lead) - urgencyOf(b.lead) || compareText(a.name, b.name) || compareText(a.id, b.id)
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Clusters that have a column: those that answer, and those whose last known rollouts are still shown. */
export const boardColumns = (clusters: readonly ClusterView[], present: ReadonlySet<string>): readonly ClusterView[] =>
  clusters.filter(
    (cluster) =>
      present.has(cluster.context) || cluster.connection.state === 'connected' || cluster.connection.state === 'late',
  )

/** Order and grouping while somebody works in the list: rows keep their place, new ones come last (UI-VIRT-6). */
export interface FrozenOrder {
  readonly rows: readonly BoardRow[]
  /** How many rows would stand elsewhere if the order were applied. */
  readonly wantToMove: number
}

export function keepOrder(frozen: readonly BoardRow[], live: readonly BoardRow[]): FrozenOrder {
  const rest = new Map(live.map((row) => [row.id, row]))
  const kept: BoardRow[] = []
  for (const { id, group } of frozen) {
    const row = rest.get(id)
    if (row === undefined) continue
    rest.delete(id)
    kept.push(row.group === group ? row : { ...row, group })
  }
  const rows = [...kept, ...rest.values()]
  return { rows, wantToMove: countMoves(rows, live) }
}

/** Rows to lift out so that the others already stand in their live order: all but a longest rising run. */
function countMoves(rows: readonly BoardRow[], live: readonly BoardRow[]): number {
  const place = new Map(live.map((row, index) => [row.id, index]))
  const tails: number[] = []
  for (const row of rows) {
    const at = place.get(row.id) ?? 0
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((tails[middle] ?? 0) < at) low = middle + 1
      else high = middle
    }
    tails[low] = at
  }
  return rows.length - tails.length
}
