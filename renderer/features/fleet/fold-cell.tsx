import { memo } from 'react'
import type { ClusterView, RolloutView } from '#contract/views.ts'
import { statusWord, toneOf } from '../../format/status-words.ts'
import type { Text } from '../../format/text.ts'
import { StatusIcon } from '../../marks/status-mark.tsx'
import { toggleClusterGroup } from '../../store/filters.ts'
import { useApp } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import { statusCounts } from './columns.ts'

interface FoldCellProps {
  readonly text: Text
  readonly id: string
  readonly row: string
  readonly name: string
  readonly cells: ReadonlyMap<string, RolloutView>
  readonly members: readonly ClusterView[]
  readonly context: string
  readonly group: string
  readonly column: number
  readonly width: number
  readonly before: number
  readonly active: boolean
}

/** One application in a folded group of clusters: each status as icon and number (UI-VIRT-9). */
export const FoldCell = memo(function FoldCell(props: FoldCellProps) {
  const { text, id, row, name, cells, members, context, group, column, width, before, active } = props
  const app = useApp()
  const counts = statusCounts(cells, members)
  const drifted = members.filter((member) => cells.get(member.context)?.drift).length
  const words = counts.map(([status, count]) => text('fold.count', { status: statusWord(text, status), count }))
  const facts = drifted === 0 ? words : [...words, text('fold.count', { status: text('status.drift'), count: drifted })]
  return (
    <div
      id={id}
      className={`cell fold-cell${active ? ' on' : ''}${counts.length === 0 ? ' none hatch' : ''}`}
      role="gridcell"
      aria-colindex={column + 2}
      aria-selected={active}
      style={{ width, marginInlineStart: before }}
      onClick={() => app.selection.setState({ active: { row, context } })}
      onDoubleClick={() => toggleClusterGroup(app.filters, group)}
    >
      <span className="unseen">
        {counts.length === 0
          ? text('cell.none', { app: name, cluster: group })
          : text('cell.name', { app: name, cluster: group, facts: facts.join(', ') })}
      </span>
      <span className="row drops" aria-hidden>
        {counts.map(([status, count]) => (
          <span key={status} className={`status ink-${toneOf(status)}`}>
            <StatusIcon status={status} settled={status === 'Healthy'} />
            <span className="num">{count}</span>
          </span>
        ))}
        {drifted > 0 && (
          <span className="status ink-paused">
            <Icon name="drift" />
            <span className="num">{drifted}</span>
          </span>
        )}
      </span>
    </div>
  )
})
