import { useState } from 'react'
import { isUnderWay } from '#contract/attention.ts'
import type { PlanSummaryView, PlanView } from '#contract/plan-views.ts'
import { formatMinute, formatMoment } from '../../format/clock-time.ts'
import { formatDuration } from '../../format/duration.ts'
import { holdText, holdWord, personOf, standingOf } from '../../format/plan-words.ts'
import { Age } from '../../marks/ages.tsx'
import { PlanButtons, wishOf } from '../../marks/plan-buttons.tsx'
import { PlanEnding, PlanPhase } from '../../marks/plan-marks.tsx'
import { copyPlan } from '../../store/new-plan.ts'
import { useApp, useLocale, useText, useTicking } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Message } from '../../ui/message.tsx'
import { ask } from './ask.ts'
import { MemberTable } from './member-table.tsx'
import { PlanSide } from './plan-side.tsx'
import { usePlan } from './use-plan.ts'

interface PlanDetailProps {
  readonly id: string
  /** From the list: there before the rest is. */
  readonly summary: PlanSummaryView | undefined
}

export function PlanDetail({ id, summary }: PlanDetailProps) {
  const text = useText()
  const loaded = usePlan(id)
  if (loaded.state === 'there') {
    const { plan, at } = loaded.value
    return (
      <div className="plan-detail">
        <Top plan={plan} whole={plan} />
        <div className="plan-body">
          <MemberTable plan={plan} at={at} />
          <PlanSide plan={plan} />
        </div>
      </div>
    )
  }
  if (loaded.state === 'gone') {
    return (
      <Message icon="flag" title={text('plans.gone')}>
        <p>{text('plans.goneWhy')}</p>
      </Message>
    )
  }
  return (
    <div className="plan-detail">
      {summary !== undefined && <Top plan={summary} />}
      <p className="loading faint">{text('load.label')}</p>
    </div>
  )
}

function Top({ plan, whole }: { readonly plan: PlanSummaryView; readonly whole?: PlanView }) {
  const app = useApp()
  const text = useText()
  return (
    <section className="panel plan-top" data-region>
      <div className="plan-title">
        <Icon name="flag" className="icon-lg ink-accent" />
        <h2 className="cut" title={plan.name}>
          {plan.name}
        </h2>
        <PlanPhase plan={plan} />
        {whole !== undefined && <PlanEnding plan={whole} />}
        <span className="space" />
        <Button
          small
          icon="copy"
          label={text('plans.copy')}
          title={text('plans.copyWhy')}
          onPress={() => void copyPlan(app, plan.id)}
        />
        {(isUnderWay(plan) || plan.phase === 'Ready') && <PlanButtons plan={plan} />}
      </div>
      <Facts plan={plan} whole={whole} />
      <Holds plan={plan} />
    </section>
  )
}

function Facts({ plan, whole }: { readonly plan: PlanSummaryView; readonly whole: PlanView | undefined }) {
  const text = useText()
  const locale = useLocale()
  const { home } = plan
  const budget = whole?.budget
  const facts = [
    { name: text('plans.fact.change'), value: plan.change.join(', ') || text('plans.byOthers'), isCode: true },
    { name: text('plans.fact.home'), value: `${home.context} / ${home.namespace}` },
    { name: text('plans.fact.by'), value: personOf(plan.createdBy), title: plan.createdBy, isLesser: true },
    { name: text('plans.fact.created'), value: formatMoment(plan.createdAt, locale), isLesser: true },
  ]
  return (
    <dl className="plan-facts">
      {facts.map(({ name, value, title, isCode, isLesser }) => (
        <div key={name} className={isLesser === true ? 'lesser' : undefined}>
          <dt>{name}</dt>
          <dd className={`cut${isCode === true ? ' mono' : ''}`} title={title ?? value}>
            {value}
          </dd>
        </div>
      ))}
      {budget !== undefined && (
        <div>
          <dt>{text('plans.fact.budget')}</dt>
          <dd className="cut num" title={text('plans.budgetWhy')}>
            {text('plans.budget', {
              lost: formatDuration(budget.lostMs),
              risk: formatDuration(budget.atRiskMs),
              max: formatDuration(budget.maxMinutes * 60_000),
            })}
          </dd>
        </div>
      )}
      <div className="whole">
        <dt>{text('plans.fact.driver')}</dt>
        <dd className="row">
          <Driver plan={plan} />
        </dd>
      </div>
    </dl>
  )
}

