import type { PlanSummaryView } from '#contract/plan-views.ts'
import { approvalsMissing, gateShut, gateToOpen, holdShut, isHeldByPerson, startShut } from '../format/plan-wishes.ts'
import type { Text } from '../format/text.ts'
import { type App, openOverlay, type PlanWish } from '../store/app.ts'
import { useApp, useText } from '../store/use-app.ts'
import { Button } from '../ui/button.tsx'

export const wishOf = (app: App, plan: PlanSummaryView, wish: PlanWish): void =>
  openOverlay(app, { kind: 'plan', id: plan.id, wish })

/** What the keys H and W do; nothing where it is shut. */
export const planKeys = (app: App, text: Text, plan: PlanSummaryView | undefined) => ({
  H: () => {
    if (plan !== undefined && holdShut(text, plan) === undefined)
      wishOf(app, plan, { kind: isHeldByPerson(plan) ? 'release' : 'hold' })
  },
  W: () => {
    const wave = plan && gateShut(text, plan) === undefined ? gateToOpen(plan) : undefined
    if (plan !== undefined && wave !== undefined) wishOf(app, plan, { kind: 'openGate', wave })
  },
})

/** The gate that is, or would be, before the next wave. */
const gateLabel = (text: Text, plan: PlanSummaryView): string => {
  const at = gateToOpen(plan) ?? plan.waves.findIndex(({ state }) => state !== 'Passed')
  return at >= 0 && at + 1 < plan.waves.length ? text('plan.do.openWave', { wave: at + 2 }) : text('plan.do.openGate')
}

/** Hold or release, open the next wave, abort; one that was not started yet is started. */
export function PlanButtons({ plan }: { readonly plan: PlanSummaryView }) {
  const app = useApp()
  const text = useText()
  const wish = (next: PlanWish) => () => wishOf(app, plan, next)
  if (plan.phase === 'Ready') {
    return (
      <>
        {approvalsMissing(plan) > 0 && (
          <Button
            small
            icon="check"
            label={text('plan.do.approve')}
            offBecause={plan.unread === undefined ? undefined : startShut(text, plan)}
            onPress={wish({ kind: 'approve' })}
          />
        )}
        <Button
          small
          icon="play"
          kind="primary"
          label={text('plan.do.start')}
          offBecause={startShut(text, plan)}
          onPress={wish({ kind: 'start' })}
        />
      </>
    )
  }
  const isHeld = isHeldByPerson(plan)
  const gate = gateToOpen(plan)
  return (
    <>
      <Button
        small
        icon={isHeld ? 'play' : 'pause'}
        hint="H"
        label={text(isHeld ? 'plan.do.release' : 'plan.do.hold')}
        offBecause={holdShut(text, plan)}
        onPress={wish({ kind: isHeld ? 'release' : 'hold' })}
      />
      <Button
        small
        icon="gate"
        hint="W"
        label={gateLabel(text, plan)}
        offBecause={gateShut(text, plan)}
        onPress={wish({ kind: 'openGate', wave: gate ?? 0 })}
      />
      <Button
        small
        icon="abort"
        kind="danger"
        label={text('plan.do.stop')}
        offBecause={holdShut(text, plan)}
        onPress={wish({ kind: 'stop' })}
      />
    </>
  )
}
