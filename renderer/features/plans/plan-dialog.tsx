import { useState } from 'react'
import type { PlanMemberView, PlanView, PlanWarningView } from '#contract/plan-views.ts'
import type { Input } from '#contract/requests.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { Text } from '../../format/text.ts'
import { closeOverlay, type PlanHanding, type PlanWish } from '../../store/app.ts'
import { hideToast, showToast } from '../../store/toasts.ts'
import { useAnswer, useApp, useClusters, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import type { IconName } from '../../ui/icon-names.ts'
import { Segments } from '../../ui/segments.tsx'
import { ask } from './ask.ts'
import { DialogFields, useConfirmKey } from './dialog-fields.tsx'
import { usePlan } from './use-plan.ts'
import { type StopScope, stopScopes, type WishChoice, wishEffects } from './wish-effects.ts'

type PlanCommand = Input<'plan.command'>['command']

const icons: Readonly<Record<PlanWish['kind'], IconName>> = {
  start: 'play',
  approve: 'check',
  hold: 'pause',
  release: 'play',
  stop: 'abort',
  openGate: 'gate',
  retry: 'retry',
  skip: 'skip',
  ask: 'helm',
  handOver: 'helm',
}

/** What a person asks of a plan: what it does and where, why, and where clusters are protected the name typed. */
export function PlanDialog({ id, wish }: { readonly id: string; readonly wish: PlanWish }) {
  const text = useText()
  const loaded = usePlan(id)
  if (loaded.state === 'there') return <Asked plan={loaded.value.plan} wish={wish} />
  return (
    <p className="dialog-line plan-dialog-wait faint">
      {text(loaded.state === 'loading' ? 'dialog.loading' : 'plans.gone')}
    </p>
  )
}

function Asked({ plan, wish }: { readonly plan: PlanView; readonly wish: PlanWish }) {
  const text = useText()
  const { clock } = useApp()
  const [scope, setScope] = useState<StopScope>(plan.phase === 'RollingBack' ? 'end' : 'inFlight')
  const [stopsLine, setStopsLine] = useState(false)
  const [fromLastPause, setFromLastPause] = useState(false)
  const [until, setUntil] = useState('')
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const sending = useSending(plan, wish)
  const choice = { scope, stopsLine, fromLastPause }
  const endsAt = until === '' ? undefined : new Date(until).getTime()
  const effects = wishEffects(text, plan, wish, choice)
  const guard = useGuard(plan, effects.touches)
  const mayReason = wish.kind !== 'start'
  const needsReason = mayReason && wish.kind !== 'ask' && wish.kind !== 'handOver'
  const off = offBecause(text, {
    isSending: sending.state === 'sending',
    guard: guard === undefined || guard === typed ? undefined : guard,
    lacksReason: needsReason && reason.trim() === '',
    isPast: endsAt !== undefined && !(endsAt > clock.now()),
  })
  const confirm = () => off === undefined && sending.send({ ...choice, until: endsAt }, reason, typed)
  useConfirmKey(confirm)
  const isDanger = wish.kind === 'stop'
  return (
    <>
      <header className="dialog-head">
        <span className={`dialog-icon ${isDanger ? 'soft-degraded ink-degraded' : ''}`}>
          <Icon name={icons[wish.kind]} />
        </span>
        <h2>{titleOf(text, plan, wish)}</h2>
        <span className="chip cut">
          <Icon name="flag" />
          <span className="cut">{plan.home.context}</span>
        </span>
        <p className="dim">{text(`plan.means.${wish.kind}`)}</p>
      </header>
      <div className="dialog-body scroll">
        {wish.kind === 'stop' && <Scopes plan={plan} scope={scope} onScope={setScope} />}
        {wish.kind === 'hold' && (
          <label className="plan-scopes row">
            <input type="checkbox" checked={stopsLine} onChange={() => setStopsLine(!stopsLine)} />
            {text('plan.stopLine')}
          </label>
        )}
        {wish.kind === 'hold' && (
          <label className="plan-until">
            <span className="form-label">{text('plan.holdUntil')}</span>
            <span className="field">
              <input type="datetime-local" value={until} onChange={(event) => setUntil(event.target.value)} />
            </span>
          </label>
        )}
        {wish.kind === 'retry' && (
          <LastPause plan={plan} id={wish.member} chosen={fromLastPause} onChoose={setFromLastPause} />
        )}
        <ul className="effects">
          {effects.lines.map(({ icon, words, isWarning }) => (
            <li key={words} className={isWarning === true ? 'ink-paused' : ''}>
              <Icon name={icon} className={isWarning === true ? '' : 'faint'} />
              {words}
            </li>
          ))}
        </ul>
        {wish.kind === 'stop' && scope !== 'end' && <ConfigWarnings plan={plan} touches={effects.touches} />}
        {effects.touches.length > 0 && <Touched members={effects.touches} />}
        {sending.failed !== undefined && (
          <p className="dialog-line plan-refused ink-degraded" role="alert">
            {text('dialog.refused', { why: sending.failed })}
          </p>
        )}
        <DialogFields
          guard={guard}
          typed={typed}
          onTyped={setTyped}
          reason={mayReason ? reason : undefined}
          onReason={setReason}
        />
      </div>
      <Foot
        off={off}
        icon={icons[wish.kind]}
        danger={isDanger}
        label={text(wish.kind === 'stop' ? `plan.confirm.stop.${scope}` : `plan.confirm.${wish.kind}`)}
        onConfirm={confirm}
      />
    </>
  )
}

interface LastPauseProps {
  readonly plan: PlanView
  readonly id: string
  readonly chosen: boolean
  readonly onChoose: (chosen: boolean) => void
}

/** Not from its first step: where it had come to (W17). */
function LastPause({ plan, id, chosen, onChoose }: LastPauseProps) {
  const text = useText()
  const member = plan.waveViews.flatMap(({ members }) => members).find((each) => each.id === id)
  if (member?.lastPause === undefined) return null
  return (
    <label className="plan-scopes row">
      <input type="checkbox" checked={chosen} onChange={() => onChoose(!chosen)} />
      {text('plan.fromLastPause', { step: member.lastPause + 1 })}
    </label>
  )
}

interface FootProps {
  readonly off: string | undefined
  readonly icon: IconName
  readonly danger: boolean
  readonly onConfirm: () => void
  readonly label: string
}

function Foot({ off, icon, danger, onConfirm, label }: FootProps) {
  const app = useApp()
  const text = useText()
  return (
    <footer className="dialog-foot">
      <span className="space" />
      <Button label={text('dialog.cancel')} hint="Esc" className="dialog-cancel" onPress={() => closeOverlay(app)} />
      <Button
        icon={icon}
        kind={danger ? 'danger-fill' : 'primary'}
        label={label}
        hint="⌘↵"
        offBecause={off}
        onPress={onConfirm}
      />
    </footer>
  )
}

function Scopes({ plan, scope, onScope }: ScopesProps) {
  const text = useText()
  const isGoingBack = plan.phase === 'RollingBack'
  const open = isGoingBack ? (['end'] as const) : stopScopes
  return (
    <div className="plan-scopes">
      <Segments
        label={text('plan.scope')}
        value={scope}
        onChange={onScope}
        segments={open.map((value) => ({ value, label: text(`plan.scope.${value}`) }))}
      />
    </div>
  )
}

interface ScopesProps {
  readonly plan: PlanView
  readonly scope: StopScope
  readonly onScope: (scope: StopScope) => void
}

/** What the versions before would find that is not as it was; nothing while nobody knows (RB-6). */
function ConfigWarnings({ plan, touches }: { readonly plan: PlanView; readonly touches: readonly PlanMemberView[] }) {
  const { bridge } = useApp()
  const text = useText()
  const known = useAnswer<readonly PlanWarningView[]>(`plan.rollback.warnings ${plan.id}`, async () => ({
    state: 'there',
    value: await bridge.call('plan.rollback.warnings', { id: plan.id }),
  }))
  const ids = new Set(touches.map(({ id }) => id))
  const all = known.state === 'there' ? known.value : []
  const warnings = all.filter(({ member }) => member === undefined || ids.has(member))
  if (warnings.length === 0) return null
  return (
    <ul className="effects">
      {warnings.map(({ member, text: words }) => (
        <li key={`${member} ${words}`} className="ink-paused">
          <Icon name="warn" />
          {member === undefined ? words : text('plans.about', { who: member, text: words })}
        </li>
      ))}
    </ul>
  )
}

/** The blast radius: every member that would be written to. */
function Touched({ members }: { readonly members: readonly PlanMemberView[] }) {
  const text = useText()
  const clusters = useClusters((state) => state.clusters)
  const guarded = new Set(clusters.filter((each) => each.protected).map(({ context }) => context))
  return (
    <ul className="plan-touched scroll" tabIndex={0} aria-label={text('plan.touched', { count: members.length })}>
      {members.map((member) => (
        <li key={member.id} className="chip line" title={member.id}>
          {guarded.has(member.context) && <Icon name="lock" label={text('cluster.protected')} />}
          <span className="cut">{text('plan.memberName', { app: member.rollout, cluster: member.context })}</span>
        </li>
      ))}
    </ul>
  )
}

function titleOf(text: Text, plan: PlanView, wish: PlanWish): string {
  const values = {
    name: plan.name,
    wave: wish.kind === 'openGate' ? wish.wave + 1 : 0,
    member: 'member' in wish ? wish.member : '',
  }
  return text(`plan.title.${wish.kind}`, values)
}

/** UI-ACT-2: the name of the plan, where something is sent to a protected cluster. */
function useGuard(plan: PlanView, touches: readonly PlanMemberView[]): string | undefined {
  const clusters = useClusters((state) => state.clusters)
  const isOpen = (context: string) => clusters.find((each) => each.context === context)?.protected === false
  return touches.some(({ context }) => !isOpen(context)) ? plan.name : undefined
}

type Choice = WishChoice & { readonly until: EpochMs | undefined }

/** What is asked of the plan itself; the rest is between those who decide (SR-6). */
function commandOf(
  wish: Exclude<PlanWish, PlanHanding>,
  { scope, stopsLine, fromLastPause, until }: Choice,
): PlanCommand {
  switch (wish.kind) {
    case 'openGate':
      return { kind: wish.kind, wave: wish.wave }
    case 'retry':
      return { kind: wish.kind, member: wish.member, ...(fromLastPause && { from: 'lastPause' }) }
    case 'skip':
      return { kind: wish.kind, member: wish.member }
    case 'stop':
      return scope === 'end' ? { kind: 'end' } : { kind: 'rollBack', scope }
    case 'hold':
      return { kind: 'hold', ...(stopsLine && { stopsLine }), ...(until !== undefined && { until }) }
    case 'start':
    case 'approve':
    case 'release':
      return { kind: wish.kind }
  }
}

interface Lacks {
  readonly isSending: boolean
  readonly guard: string | undefined
  readonly lacksReason: boolean
  /** What it is to last until. */
  readonly isPast: boolean
}

function offBecause(text: Text, { isSending, guard, lacksReason, isPast }: Lacks): string | undefined {
  if (isSending) return text('dialog.sending')
  if (guard !== undefined) return text('dialog.typeFirst', { name: guard })
  if (isPast) return text('plan.untilPast')
  return lacksReason ? text('plan.sayWhy') : undefined
}

const noteMs = 5000

function useSending(plan: PlanView, wish: PlanWish) {
  const app = useApp()
  const text = useText()
  const [state, setState] = useState<'ready' | 'sending'>('ready')
  const [failed, setFailed] = useState<string>()
  const refuse = (why: string) => {
    setFailed(why)
    setState('ready')
  }
  const call = (choice: Choice, reason: string, typed: string) => {
    const { id } = plan
    switch (wish.kind) {
      case 'ask':
        return app.bridge.call('plan.ask', { id, reason })
      case 'handOver':
        return app.bridge.call('plan.answer', { id, handOver: true, reason })
      default: {
        const confirmed = wish.kind === 'start' && typed !== '' ? { confirm: typed } : {}
        return app.bridge.call('plan.command', { id, command: commandOf(wish, choice), reason, ...confirmed })
      }
    }
  }
  const send = async (...sent: Parameters<typeof call>) => {
    setState('sending')
    setFailed(undefined)
    const answer = await ask(text, call(...sent))
    if (!answer.ok) return refuse(answer.error)
    closeOverlay(app)
    const id = `plan ${plan.id}`
    const title = text(`plan.told.${wish.kind}`, { name: plan.name })
    showToast(app.toasts, { id, tone: 'done', title, detail: '' })
    app.clock.after(noteMs, () => hideToast(app.toasts, id))
  }
  return { state, failed, send: (...sent: Parameters<typeof send>) => void send(...sent) }
}
