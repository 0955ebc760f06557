import { useMemo } from 'react'
import { useStore } from 'zustand'
import type { ClusterView } from '#contract/views.ts'
import { connectionNote, modeIcon, modeWord } from '../../format/cluster-words.ts'
import { toggleClusterGroup } from '../../store/filters.ts'
import { planAtHand, wavesByContext } from '../../store/plans.ts'
import { useApp, useText, useTicking } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import { columnWidths, rowHeights } from '../../ui/row-heights.ts'
import type { Span } from './board-window.ts'
import type { BoardColumn } from './columns.ts'

/** Context → its waves in the plan of the strip. */
function useWaves(): ReadonlyMap<string, readonly number[]> | undefined {
  const { plans } = useApp()
  const plan = useStore(plans, (state) => state.underWay.get(planAtHand(state)?.id ?? '')?.plan)
  return useMemo(() => plan && wavesByContext(plan), [plan])
}

interface BoardHeadProps {
  readonly columns: readonly BoardColumn[]
  /** The columns that are drawn. */
  readonly across: Span
  readonly width: number
  readonly activeColumn: number
}

export function BoardHead({ columns, across, width, activeColumn }: BoardHeadProps) {
  const text = useText()
  const waves = useWaves()
  return (
    <div className="board-head" role="row" aria-rowindex={1} style={{ height: rowHeights.boardHead }}>
      <div className="corner" role="columnheader" aria-colindex={1}>
        {text('board.application')}
      </div>
      {columns.slice(across.first, across.end).map((cluster, nth) => {
        const index = across.first + nth
        return (
          <div
            key={cluster.context}
            className={`column-head${index === activeColumn ? ' on' : ''}`}
            role="columnheader"
            aria-colindex={index + 2}
            style={{ insetInlineStart: columnWidths.rowHead + width * index, width }}
          >
            {cluster.fold === undefined ? (
              <ColumnName cluster={cluster} waves={waves?.get(cluster.context)} />
            ) : (
              <FoldName group={cluster.group} count={cluster.fold.length} />
            )}
          </div>
        )
      })}
    </div>
  )
}

/** A folded group: a press unfolds it. */
function FoldName({ group, count }: { readonly group: string; readonly count: number }) {
  const text = useText()
  const { filters } = useApp()
  return (
    <button type="button" className="fold-name" tabIndex={-1} onClick={() => toggleClusterGroup(filters, group)}>
      <span className="name cut" title={group}>
        <Icon name="chev-r" className="icon-sm" /> {group}
      </span>
      <span className="mode">{text('fold.clusters', { count })}</span>
    </button>
  )
}

interface ColumnNameProps {
  readonly cluster: ClusterView
  /** Of the plan in the strip. */
  readonly waves: readonly number[] | undefined
}

/** Name, who drives there, and its waves; late and unreachable say so here too (UI-P-6). */
function ColumnName({ cluster, waves }: ColumnNameProps) {
  const text = useText()
  const note = useTicking((now) => connectionNote(text, cluster, now))
  const word = modeWord(text, cluster)
  const short = word === text('mode.inCluster') ? text('mode.inClusterShort') : word
  return (
    <>
      <div className="name cut" title={cluster.context}>
        {cluster.context}
      </div>
      <div className="mode" title={note === undefined ? word : `${word}, ${note}`}>
        <Icon name={modeIcon(cluster)} />
        <span className={`cut${note === undefined ? '' : ' ink-paused'}`}>{note ?? short}</span>
        {cluster.protected && <Icon name="lock" label={text('cluster.protected')} className="end" />}
        {waves !== undefined && (
          <span className="wave-mark num" title={text('plan.columnWaves', { waves: waves.join(', ') })}>
            {text('plan.columnMark', { waves: waves.join('·') })}
          </span>
        )}
      </div>
    </>
  )
}
