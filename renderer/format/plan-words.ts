import { isUnderWay } from '#contract/attention.ts'
import type {
  PlanDriver,
  PlanHoldView,
  PlanMemberState,
  PlanMemberView,
  PlanSummaryView,
  PlanView,
  PlanWaveSummary,
} from '#contract/plan-views.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { IconName } from '../ui/icon-names.ts'
import { formatMinute } from './clock-time.ts'
import { comingTime } from './forecast-words.ts'
import type { StatusTone } from './status-words.ts'
import type { Locale, Text } from './text.ts'

/** Silhouette and hue; `waiting` is the empty ring, without a hue. */
export interface Mark {
  readonly icon: IconName
  readonly tone: StatusTone | 'waiting'
}

/** UI-STAT-5. */
export const waveMarks: Readonly<Record<PlanWaveSummary['state'], Mark>> = {
  Waiting: { icon: 'waiting', tone: 'waiting' },
  Active: { icon: 'progressing', tone: 'progressing' },
  WaveSoak: { icon: 'progressing', tone: 'progressing' },
  Gate: { icon: 'paused', tone: 'paused' },
  Passed: { icon: 'healthy', tone: 'healthy' },
  Breached: { icon: 'degraded', tone: 'degraded' },
}

/** UI-STAT-5. */
export const memberMarks: Readonly<Record<PlanMemberState, Mark>> = {
  Pending: { icon: 'waiting', tone: 'waiting' },
  Admitting: { icon: 'progressing', tone: 'progressing' },
  Applying: { icon: 'progressing', tone: 'progressing' },
  Progressing: { icon: 'progressing', tone: 'progressing' },
  AtGate: { icon: 'paused', tone: 'paused' },
  Soaking: { icon: 'progressing', tone: 'progressing' },
  Succeeded: { icon: 'healthy', tone: 'healthy' },
  Failed: { icon: 'degraded', tone: 'degraded' },
  TimedOut: { icon: 'degraded', tone: 'degraded' },
  Refused: { icon: 'degraded', tone: 'degraded' },
  RollingBack: { icon: 'rollback', tone: 'progressing' },
  RolledBack: { icon: 'unknown', tone: 'unknown' },
  RollbackFailed: { icon: 'degraded', tone: 'degraded' },
  Skipped: { icon: 'waiting', tone: 'waiting' },
  Superseded: { icon: 'unknown', tone: 'unknown' },
}

const phaseMarks: Readonly<Record<PlanSummaryView['phase'], Mark>> = {
  Ready: { icon: 'waiting', tone: 'unknown' },
  Running: { icon: 'progressing', tone: 'progressing' },
  Completed: { icon: 'healthy', tone: 'healthy' },
  RollingBack: { icon: 'rollback', tone: 'progressing' },
  RolledBack: { icon: 'unknown', tone: 'unknown' },
  Aborted: { icon: 'aborted', tone: 'aborted' },
  Superseded: { icon: 'unknown', tone: 'unknown' },
}

/** Index of the wave that a plan is at: the first that has not passed. */
export const currentWave = ({ waves }: Pick<PlanSummaryView, 'waves'>): number => {
  const open = waves.findIndex(({ state }) => state !== 'Passed')
  return open < 0 ? waves.length - 1 : open
}

/** What stands in the chip of a plan: where it is, or why it is held. */
export function phaseOf(text: Text, plan: PlanSummaryView): Mark & { readonly words: string } {
  const [hold] = plan.holds
  if (isUnderWay(plan) && hold !== undefined) {
    const isBreach = plan.phase === 'Running' && plan.waves.some(({ state }) => state === 'Breached')
    const mark = isBreach ? waveMarks.Breached : waveMarks.Gate
    return { ...mark, words: text('plan.held', { reason: holdWord(text, hold) }) }
  }
  const mark = phaseMarks[plan.phase]
  if (plan.phase !== 'Running') return { ...mark, words: text(`plan.phase.${plan.phase}`) }
  const at = currentWave(plan)
  const { state } = plan.waves[at] ?? { state: 'Active' }
  const values = { wave: at + 1, count: plan.waves.length }
  const words = text(state === 'Gate' ? 'plan.gateOf' : 'plan.waveOf', values)
  return { ...(state === 'Waiting' ? mark : waveMarks[state]), words }
}

export const holdWord = (text: Text, { reason }: PlanHoldView): string => text(`plan.hold.${reason}`)

