import { closeOverlay } from '../../store/app.ts'
import { dropDraft } from '../../store/plan-draft.ts'
import { useApp, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'

/** A plan that is written and not kept would be lost: that is asked. */
export function LeavePlanDialog({ to }: { readonly to: string }) {
  const app = useApp()
  const text = useText()
  const leave = () => {
    dropDraft(app.planDraft)
    closeOverlay(app)
    app.goTo(to)
  }
  return (
    <>
      <header className="dialog-head">
        <span className="dialog-icon soft-paused ink-paused">
          <Icon name="warn" />
        </span>
        <h2>{text('planEditor.leaveTitle')}</h2>
        <p className="dim">{text('planEditor.leaveMeans')}</p>
      </header>
      <footer className="dialog-foot">
        <span className="space" />
        <Button
          label={text('planEditor.stay')}
          hint="Esc"
          className="dialog-cancel"
          onPress={() => closeOverlay(app)}
        />
        <Button kind="danger-fill" label={text('planEditor.drop')} onPress={leave} />
      </footer>
    </>
  )
}
