import type { ClusterView, RolloutView, ShownStatus } from '#contract/views.ts'

/** A column of the board: one cluster, or a group of them that is folded (UI-VIRT-9). */
export type BoardColumn = ClusterView & {
  /** The clusters it stands for. */
  readonly fold?: readonly ClusterView[]
}

/** No context of a kubeconfig can be told from one of these by a person, but by the line break. */
const foldContext = (group: string): string => `\n${group}`

/** A folded group is one column, where its first cluster stood. */
export function foldColumns(columns: readonly ClusterView[], folded: ReadonlySet<string>): readonly BoardColumn[] {
  if (folded.size === 0) return columns
  const groups = Map.groupBy(columns, ({ group }) => group)
  const done = new Set<string>()
  return columns.flatMap((column): readonly BoardColumn[] => {
    const { group } = column
    const members = groups.get(group) ?? []
    if (!folded.has(group) || members.length < 2) return [column]
    if (done.has(group)) return []
    done.add(group)
    return [{ ...column, context: foldContext(group), fold: members }]
  })
}

/** As the icons stand in a folded cell: what needs somebody first. */
const order: readonly ShownStatus[] = [
  'Degraded',
  'Inconclusive',
  'Aborted',
  'Paused',
  'Progressing',
  'Unknown',
  'Healthy',
]

/** How many of an application's rollouts in these clusters have each status; those without any are left out. */
export function statusCounts(
  cells: ReadonlyMap<string, RolloutView>,
  members: readonly ClusterView[],
): readonly (readonly [ShownStatus, number])[] {
  const views = members.flatMap(({ context }) => cells.get(context) ?? [])
  return order.flatMap((status) => {
    const count = views.filter((view) => view.status === status).length
    return count === 0 ? [] : [[status, count] as const]
  })
}
