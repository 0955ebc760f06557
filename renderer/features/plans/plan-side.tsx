import { useRef, useState } from 'react'
import type { PlanActPreview, PlanActView, PlanEventView, PlanExplanationView, PlanView } from '#contract/plan-views.ts'
import { formatMoment, formatTime } from '../../format/clock-time.ts'
import type { Text } from '../../format/text.ts'
import { Writes } from '../../marks/exact-request.tsx'
import { useAnswer, useApp, useLocale, useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import type { IconName } from '../../ui/icon-names.ts'
import { rowHeights } from '../../ui/row-heights.ts'
import { Segments } from '../../ui/segments.tsx'
import { useRowWindow } from '../../ui/use-row-window.ts'

const views = ['why', 'next', 'events'] as const
type View = (typeof views)[number]

/** Why what stands still does so, what would be sent next, and what happened. */
export function PlanSide({ plan }: { readonly plan: PlanView }) {
  const text = useText()
  const [view, setView] = useState<View>('why')
  const counts = { why: plan.explanation.length, next: plan.nextActs.length, events: plan.events.length }
  return (
    <section className="panel plan-side" data-region aria-label={text(`plans.side.${view}`)}>
      <div className="plan-side-tabs">
        <Segments
          small
          label={text('plans.side')}
          value={view}
          onChange={setView}
          segments={views.map((value) => ({ value, label: text(`plans.side.${value}`), count: counts[value] }))}
        />
      </div>
      {view === 'why' && <Explanation plan={plan} />}
      {view === 'next' && <NextActs plan={plan} />}
      {view === 'events' && <Events plan={plan} />}
    </section>
  )
}

/** The subject of a sentence about a plan: a member, a wave, or the plan itself. */
function subjectOf(text: Text, plan: PlanView, { wave, member }: Pick<PlanExplanationView, 'wave' | 'member'>): string {
  if (member !== undefined) {
    const found = plan.waveViews.flatMap(({ members }) => members).find(({ id }) => id === member)
    return found === undefined ? member : found.context
  }
  return wave === undefined ? text('plans.thePlan') : text('plan.waveNumber', { wave: wave + 1 })
}

function Explanation({ plan }: { readonly plan: PlanView }) {
  const text = useText()
  if (plan.explanation.length === 0) return <p className="plan-side-none faint">{text('plans.nothingStands')}</p>
  return (
    <ul className="plan-side-list scroll" tabIndex={0} aria-label={text('plans.side.why')}>
      {plan.explanation.map((each, index) => (
        <li key={`${index} ${each.because}`}>
          <b className="cut" title={each.member}>
            {subjectOf(text, plan, each)}
          </b>
          <span className="prose">{each.text}</span>
          <span className="faint small mono" title={text('forecast.rule')}>
            {each.because}
          </span>
        </li>
      ))}
    </ul>
  )
}

const actIcons: Readonly<Record<PlanActView['kind'], IconName>> = {
  mark: 'flag',
  setImage: 'box',
  undo: 'rollback',
  promote: 'promote',
  abort: 'abort',
  rollback: 'rollback',
  promoteFull: 'promotefull',
  stop: 'pause',
  release: 'play',
  retry: 'retry',
  jump: 'skip',
}

function NextActs({ plan }: { readonly plan: PlanView }) {
  const text = useText()
  if (plan.nextActs.length === 0) return <p className="plan-side-none faint">{text('plans.noActs')}</p>
  return (
    <ol className="plan-side-list scroll" tabIndex={0} aria-label={text('plans.side.next')}>
      {plan.nextActs.map((act) => (
        <NextAct key={`${act.member} ${act.kind}`} plan={plan} act={act} />
      ))}
    </ol>
  )
}

/** One act in a sentence; opened, byte for byte what would be sent (UI-ACT-5). */
function NextAct({ plan, act }: { readonly plan: PlanView; readonly act: PlanActView }) {
  const text = useText()
  const [open, setOpen] = useState(false)
  return (
    <li>
      <button type="button" className="exact-toggle row" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? 'chev-d' : 'chev-r'} />
        <Icon name={actIcons[act.kind]} className="faint" />
        <span className="cut" title={act.summary}>
          {act.summary}
        </span>
        <span className="space" />
        <span className="faint small mono" title={text('forecast.rule')}>
          {act.because}
        </span>
      </button>
      {open && <WouldSend plan={plan} act={act} />}
    </li>
  )
}

function WouldSend({ plan, act }: { readonly plan: PlanView; readonly act: PlanActView }) {
  const { bridge } = useApp()
  const text = useText()
  const question = `${plan.id} ${act.member} ${act.kind} ${act.summary}`
  const answer = useAnswer<PlanActPreview>(question, async () => ({
    state: 'there',
    value: await bridge.call('plan.act.preview', { id: plan.id, member: act.member }),
  }))
  if (answer.state === 'failed') return <p className="ink-degraded small plan-act-note">{answer.failure.message}</p>
  if (answer.state !== 'there') return <p className="faint small plan-act-note">{text('dialog.loading')}</p>
  if (!answer.value.open)
    return (
      <p className="ink-paused small plan-act-note row">
        <Icon name="lock" />
        {answer.value.reason}
      </p>
    )
  return <Writes writes={answer.value.writes} />
}

const severityMarks = {
  info: { icon: 'event', ink: 'faint' },
  warning: { icon: 'warn', ink: 'ink-paused' },
  error: { icon: 'degraded', ink: 'ink-degraded' },
} as const

/** Newest first, as far as they were seen on this machine. */
function Events({ plan }: { readonly plan: PlanView }) {
  const text = useText()
  const locale = useLocale()
  const scroller = useRef<HTMLDivElement>(null)
  const { rows, room } = useRowWindow({ count: plan.events.length, scroller, rowHeight: rowHeights.row })
  if (plan.events.length === 0) return <p className="plan-side-none faint">{text('plans.noEvents')}</p>
  return (
    <div
      ref={scroller}
      className="plan-events scroll"
      role="region"
      tabIndex={0}
      aria-label={text('plans.side.events')}
    >
      <ol style={room}>
        {rows.map((row) => {
          const event = plan.events[row]
          return event === undefined ? null : (
            <li key={row} className="plan-event">
              <span className="num faint" title={formatMoment(event.at, locale)}>
                {formatTime(event.at)}
              </span>
              <Icon
                name={severityMarks[event.severity].icon}
                className={`icon-sm ${severityMarks[event.severity].ink}`}
              />
              <span className="cut" title={sentence(text, plan, event)}>
                {sentence(text, plan, event)}
              </span>
            </li>
          )
        })}
      </ol>
    </div>
  )
}

/** Waves are named in the text; of a member its context is enough. */
function sentence(text: Text, plan: PlanView, event: PlanEventView): string {
  const { member, text: words } = event
  if (member === undefined) return words
  const told = words.startsWith(`${member}: `) ? words.slice(member.length + 2) : words
  return text('plans.about', { who: subjectOf(text, plan, event), text: told })
}
