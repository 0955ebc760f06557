import { Dialog, Modal, ModalOverlay } from 'react-aria-components'
import { ActionDialog } from '../features/actions/action-dialog.tsx'
import { CrdsDialog } from '../features/actions/crds-dialog.tsx'
import { DriveDialog } from '../features/actions/drive-dialog.tsx'
import { KubeconfigDialog } from '../features/actions/kubeconfig-dialog.tsx'
import { MigrateDialog } from '../features/actions/migrate-dialog.tsx'
import { BackTestDialog } from '../features/analysis/back-test-dialog.tsx'
import { ExportDialog } from '../features/bundle/export-dialog.tsx'
import { ImportDialog } from '../features/bundle/import-dialog.tsx'
import { KeepPlanDialog } from '../features/plans/keep-dialog.tsx'
import { LeavePlanDialog } from '../features/plans/leave-dialog.tsx'
import { PlanDialog } from '../features/plans/plan-dialog.tsx'
import { closeOverlay, type Overlay } from '../store/app.ts'
import { useApp, useText } from '../store/use-app.ts'
import { KeyHelp } from './key-help.tsx'
import { Palette } from './palette.tsx'
import '../features/actions/dialog.css'
import '../features/plans/plans.css'

/** What floats over the window: focus stays inside, Escape closes, focus goes back to where it was. */
export default function Overlays({ overlay }: { readonly overlay: Overlay }) {
  const app = useApp()
  const text = useText()
  const wide = overlay.kind === 'action' && overlay.request.keys.length > 1
  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={(open) => !open && closeOverlay(app)}
      className={`scrim scrim-${overlay.kind}`}
    >
      <Modal className={`dialog dialog-${overlay.kind}${wide ? ' wide' : ''}`}>
        <Dialog aria-label={text(`overlay.${overlay.kind}`)} className="dialog-box">
          <Content overlay={overlay} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function Content({ overlay }: { readonly overlay: Overlay }) {
  switch (overlay.kind) {
    case 'action':
      return <ActionDialog request={overlay.request} />
    case 'palette':
      return <Palette />
    case 'keys':
      return <KeyHelp />
    case 'crds':
      return <CrdsDialog context={overlay.context} />
    case 'drive':
      return <DriveDialog context={overlay.context} drive={overlay.drive} />
    case 'migrate':
      return <MigrateDialog action={overlay.action} migrationKey={overlay.key} />
    case 'kubeconfig':
      return <KubeconfigDialog />
    case 'backTest':
      return <BackTestDialog rolloutKey={overlay.key} />
    case 'plan':
      return <PlanDialog id={overlay.id} wish={overlay.wish} />
    case 'keepPlan':
      return <KeepPlanDialog start={overlay.start} />
    case 'leavePlan':
      return <LeavePlanDialog to={overlay.to} />
    case 'exportBundle':
      return <ExportDialog id={overlay.id} />
    case 'importBundle':
      return <ImportDialog />
  }
}