/** Who decides what it does next, and taking that over or leaving it to others (SR-6). */
function Driver({ plan }: { readonly plan: PlanSummaryView }) {
  const app = useApp()
  const { bridge } = app
  const text = useText()
  const [failed, setFailed] = useState<string>()
  const { driver } = plan
  const isOurs = driver.state === 'here' || driver.state === 'waiting'
  const change = async () => {
    const answer = await ask(text, bridge.call('plan.drive', { id: plan.id, drive: !isOurs }))
    setFailed(answer.ok ? undefined : answer.error)
  }
  const words = standingOf(text, plan)
  const isMissed = driver.state === 'nobody' && isUnderWay(plan)
  return (
    <>
      {isUnderWay(plan) && <Icon name={isOurs ? 'helm' : 'eye'} className={isMissed ? 'ink-paused' : 'faint'} />}
      <span className="cut" title={words}>
        {words}
      </span>
      {isUnderWay(plan) && (
        <Button
          small
          label={text(isOurs ? 'plans.leave' : 'plans.takeOver')}
          title={text(isOurs ? 'plans.leaveWhy' : 'plans.takeOverWhy')}
          onPress={() => void change()}
        />
      )}
      {isUnderWay(plan) && 'holder' in driver && driver.holder !== undefined && (
        <Button
          small
          label={`${text('plans.ask')}…`}
          title={text('plans.askWhy')}
          onPress={() => wishOf(app, plan, { kind: 'ask' })}
        />
      )}
      <AskedFor plan={plan} />
      {failed !== undefined && (
        <span className="ink-degraded cut" role="alert" title={failed}>
          {failed}
        </span>
      )}
    </>
  )
}

/** Who asked to decide, and what came of it (SR-6). */
function AskedFor({ plan: { request } }: { readonly plan: PlanSummaryView }) {
  const text = useText()
  const isOver = useTicking((now) => request === undefined || now >= request.until)
  if (request === undefined || (isOver && request.side !== 'ours')) return null
  const { by, until, side, keptBy } = request
  const what = keptBy !== undefined ? 'kept' : isOver ? 'expired' : side === 'toUs' ? 'toUs' : 'ours'
  if (side === 'others') return null
  return <span className="faint cut">{text(`ask.card.${what}`, { by: keptBy ?? by, time: formatMinute(until) })}</span>
}

/** Each hold with its reason, whole, since when and by whom; and that nothing is heard of the plan. */
function Holds({ plan }: { readonly plan: PlanSummaryView }) {
  const text = useText()
  if (plan.holds.length === 0 && plan.unread === undefined) return null
  return (
    <ul className="plan-why scroll" tabIndex={0} aria-label={text('plan.whyHeld')}>
      {plan.unread !== undefined && (
        <li>
          <Icon name="unlink" className="ink-paused" />
          <span>
            {text('plan.unread', { cluster: plan.home.context, why: plan.unread.text })} {text('plans.unreadSince')}{' '}
            <Age since={plan.unread.since} />
          </span>
        </li>
      )}
      {plan.holds.map((hold) => (
        <li key={`${hold.reason} ${hold.since}`}>
          <Icon name="paused" className="ink-paused" />
          <span>
            <b className="ink-paused">{holdWord(text, hold)}</b> {holdText(text, hold)}{' '}
            <Age since={hold.since} className="faint" />
          </span>
        </li>
      ))}
    </ul>
  )
}
