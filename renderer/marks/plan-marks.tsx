import type { PlanMemberView, PlanSummaryView, PlanView, PlanWaveSummary, PlanWaveView } from '#contract/plan-views.ts'
import { formatClockSpan } from '../format/duration.ts'
import {
  bakeLeftMs,
  endingWords,
  type Mark,
  memberMarks,
  memberWord,
  phaseOf,
  waveMarks,
  waveWord,
} from '../format/plan-words.ts'
import { statusIcon, statusWord, toneOf } from '../format/status-words.ts'
import type { Text } from '../format/text.ts'
import { percentOf } from '../format/weight.ts'
import { useLocale, useRollout, useText, useTicking } from '../store/use-app.ts'
import { Icon } from '../ui/icon.tsx'
import { Age } from './ages.tsx'
import { TwoPartBar } from './weight-bar.tsx'
import './plan.css'

const inkOf = ({ tone }: Mark): string => (tone === 'waiting' ? 'faint' : `ink-${tone}`)
const turns = ({ icon }: Mark): string => (icon === 'progressing' ? 'spin' : '')

/** Where a plan is, in a chip. */
export function PlanPhase({ plan }: { readonly plan: PlanSummaryView }) {
  const text = useText()
  const mark = phaseOf(text, plan)
  const soft = mark.tone === 'waiting' ? '' : `soft-${mark.tone}`
  return (
    <span className={`chip ${soft} ${inkOf(mark)}`}>
      <Icon name={mark.icon} className={turns(mark)} />
      <span className="cut">{mark.words}</span>
    </span>
  )
}

/** When it is done, or waits for a person. */
export function PlanEnding({ plan }: { readonly plan: PlanView }) {
  const text = useText()
  const locale = useLocale()
  const words = useTicking((now) => endingWords(text, plan, now, locale))
  return words === undefined ? null : (
    <span className="num cut" title={words}>
      {words}
    </span>
  )
}

export function WaveState({ wave }: { readonly wave: PlanWaveSummary }) {
  const text = useText()
  const mark = waveMarks[wave.state]
  return (
    <span className={`status ${inkOf(mark)}`}>
      <Icon name={mark.icon} className={turns(mark)} />
      <span>{waveWord(text, wave)}</span>
    </span>
  )
}

/** UI-STAT-5: a member that goes its way shows the status of its rollout. */
function useMemberMark(member: PlanMemberView): Mark & { readonly words: string } {
  const text = useText()
  const view = useRollout(member.state === 'Progressing' ? member.key : undefined)
  if (view === undefined) return { ...memberMarks[member.state], words: memberWord(text, member) }
  return { icon: statusIcon(view.status), tone: toneOf(view.status), words: statusWord(text, view.status) }
}

/** Silhouette, word and hue of a member; what is not read now is grey: it is what was last known (PC-5). */
export function MemberState({ member }: { readonly member: PlanMemberView }) {
  const text = useText()
  const mark = useMemberMark(member)
  const away = awayWords(text, member)
  return (
    <span className="row">
      <span
        className={`status ${away === undefined ? inkOf(mark) : 'faint'}${member.state === 'Skipped' ? ' struck' : ''}`}
        title={member.reason}
      >
        <Icon name={mark.icon} className={away === undefined ? turns(mark) : ''} />
        <span className="cut">{mark.words}</span>
      </span>
      {away !== undefined && <Icon name="unlink" className={`${awayInk(member)} icon-sm`} label={away} />}
    </span>
  )
}

/** Why a member cannot be read, where that is for more than a moment. */
const awayWords = (text: Text, { reach }: PlanMemberView): string | undefined =>
  reach === 'reachable' ? undefined : text(`plan.reach.${reach}`)

/** A context that is not open here is no trouble of the cluster. */
const awayInk = ({ reach }: PlanMemberView): string => (reach === 'unread' ? 'faint' : 'ink-paused')

