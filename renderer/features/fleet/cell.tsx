import { memo } from 'react'
import type { ActionName, RolloutView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatMoment } from '../../format/clock-time.ts'
import { cellName, statusWord, stepCount, toneOf } from '../../format/status-words.ts'
import type { Locale, Text } from '../../format/text.ts'
import { formatPercent } from '../../format/weight.ts'
import { StatusIcon, strategyIcon } from '../../marks/status-mark.tsx'
import { MuteWeightBar } from '../../marks/weight-bar.tsx'
import { hrefOf } from '../../store/route.ts'
import { toggleMark } from '../../store/selection.ts'
import { useApp } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'

/** Hundreds of these come and go while the board scrolls: all they say is handed to them, and nothing is subscribed to. */
interface CellProps {
  readonly text: Text
  readonly locale: Locale
  readonly id: string
  /** `undefined`: not deployed there. */
  readonly view: RolloutView | undefined
  /** `namespace/name`. */
  readonly row: string
  readonly context: string
  /** Index of the column. */
  readonly column: number
  readonly width: number
  /** Room for the columns before it that are not drawn, in px. */
  readonly before: number
  readonly quiet: boolean
  readonly active: boolean
  readonly marked: boolean
  readonly pending: boolean
  /** The action that no engine acted on (ACT-58). */
  readonly ignored: ActionName | undefined
  readonly age: string
  /** The present while a timer runs here, else any constant. */
  readonly now: EpochMs
}

/** One rollout; renders again only when something it says has changed (UI-VIRT-4). */
export const Cell = memo(function Cell(props: CellProps) {
  const { view, row, context, width, before, active, marked } = props
  const app = useApp()
  const classes = [
    'cell',
    view === undefined ? 'none hatch' : toneOf(view.status),
    active && 'on',
    marked && 'marked',
    view?.drift && 'drift',
  ]
  const select = (marks: boolean) => {
    app.selection.setState({ active: { row, context } })
    if (marks && view !== undefined) toggleMark(app.selection, view.key)
  }
  return (
    <div
      id={props.id}
      className={classes.filter(Boolean).join(' ')}
      role="gridcell"
      aria-colindex={props.column + 2}
      aria-selected={active || marked}
      style={{ width, marginInlineStart: before }}
      onClick={(event) => select(event.metaKey || event.ctrlKey)}
      onDoubleClick={() => view !== undefined && app.goTo(hrefOf({ page: 'rollout', key: view.key }))}
    >
      <span className="unseen">{nameOf(props)}</span>
      {view === undefined ? <span aria-hidden>–</span> : <FirstLine {...props} view={view} />}
      {view !== undefined &&
        (props.quiet ? <MuteWeightBar key={view.key} view={view} quiet /> : <SecondLine view={view} />)}
    </div>
  )
})

function nameOf({ text, view, row, context, now, ignored }: CellProps): string {
  if (view === undefined) return text('cell.none', { app: row.slice(row.indexOf('/') + 1), cluster: context })
  const name = cellName(text, view, now)
  return ignored === undefined ? name : `${name}, ${text('fact.notSeen', { action: text(`action.${ignored}`) })}`
}

function FirstLine({ text, locale, view, pending, ignored, age }: CellProps & { readonly view: RolloutView }) {
  const { status, drift, since, phase, message } = view
  const settled = status === 'Healthy'
  return (
    <div className="first drops" aria-hidden title={[phase, message].filter((part) => part !== '').join(': ')}>
      <span className={`status ${settled ? 'settled' : `cut ink-${toneOf(status)}`}`}>
        <StatusIcon status={status} settled={settled} />
        {pending ? text('cell.requested') : statusWord(text, status)}
      </span>
      {ignored !== undefined && <Icon name="warn" className="ink-paused icon-sm" />}
      {drift && <Icon name="drift" className="drift-mark" />}
      <span className="num age" title={formatMoment(since, locale)}>
        {age}
      </span>
    </div>
  )
}

function SecondLine({ view }: { readonly view: RolloutView }) {
  const settled = view.status === 'Healthy'
  const count = stepCount(view)
  return (
    <div className="second" aria-hidden>
      <Icon name={strategyIcon(view)} className="strategy" />
      <MuteWeightBar key={view.key} view={view} quiet={settled} />
      {!settled && view.strategy === 'canary' && (
        <span className="num percent">{formatPercent(view.actualWeight, view.maxWeight)}</span>
      )}
      {count !== undefined && <span className="num faint step-count">{count}</span>}
    </div>
  )
}
