import { Fragment, useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import { isUnderWay } from '#contract/attention.ts'
import type { PlanSummaryView, PlanWaveView } from '#contract/plan-views.ts'
import { formatMinute } from '../../format/clock-time.ts'
import { formatDuration } from '../../format/duration.ts'
import {
  changeInShort,
  currentWave,
  driverWordsOf,
  holdText,
  holdWord,
  membersInShort,
  personOf,
} from '../../format/plan-words.ts'
import type { Text } from '../../format/text.ts'
import { Age } from '../../marks/ages.tsx'
import { PlanButtons } from '../../marks/plan-buttons.tsx'
import { MemberPill, PlanEnding, PlanPhase, WaveBake, WaveState } from '../../marks/plan-marks.tsx'
import { byAttention, planAtHand, type SeenPlan } from '../../store/plans.ts'
import { hrefOf, planOf } from '../../store/route.ts'
import { useApp, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import './plan-strip.css'

/** Two stand beside each other; the rest of a wave is counted. */
const pillsPerWave = 2

/** The plan under way that asks most: its waves, what stands still and why, and what a person can do. */
export function PlanStrip() {
  const { plans } = useApp()
  const text = useText()
  const plan = useStore(plans, planAtHand)
  const seen = useStore(plans, (state) => (plan === undefined ? undefined : state.underWay.get(plan.id)))
  if (plan === undefined) return null
  return (
    <section className="panel plan-strip" data-region aria-label={text('plan.strip')}>
      <Head plan={plan} seen={seen} />
      <Holds plan={plan} />
      {seen === undefined ? <p className="plan-loading faint">{text('load.label')}</p> : <Waves seen={seen} />}
    </section>
  )
}

function Head({ plan, seen }: { readonly plan: PlanSummaryView; readonly seen: SeenPlan | undefined }) {
  const text = useText()
  const change = changeInShort(plan.change)
  return (
    <div className="plan-head">
      <Icon name="flag" className="ink-accent" />
      <a className="strong cut" href={hrefOf(planOf(plan.id))} title={plan.name}>
        {plan.name}
      </a>
      {change !== '' && (
        <span className="mono dim cut wide-only" title={plan.change.join('\n')}>
          {change}
        </span>
      )}
      <PlanPhase plan={plan} />
      {seen !== undefined && <PlanEnding plan={seen.plan} />}
      <Switcher plan={plan} />
      <span className="faint small cut wide-only">
        {text('plan.by', { who: personOf(plan.createdBy), time: formatMinute(plan.createdAt) })}
      </span>
      <span className={`small cut plan-driver ${plan.driver.state === 'nobody' ? 'ink-paused' : 'dim'}`}>
        {driverWordsOf(text, plan.driver)}
      </span>
      <span className="space" />
      <PlanButtons plan={plan} />
    </div>
  )
}

/** Which of several plans under way the strip shows. */
function Switcher({ plan }: { readonly plan: PlanSummaryView }) {
  const { plans } = useApp()
  const text = useText()
  const all = useStore(plans, (state) => state.plans)
  const open = byAttention(all.filter(isUnderWay))
  if (open.length < 2) return null
  const at = open.findIndex(({ id }) => id === plan.id)
  const next = open[(at + 1) % open.length]
  return (
    <Button
      small
      kind="ghost"
      label={text('plan.ofSeveral', { at: at + 1, count: open.length })}
      title={text('plan.nextPlan', { name: next?.name ?? '' })}
      onPress={() => plans.setState({ chosen: next?.id })}
    >
      <Icon name="chev-r" />
    </Button>
  )
}

/** Each hold with its reason, since when and by whom; and that nothing is heard of it. */
function Holds({ plan }: { readonly plan: PlanSummaryView }) {
  const text = useText()
  if (plan.holds.length === 0 && plan.unread === undefined) return null
  return (
    <ul className="plan-holds">
      {plan.unread !== undefined && (
        <li className="ink-paused">
          <Icon name="unlink" />
          <span className="cut" title={plan.unread.text}>
            {text('plan.unread', { cluster: plan.home.context, why: plan.unread.text })}
          </span>
          <Age since={plan.unread.since} className="faint" />
        </li>
      )}
      {plan.holds.map((hold) => (
        <li key={`${hold.reason} ${hold.since}`}>
          <Icon name="paused" className="ink-paused" />
          <b className="ink-paused">{holdWord(text, hold)}</b>
          <span className="cut" title={holdText(text, hold)}>
            {holdText(text, hold)}
          </span>
          <Age since={hold.since} className="faint" />
        </li>
      ))}
    </ul>
  )
}

function Waves({ seen }: { readonly seen: SeenPlan }) {
  const text = useText()
  const { plan } = seen
  const list = useRef<HTMLOListElement>(null)
  const at = currentWave(plan)
  useEffect(() => {
    // Not returned: newer Chromium answers with a promise, which React would take for a clean-up.
    list.current?.querySelector(`[data-wave="${at + 1}"]`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [at])
  const apps = new Set(plan.waveViews.flatMap(({ members }) => members.map(({ rollout }) => rollout)))
  return (
    <ol ref={list} className="plan-waves scroll" tabIndex={0} aria-label={text('plan.waves')}>
      {plan.waveViews.map((wave, index) => (
        <Fragment key={`${index} ${wave.name}`}>
          {index > 0 && <GateBefore before={plan.waveViews[index - 1]} />}
          <Wave wave={wave} number={index + 1} at={seen.at} several={apps.size > 1} />
        </Fragment>
      ))}
    </ol>
  )
}

/** Between two waves: open once the one before has passed. */
function GateBefore({ before }: { readonly before: PlanWaveView | undefined }) {
  const text = useText()
  const isOpen = before?.state === 'Passed'
  return (
    <li className={`plan-gate${isOpen ? ' open' : ''}`}>
      <span title={text(isOpen ? 'plan.gateOpen' : 'plan.gateShut')}>
        <Icon name={isOpen ? 'check' : 'lock'} label={text(isOpen ? 'plan.gateOpen' : 'plan.gateShut')} />
      </span>
    </li>
  )
}

interface WaveProps {
  readonly wave: PlanWaveView
  readonly number: number
  readonly at: number
  /** Rollouts of several names take part: a context alone does not name a member. */
  readonly several: boolean
}

function Wave({ wave, number, at, several }: WaveProps) {
  const text = useText()
  const shown = membersInShort(wave.members, pillsPerWave)
  return (
    <li className={`plan-wave${wave.state === 'Waiting' ? ' shut' : ''}`} data-wave={number}>
      <div className="plan-wave-head">
        <b>{text('plan.waveNumber', { wave: number })}</b>
        <span className="dim cut" title={wave.name}>
          {wave.name}
        </span>
        <span className="space" />
        <WaveState wave={wave} />
      </div>
      <ul className={`plan-pills${shown.length > 1 ? ' two' : ''}`}>
        {shown.map((member) => (
          <MemberPill
            key={member.id}
            member={member}
            name={several ? text('plan.memberName', { app: member.rollout, cluster: member.context }) : member.context}
          />
        ))}
        {wave.isLate === true && shown.length === 0 && <li className="faint small">{text('plan.late')}</li>}
      </ul>
      <div className="plan-wave-foot drops">
        <WaveBake wave={wave} at={at} />
        {wave.state === 'Waiting' && <span className="num cut">{pace(text, wave)}</span>}
        <span className="space" />
        {wave.failedCount > 0 && (
          <span className="ink-degraded num">
            {text('plan.failed', { count: wave.failedCount, most: wave.maxFailures })}
          </span>
        )}
        <Gate wave={wave} />
        <span className="num">{text('plan.done', { done: wave.doneCount, count: wave.memberCount })}</span>
      </div>
    </li>
  )
}

/** `2 at a time, bake 45 min`. */
function pace(text: Text, { maxConcurrent, waveSoakMs }: PlanWaveView): string {
  const values = { amount: maxConcurrent, time: formatDuration(waveSoakMs) }
  return text(waveSoakMs > 0 ? 'plan.paceBake' : 'plan.pace', values)
}

/** What has to be said for the wave before the next begins. */
function Gate({ wave: { gate, state } }: { readonly wave: PlanWaveView }) {
  const text = useText()
  if (gate === 'none') return null
  const isPassed = state === 'Passed'
  const [icon, ink] = isPassed
    ? (['check', 'ink-healthy'] as const)
    : (['waiting', state === 'Gate' ? 'ink-paused' : 'faint'] as const)
  return (
    <span className={`row ${ink}`}>
      <Icon name={icon} className="icon-sm" />
      <span>{text(`plan.gate.${gate}`)}</span>
    </span>
  )
}
