import type { AnalysisRunView } from '#contract/analysis-views.ts'
import type { RolloutView } from '#contract/views.ts'
import { actionIcons, actionKeys } from '../../marks/action-button.tsx'
import { beginAction } from '../../store/send-action.ts'
import { useApp, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { useKeys } from '../../ui/use-keys.ts'

interface TerminateButtonProps {
  readonly view: RolloutView
  readonly run: AnalysisRunView
}

/** ACT-142: ends the run before its time, after a question. */
export function TerminateButton({ view, run }: TerminateButtonProps) {
  const app = useApp()
  const text = useText()
  const availability = view.actions.terminateAnalysis
  const off = availability.open ? run.terminateOff : availability.reason
  const terminate = () => beginAction(app, 'terminateAnalysis', [view.key], { run: run.name })
  useKeys({ E: off === undefined ? terminate : undefined })
  return (
    <Button
      small
      kind="danger"
      icon={actionIcons.terminateAnalysis}
      hint={actionKeys.terminateAnalysis}
      label={text('action.asks', { action: text('action.terminate') })}
      offBecause={off}
      onPress={terminate}
    />
  )
}
