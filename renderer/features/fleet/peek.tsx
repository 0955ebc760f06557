import { useStore } from 'zustand'
import type { ActionName, RolloutKey, RolloutView } from '#contract/views.ts'
import { underWayWords } from '../../format/analysis-words.ts'
import { whyWords } from '../../format/reason-words.ts'
import { stepsDone, timeLeft } from '../../format/status-words.ts'
import { ActionButton, actionKeys } from '../../marks/action-button.tsx'
import { StatusMark } from '../../marks/status-mark.tsx'
import { planFor } from '../../store/new-plan.ts'
import { diffOf, hrefOf } from '../../store/route.ts'
import { clearMarks } from '../../store/selection.ts'
import { beginAction } from '../../store/send-action.ts'
import { useApp, useFleet, useRollout, useText, useTicking } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Legend } from './legend.tsx'
import { type BoardModel, keyAt } from './use-board.ts'

/** One line about what the keys act on: the selected cell, or all marked ones. */
export function Peek({ board }: { readonly board: BoardModel }) {
  const { selection, isPast } = useApp()
  const active = useStore(selection, (state) => state.active)
  const marked = useStore(selection, (state) => state.marked)
  const key = active === undefined ? undefined : keyAt(board, active.row, active.context)
  const view = useRollout(key)
  if (marked.size > 0 && !isPast) return <PeekMarked keys={[...marked]} />
  return view === undefined ? <Legend /> : <PeekOne view={view} />
}

function PeekOne({ view }: { readonly view: RolloutView }) {
  const app = useApp()
  const text = useText()
  const pods = text('pods.ready', { ready: view.replicas.ready, count: view.replicas.desired })
  const trouble = view.status === 'Degraded' && view.why.length > 0 ? whyWords(text, view.why) : undefined
  const analysis =
    view.analysis === undefined || view.analysis.phase === 'Successful' ? undefined : underWayWords(text, view.analysis)
  const facts = useTicking((now) =>
    [stepsDone(text, view), timeLeft(text, view, now), analysis, pods, trouble]
      .filter((each) => each !== undefined)
      .join(', '),
  )
  return (
    <section className="peek" data-region aria-label={text('peek.label')}>
      <span className="strong cut">{view.name}</span>
      <span className="dim cut">{view.context}</span>
      <StatusMark view={view} />
      <span className="dim cut num facts-line" title={facts}>
        {facts}
      </span>
      <span className="space" />
      {view.kind === undefined ? <OwnActions view={view} /> : <NativeActions view={view} />}
      <Button
        small
        label={text('action.open')}
        hint="↵"
        onPress={() => app.goTo(hrefOf({ page: 'rollout', key: view.key }))}
      />
    </section>
  )
}

function OwnActions({ view }: { readonly view: RolloutView }) {
  const app = useApp()
  const text = useText()
  return (
    <>
      <ActionButton small view={view} action={view.actions.retry.open ? 'retry' : 'promote'} />
      <ActionButton small view={view} action="abort" />
      <Button small label={text('action.diff')} hint="D" onPress={() => app.goTo(hrefOf(diffOf(view.key)))} />
    </>
  )
}

/** What `kubectl rollout` can do. */
function NativeActions({ view }: { readonly view: RolloutView }) {
  return (
    <>
      {view.kind === 'Deployment' && (
        <ActionButton small view={view} action={view.actions.resume.open ? 'resume' : 'pause'} />
      )}
      <ActionButton small view={view} action="undo" />
      <ActionButton small view={view} action="restart" />
    </>
  )
}

const bulkActions: readonly ActionName[] = ['promote', 'pause', 'resume', 'abort', 'retry', 'undo', 'restart']

/** The others are offered where they are open. */
const usualActions: ReadonlySet<ActionName> = new Set<ActionName>(['promote', 'pause', 'abort', 'retry', 'undo'])

/** UI-ACT: one dialog for all of them; those that cannot take it stay in its list with their reason. */
function PeekMarked({ keys }: { readonly keys: readonly RolloutKey[] }) {
  const app = useApp()
  const text = useText()
  const rollouts = useFleet((state) => state.rollouts)
  const openFor = (action: ActionName) => keys.filter((key) => rollouts.get(key)?.actions[action].open).length
  return (
    <section className="peek" data-region aria-label={text('peek.label')}>
      <span className="strong">{text('peek.marked', { count: keys.length })}</span>
      <span className="space" />
      {bulkActions.map((action) => {
        const open = openFor(action)
        return open === 0 && !usualActions.has(action) ? null : (
          <Button
            key={action}
            small
            label={text('peek.bulk', { action: text(`action.${action}`), open })}
            hint={actionKeys[action]}
            offBecause={open === 0 ? text('peek.noneOpen') : undefined}
            onPress={() => beginAction(app, action, keys)}
          />
        )
      })}
      <Button
        small
        icon="flag"
        label={text('peek.plan')}
        offBecause={keys.some((key) => rollouts.get(key)?.kind === undefined) ? undefined : text('peek.planNone')}
        onPress={() => void planFor(app, keys)}
      />
      <Button small kind="ghost" label={text('peek.clear')} hint="Esc" onPress={() => clearMarks(app.selection)} />
    </section>
  )
}