/** That a member cannot be read, in words. */
export function MemberAway({ member }: { readonly member: PlanMemberView }) {
  const text = useText()
  const away = awayWords(text, member)
  if (away === undefined) return null
  const { reach, reachSince } = member
  return (
    <span className={`${awayInk(member)} cut`} title={reach === 'unread' ? text('plan.reach.unreadWhy') : away}>
      {away} {reachSince !== undefined && <Age since={reachSince} />}
    </span>
  )
}

/** A member in the strip: icon, context, steps; the bar below it. */
export function MemberPill({ member, name }: { readonly member: PlanMemberView; readonly name: string }) {
  const text = useText()
  const mark = useMemberMark(member)
  const steps = stepsOf(member)
  const away = awayWords(text, member)
  const words = [mark.words, member.reason, away]
  return (
    <li
      className={`plan-pill${member.state === 'Pending' ? ' idle' : ''}`}
      title={`${name}: ${words.filter(Boolean).join(', ')}`}
    >
      <Icon
        name={mark.icon}
        className={away === undefined ? `${inkOf(mark)} ${turns(mark)}` : 'faint'}
        label={mark.words}
      />
      <span className="cut name">{name}</span>
      {away !== undefined && <Icon name="unlink" className={`${awayInk(member)} icon-sm`} label={away} />}
      {steps !== undefined && <span className="num faint">{steps}</span>}
      <MemberBar member={member} />
    </li>
  )
}

/** Incoming left and hatched; done, all of it is what runs (UI-ROLE-1). */
export function MemberBar({ member }: { readonly member: PlanMemberView }) {
  const isMoving = !['Pending', 'Succeeded', 'Soaking', 'RolledBack', 'Skipped'].includes(member.state)
  return <TwoPartBar incoming="canary" current="stable" share={isMoving ? percentOf(member.weight) : 0} />
}

export function stepsOf({ stepIndex, stepCount, state }: PlanMemberView): string | undefined {
  if (stepCount === 0) return undefined
  if (stepIndex !== undefined) return `${stepIndex}/${stepCount}`
  if (state === 'Succeeded' || state === 'Soaking') return `${stepCount}/${stepCount}`
  return state === 'Pending' ? `0/${stepCount}` : undefined
}

interface BakeProps {
  readonly wave: PlanWaveView
  /** When the plan was last told. */
  readonly at: number
}

/** How far the bake of a wave is: a bar, and the time left or taken. */
export function WaveBake({ wave, at }: BakeProps) {
  const text = useText()
  const { state, waveSoakMs, soakedMs } = wave
  const left = useTicking((now) => (state === 'WaveSoak' ? bakeLeftMs(waveSoakMs, soakedMs, at, now) : 0))
  if (waveSoakMs === 0) return null
  const isDone = state === 'Gate' || state === 'Passed'
  if (state !== 'WaveSoak' && !isDone) return null
  return (
    <>
      <span className={`plan-bake${isDone ? ' done' : ''}`} aria-hidden>
        <i style={{ width: `${isDone ? 100 : percentOf(waveSoakMs - left, waveSoakMs)}%` }} />
      </span>
      <span className="num">
        {isDone ? text('plan.baked', { time: formatClockSpan(waveSoakMs) }) : bakeWords(text, left)}
      </span>
    </>
  )
}

/** Time is over and the wave is not: something was not seen for a while, and that does not count. */
const bakeWords = (text: Text, leftMs: number): string =>
  leftMs === 0 ? text('plan.bakeProof') : text('plan.bakeLeft', { time: formatClockSpan(leftMs, 'up') })

/** The same of one member, in words. */
export function MemberBake({ member, at }: { readonly member: PlanMemberView; readonly at: number }) {
  const text = useText()
  const { soak, reach } = member
  const left = useTicking((now) =>
    soak === undefined ? 0 : bakeLeftMs(soak.wantedMs, soak.provenMs, at, reach === 'reachable' ? now : at),
  )
  return soak === undefined ? null : <span className="num faint">{bakeWords(text, left)}</span>
}
