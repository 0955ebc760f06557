import { useState } from 'react'
import type { PlanForecastView } from '#contract/plan-views.ts'
import type { Text } from '../../format/text.ts'
import { closeOverlay } from '../../store/app.ts'
import { dropDraft } from '../../store/plan-draft.ts'
import { hrefOf, planOf } from '../../store/route.ts'
import { hideToast, showToast } from '../../store/toasts.ts'
import { useApp, useClusters, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { ask } from './ask.ts'
import { DialogFields, useConfirmKey } from './dialog-fields.tsx'
import { ForecastTotals, Warnings } from './forecast-pane.tsx'
import { isBroken, readPlanText } from './plan-text.ts'
import { type Checked, useCheck } from './use-check.ts'

/** The last look before a plan is kept, or kept and started: its blast radius, checked once more (UI-ACT-1, UI-ACT-7). */
export function KeepPlanDialog({ start }: { readonly start: boolean }) {
  const app = useApp()
  const text = useText()
  // The draft as it was when the dialog opened: nothing else is kept.
  const [written] = useState(() => app.planDraft.getState().draft?.text ?? '')
  const checked = useCheck(written)
  const { check, failed } = checked
  const [typed, setTyped] = useState('')
  const keeping = useKeeping(written, start, typed)
  const forecast = check?.forecast
  const name = forecast?.name ?? ''
  const guard = useGuard(forecast, start)
  const off = keeping.state === 'sending' ? text('dialog.sending') : shutBecause(text, checked, guard, typed)
  const confirm = () => off === undefined && keeping.keep(name)
  useConfirmKey(confirm)
  const why = keeping.failed ?? failed
  return (
    <>
      <header className="dialog-head">
        <span className="dialog-icon">
          <Icon name={start ? 'play' : 'flag'} />
        </span>
        <h2>{text(start ? 'plan.title.start' : 'planEditor.keepTitle', { name })}</h2>
        <Home written={written} />
        <p className="dim">{text(start ? 'planEditor.startMeans' : 'planEditor.keepMeans')}</p>
      </header>
      <div className="dialog-body scroll">
        {check === undefined && failed === undefined && <p className="dialog-line faint">{text('dialog.loading')}</p>}
        {forecast !== undefined && (
          <>
            <ForecastTotals forecast={forecast} />
            <WaveTable forecast={forecast} />
            <Warnings forecast={forecast} />
          </>
        )}
        {why !== undefined && (
          <p className="dialog-line plan-refused ink-degraded" role="alert">
            {text('dialog.refused', { why })}
          </p>
        )}
        <DialogFields guard={guard} typed={typed} onTyped={setTyped} reason={undefined} onReason={() => {}} />
      </div>
      <Foot start={start} off={off} onConfirm={confirm} />
    </>
  )
}

function shutBecause(
  text: Text,
  { check, failed }: Checked,
  guard: string | undefined,
  typed: string,
): string | undefined {
  if (check === undefined) return failed ?? text('dialog.loading')
  if (check.faults.length > 0) return text('planEditor.mend', { count: check.faults.length })
  return guard === undefined || guard === typed ? undefined : text('dialog.typeFirst', { name: guard })
}

interface FootProps {
  readonly start: boolean
  readonly off: string | undefined
  readonly onConfirm: () => void
}

function Foot({ start, off, onConfirm }: FootProps) {
  const app = useApp()
  const text = useText()
  return (
    <footer className="dialog-foot">
      <span className="space" />
      <Button label={text('dialog.cancel')} hint="Esc" className="dialog-cancel" onPress={() => closeOverlay(app)} />
      <Button
        kind="primary"
        icon={start ? 'play' : 'check'}
        hint="⌘↵"
        label={text(start ? 'plan.confirm.start' : 'planEditor.save')}
        offBecause={off}
        onPress={onConfirm}
      />
    </footer>
  )
}

/** Where the plan itself is written to. */
function Home({ written }: { readonly written: string }) {
  const form = readPlanText(written)
  if (isBroken(form)) return null
  return (
    <span className="chip cut">
      <Icon name="flag" />
      <span className="cut">{form.home.context}</span>
    </span>
  )
}

/** In which order, and which of them are protected. */
function WaveTable({ forecast }: { readonly forecast: PlanForecastView }) {
  const text = useText()
  const clusters = useClusters((state) => state.clusters)
  const guarded = new Set(clusters.filter((each) => each.protected).map(({ context }) => context))
  return (
    <ol className="plan-keep-waves">
      {forecast.waves.map((wave, index) => (
        <li key={`${index} ${wave.name}`}>
          <b>{text('plan.waveNumber', { wave: index + 1 })}</b>
          <span className="plan-chips">
            {wave.members.map((member) => (
              <span key={member.id} className="chip line" title={member.id}>
                {guarded.has(member.context) && <Icon name="lock" label={text('cluster.protected')} />}
                <span className="cut">{member.context}</span>
              </span>
            ))}
          </span>
        </li>
      ))}
    </ol>
  )
}

/** UI-ACT-2: a start writes to every member in the end; keeping writes to its home alone. */
function useGuard(forecast: PlanForecastView | undefined, start: boolean): string | undefined {
  const clusters = useClusters((state) => state.clusters)
  if (!start || forecast === undefined) return undefined
  const isOpen = (context: string) => clusters.find((each) => each.context === context)?.protected === false
  const contexts = forecast.waves.flatMap(({ members }) => members.map(({ context }) => context))
  return contexts.some((context) => !isOpen(context)) ? forecast.name : undefined
}

const noteMs = 5000

function useKeeping(written: string, start: boolean, typed: string) {
  const app = useApp()
  const text = useText()
  const [state, setState] = useState<'ready' | 'sending'>('ready')
  const [failed, setFailed] = useState<string>()
  const keep = async (name: string) => {
    setState('sending')
    setFailed(undefined)
    const answer = await ask(
      text,
      app.bridge.call('plan.create', { text: written, start, ...(start && typed !== '' && { confirm: typed }) }),
    )
    if (!answer.ok) {
      setFailed(answer.error)
      setState('ready')
      return
    }
    dropDraft(app.planDraft)
    closeOverlay(app)
    app.goTo(hrefOf(planOf(answer.value)))
    const id = `plan ${answer.value}`
    const title = text(start ? 'plan.told.start' : 'planEditor.kept', { name })
    showToast(app.toasts, { id, tone: 'done', title, detail: '' })
    app.clock.after(noteMs, () => hideToast(app.toasts, id))
  }
  return { state, failed, keep: (name: string) => void keep(name) }
}
