import { useEffect, useRef } from 'react'
import { isUnderWay } from '#contract/attention.ts'
import type { PlanSummaryView, PlanWaveSummary } from '#contract/plan-views.ts'
import { changeInShort, waveMarks, waveWord } from '../../format/plan-words.ts'
import { Age } from '../../marks/ages.tsx'
import { PlanPhase } from '../../marks/plan-marks.tsx'
import { newPlan } from '../../store/new-plan.ts'
import { hrefOf, planOf } from '../../store/route.ts'
import { useApp, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'

interface PlanListProps {
  readonly plans: readonly PlanSummaryView[]
  readonly current: string | undefined
}

export function PlanList({ plans, current }: PlanListProps) {
  const app = useApp()
  const text = useText()
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' })
  }, [current])
  return (
    <nav className="plan-list" data-region aria-label={text('nav.plans')}>
      <div className="panel-head">
        <h2>{text('nav.plans')}</h2>
        <span className="faint num plain">{plans.length}</span>
        <span className="space" />
        <Button small icon="plus" hint="N" label={text('plans.new')} onPress={() => newPlan(app)} />
      </div>
      <ol ref={list} className="scroll">
        {plans.map((plan) => (
          <li key={plan.id}>
            <Entry plan={plan} isCurrent={plan.id === current} />
          </li>
        ))}
      </ol>
    </nav>
  )
}

function Entry({ plan, isCurrent }: { readonly plan: PlanSummaryView; readonly isCurrent: boolean }) {
  const text = useText()
  return (
    <a href={hrefOf(planOf(plan.id))} className="plan-entry" aria-current={isCurrent ? 'true' : undefined}>
      <span className="row">
        <b className="cut" title={plan.name}>
          {plan.name}
        </b>
        <span className="space" />
        {plan.unread !== undefined && (
          <Icon name="unlink" className="ink-paused icon-sm" label={text('plans.unread')} />
        )}
        <Age since={plan.since} className="faint small" />
      </span>
      <span className="row">
        <PlanPhase plan={plan} />
        <span className="faint small mono cut">{changeInShort(plan.change)}</span>
      </span>
      <span
        className="plan-dots"
        role="img"
        aria-label={text('plans.wavesPassed', { done: passed(plan), count: plan.waves.length })}
      >
        {plan.waves.map((wave, index) => (
          <i
            key={`${index} ${wave.name}`}
            className={dotOf(plan, wave)}
            title={`${wave.name}: ${waveWord(text, wave)}`}
          />
        ))}
      </span>
    </a>
  )
}

/** A plan that is over has no wave that goes on. */
const dotOf = (plan: PlanSummaryView, { state }: PlanWaveSummary): string =>
  isUnderWay(plan) || state === 'Passed' || state === 'Breached' ? waveMarks[state].tone : 'waiting'

const passed = ({ waves }: PlanSummaryView): number => waves.filter(({ state }) => state === 'Passed').length
