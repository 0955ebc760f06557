import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import { openOverlay } from '../../store/app.ts'
import { emptyPlan, openDraft, writeDraft } from '../../store/plan-draft.ts'
import { hrefOf } from '../../store/route.ts'
import { useApp, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Segments } from '../../ui/segments.tsx'
import { ForecastPane } from './forecast-pane.tsx'
import { PlanFormPane } from './plan-form.tsx'
import { editPlanText, isBroken, type PlanEdit, readPlanText } from './plan-text.ts'
import { TextPane } from './text-pane.tsx'
import { type Checked, useCheck } from './use-check.ts'
import './plans.css'
import './plan-editor.css'

const panes = ['form', 'text', 'forecast'] as const
type Pane = (typeof panes)[number]

/** A new plan as a form and as text, which are one: checked as it is written, and foretold before it starts. */
export default function PlanEditor() {
  const { planDraft } = useApp()
  const draft = useStore(planDraft, (state) => state.draft)
  useEffect(() => {
    if (draft === undefined) openDraft(planDraft, emptyPlan)
  }, [planDraft, draft])
  return draft === undefined ? null : <Editor text={draft.text} />
}

function Editor({ text: written }: { readonly text: string }) {
  const { planDraft } = useApp()
  const text = useText()
  const [pane, setPane] = useState<Pane>('form')
  const checked = useCheck(written)
  const form = useMemo(() => readPlanText(written), [written])
  const faults = checked.check?.faults ?? []
  const write = (next: string) => writeDraft(planDraft, next)
  const edit = (...changes: readonly PlanEdit[]) => write(changes.reduce(editPlanText, written))
  return (
    <div className="plan-editor" data-pane={pane}>
      <Head name={isBroken(form) ? '' : form.name} checked={checked} />
      <div className="plan-panes-choice">
        <Segments
          small
          label={text('planEditor.panes')}
          value={pane}
          onChange={setPane}
          segments={panes.map((value) => ({
            value,
            label: text(`planEditor.pane.${value}`),
            count: value === 'text' && faults.length > 0 ? faults.length : undefined,
          }))}
        />
      </div>
      <div className="plan-panes">
        <PlanFormPane form={form} faults={faults} onEdit={edit} />
        <TextPane text={written} faults={faults} onWrite={write} />
        <ForecastPane checked={checked} />
      </div>
    </div>
  )
}

function Head({ name, checked }: { readonly name: string; readonly checked: Checked }) {
  const app = useApp()
  const text = useText()
  const off = shutBecause(text, checked)
  const keep = (start: boolean) => off === undefined && openOverlay(app, { kind: 'keepPlan', start })
  useEditorKeys(keep)
  return (
    <header className="plan-editor-head" data-region>
      <Icon name="flag" className="icon-lg ink-accent" />
      <h1 className="cut">{name === '' ? text('planEditor.title') : name}</h1>
      <span className="faint small wide-only">{text('planEditor.notKept')}</span>
      <span className="space" />
      <Button
        kind="ghost"
        label={text('planEditor.leave')}
        onPress={() => app.goTo(hrefOf({ page: 'plans', id: undefined }))}
      />
      <Button hint="⌘S" label={text('planEditor.save')} offBecause={off} onPress={() => keep(false)} />
      <Button
        kind="primary"
        icon="play"
        hint="⌘↵"
        label={text('planEditor.start')}
        offBecause={off}
        onPress={() => keep(true)}
      />
    </header>
  )
}

function shutBecause(text: ReturnType<typeof useText>, { check, isCurrent, failed }: Checked): string | undefined {
  if (failed !== undefined) return failed
  if (check === undefined || !isCurrent) return text('planEditor.checking')
  return check.faults.length > 0 ? text('planEditor.mend', { count: check.faults.length }) : undefined
}

/** They work while a field has the focus too; not while a dialog is open. */
function useEditorKeys(keep: (start: boolean) => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.metaKey || event.ctrlKey) || document.querySelector('[role="dialog"]') !== null) return
      const start = event.key === 'Enter'
      if (!start && event.key.toLowerCase() !== 's') return
      event.preventDefault()
      // The dialog that opens listens for the same keys.
      event.stopPropagation()
      keep(start)
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  })
}