/** Who holds it and why, whether the line is stopped, until when. */
export function holdText(text: Text, { by, text: why, stopsLine, until }: PlanHoldView): string {
  const words = by === 'plan' ? why : text('plan.holdBy', { who: personOf(by), why })
  const more = [
    stopsLine === true ? text('plan.lineStopped') : undefined,
    until === undefined ? undefined : text('plan.until', { time: formatMinute(until) }),
  ].filter((part) => part !== undefined)
  return more.length === 0 ? words : `${words} (${more.join(', ')})`
}

/** `Done about 14:52`, or that it then waits for a person; `undefined` where nothing is foreseen, or that moment is over. */
export function endingWords(
  text: Text,
  { ending, waveViews }: Pick<PlanView, 'ending' | 'waveViews'>,
  now: EpochMs,
  locale: Locale,
): string | undefined {
  if (ending === undefined || ending.at <= now) return undefined
  const at = comingTime(ending.at, now, locale)
  if (ending.how === 'done') return text(ending.isAtLeast ? 'forecast.end.atLeast' : 'forecast.end.healthy', { at })
  const wave = ending.wave + 1
  const isLast = wave === waveViews.length
  return text(ending.isAtLeast ? 'plan.ending.personAtLeast' : 'plan.ending.person', {
    at,
    gate: isLast ? text('plan.ending.last') : text('plan.ending.next', { wave: wave + 1 }),
  })
}

export const waveWord = (text: Text, { state }: PlanWaveSummary): string => text(`plan.wave.${state}`)

export const memberWord = (text: Text, { state }: Pick<PlanMemberView, 'state'>): string => text(`plan.member.${state}`)

/** A plan that has not begun, or is over, needs nobody. */
export const standingOf = (text: Text, plan: Pick<PlanSummaryView, 'phase' | 'driver'>): string =>
  isUnderWay(plan)
    ? driverWordsOf(text, plan.driver)
    : text(plan.phase === 'Ready' ? 'plan.driver.notYet' : 'plan.driver.over')

export function driverWordsOf(text: Text, driver: PlanDriver): string {
  switch (driver.state) {
    case 'here':
      return text('plan.driver.here')
    case 'waiting':
      return driver.holder === undefined
        ? text('plan.driver.waits')
        : text('plan.driver.waitsFor', { holder: machineOf(driver.holder) })
    case 'elsewhere':
      return text('plan.driver.elsewhere', { holder: machineOf(driver.holder) })
    case 'nobody':
      return text('plan.driver.nobody')
  }
}

/** `sre@desk-oslo-07/6b1f…` without what tells two windows of one machine apart (SR-8). */
export const machineOf = (identity: string): string => identity.split('/')[0] ?? identity

/** `sre@desk-oslo-07/6b1f…` without what no person reads. */
export const personOf = (by: string): string => by.split(/[@/]/)[0] ?? by

/** `registry.example/checkout:2.31.0` → `2.31.0`; what is no image stays whole. */
export function versionOf(change: string): string {
  const image = change.slice(change.indexOf('=') + 1)
  const tag = /:([\w.+-]+)$/.exec(image)?.[1]
  return change.includes('=') && tag !== undefined ? tag : change
}

/** `app=registry.example/checkout:2.31.0` → `checkout:2.31.0`: a version alone says nothing of what it is of. */
export const changeInShort = (change: readonly string[]): string => [...new Set(change.map(imageInShort))].join(', ')

function imageInShort(change: string): string {
  const version = versionOf(change)
  const name = /([^/=]+?)[:@][^/]*$/.exec(change)?.[1]
  return version === change || name === undefined ? change : `${name}:${version}`
}

/** UI-P-1: the more a member asks for a person, the earlier it is shown. */
const memberUrgency: Readonly<Record<PlanMemberState, number>> = {
  RollbackFailed: 0,
  Failed: 1,
  TimedOut: 1,
  Refused: 1,
  AtGate: 2,
  Progressing: 2,
  Applying: 2,
  Admitting: 2,
  RollingBack: 2,
  Soaking: 3,
  Superseded: 4,
  Pending: 5,
  Succeeded: 6,
  RolledBack: 6,
  Skipped: 7,
}

/** The first `count` by urgency, in the order of the plan. */
export function membersInShort(members: readonly PlanMemberView[], count: number): readonly PlanMemberView[] {
  const first = members
    .map((member, place) => ({ member, place }))
    .toSorted((a, b) => memberUrgency[a.member.state] - memberUrgency[b.member.state] || a.place - b.place)
    .slice(0, count)
  return first.toSorted((a, b) => a.place - b.place).map(({ member }) => member)
}

/** Time left of a bake at `now`, as last told `at`; it runs on by the clock here until more is told. */
export const bakeLeftMs = (wantedMs: number, provenMs: number, at: number, now: number): number =>
  Math.max(0, wantedMs - provenMs - Math.max(0, now - at))
