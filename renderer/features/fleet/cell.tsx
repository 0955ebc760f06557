import { memo } from 'react'
import { useStore } from 'zustand'
import type { RolloutKey, RolloutView } from '#contract/views.ts'
import { cellName, statusWord, stepCount, toneOf } from '../../format/status-words.ts'
import { formatPercent } from '../../format/weight.ts'
import { Age } from '../../marks/ages.tsx'
import { StatusIcon } from '../../marks/status-mark.tsx'
import { WeightBar } from '../../marks/weight-bar.tsx'
import { hrefOf } from '../../store/route.ts'
import { toggleMark } from '../../store/selection.ts'
import { useApp, useRollout, useText, useTicking } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'

interface CellProps {
  readonly id: string
  readonly rolloutKey: RolloutKey | undefined
  readonly row: string
  readonly context: string
  readonly column: number
  readonly start: number
  readonly width: number
  readonly quiet: boolean
  readonly active: boolean
}

/** One rollout; renders again only when its own record, mark or place changed (UI-VIRT-4). */
export const Cell = memo(function Cell(props: CellProps) {
  const { rolloutKey, row, context, column, start, width, active } = props
  const app = useApp()
  const view = useRollout(rolloutKey)
  const marked = useStore(app.selection, (state) => rolloutKey !== undefined && state.marked.has(rolloutKey))
  const classes = [
    'cell',
    view === undefined ? 'none hatch' : toneOf(view.status),
    active && 'on',
    marked && 'marked',
    view?.drift && 'drift',
  ]
  const select = (marks: boolean) => {
    app.selection.setState({ active: { row, context } })
    if (marks && rolloutKey !== undefined) toggleMark(app.selection, rolloutKey)
  }
  return (
    <div
      id={props.id}
      className={classes.filter(Boolean).join(' ')}
      role="gridcell"
      aria-colindex={column}
      aria-selected={active || marked}
      style={{ insetInlineStart: start, width }}
      onClick={(event) => select(event.metaKey || event.ctrlKey)}
      onDoubleClick={() => rolloutKey !== undefined && app.goTo(hrefOf({ page: 'rollout', key: rolloutKey }))}
    >
      {view === undefined ? <NotDeployed row={row} context={context} /> : <Deployed view={view} quiet={props.quiet} />}
    </div>
  )
})

function NotDeployed({ row, context }: { readonly row: string; readonly context: string }) {
  const text = useText()
  return (
    <>
      <span className="unseen">{text('cell.none', { app: row.slice(row.indexOf('/') + 1), cluster: context })}</span>
      <span aria-hidden>–</span>
    </>
  )
}

function Deployed({ view, quiet }: { readonly view: RolloutView; readonly quiet: boolean }) {
  const text = useText()
  const { requested } = useApp()
  const name = useTicking((now) => cellName(text, view, now))
  const pending = useStore(requested, (state) => state.actions.has(view.key))
  const settled = view.status === 'Healthy'
  const raw = [view.phase, view.message].filter((part) => part !== '').join(': ')
  return (
    <>
      <span className="unseen">{name}</span>
      <div className="first drops" aria-hidden title={raw}>
        <span className={`status ${settled ? 'settled' : `ink-${toneOf(view.status)}`}`}>
          <StatusIcon status={view.status} settled={settled} />
          <span className="word cut">{pending ? text('cell.requested') : statusWord(text, view.status)}</span>
        </span>
        {view.drift && <Icon name="drift" className="drift-mark" />}
        <Age since={view.since} className="age" />
      </div>
      {quiet ? <WeightBarOf view={view} quiet /> : <SecondLine view={view} settled={settled} />}
    </>
  )
}

function SecondLine({ view, settled }: { readonly view: RolloutView; readonly settled: boolean }) {
  const count = stepCount(view)
  return (
    <div className="second" aria-hidden>
      <Icon name={view.strategy === 'blueGreen' ? 'bluegreen' : 'canary'} className="strategy" />
      <WeightBarOf view={view} quiet={settled} />
      {!settled && view.strategy === 'canary' && (
        <span className="num percent">{formatPercent(view.actualWeight, view.maxWeight)}</span>
      )}
      {count !== undefined && <span className="num faint step-count">{count}</span>}
    </div>
  )
}

const WeightBarOf = ({ view, quiet }: { readonly view: RolloutView; readonly quiet: boolean }) => (
  <span className="bar-place" aria-hidden>
    <WeightBar view={view} quiet={quiet} />
  </span>
)
