import type { PlanCheckView, PlanForecastView } from '#contract/plan-views.ts'
import { minutes } from '#engine/fleet-plan/budget.ts'
import type { FleetPlan, MemberState, WaveStatus } from '#engine/fleet-plan/document.ts'
import { planFleet } from '#engine/fleet-plan/plan-fleet.ts'
import { waveOf } from '#engine/fleet-plan/waves.ts'
import type { EpochMs } from '#lib/clock.ts'
import { durationText } from '#lib/duration-text.ts'
import { humanDuration } from '#lib/human-duration.ts'
import { changeWords } from '#main/fleet-plan/forecast-plan.ts'
import { type Cell, type Colour, formatTable } from './text-table.ts'

const plain = (...texts: readonly string[]): readonly (readonly Cell[])[] => texts.map((text) => [{ text }])

/** `line 4: waves[0].minSoak: Give a time …`. */
export const faultLines = ({ faults }: PlanCheckView): readonly string[] =>
  faults.map(({ line, field, message }) =>
    [line === undefined ? '' : `line ${line}: `, field === '' ? '' : `${field}: `, message].join(''),
  )

/** What a plan brings where, before anything is sent. */
export function formatPlanForecast({
  name,
  change,
  waves,
  durationMs,
  stranded,
  warnings,
}: PlanForecastView): readonly string[] {
  const rows = waves.flatMap((wave, index) => [
    plain(
      `${index + 1} ${wave.name}`,
      String(wave.members.length),
      String(wave.pods),
      percent(wave.trafficShare),
      percent(wave.unprovenShare),
      wave.durationMs === undefined ? 'not foreseen' : durationText(wave.durationMs),
    ),
    ...wave.members.map(({ id, pods, trafficShare, images, durationMs: ms }) =>
      plain(
        `  ${id}`,
        '',
        String(pods),
        percent(trafficShare),
        images.join(' '),
        ms === undefined ? '-' : durationText(ms),
      ),
    ),
  ])
  return [
    `Plan      ${name}`,
    `Change    ${change.length === 0 ? 'comes by other ways; the plan opens gates' : change.join(' ')}`,
    `Takes     ${durationMs === undefined ? 'not foreseen' : `${durationText(durationMs)} without gates and failures`}`,
    `At risk   ${minutes(Math.max(0, ...waves.map(({ riskMs }) => riskMs)))} of the error budget at once, at least`,
    '',
    ...formatTable([plain('WAVE', 'MEMBERS', 'PODS', 'TRAFFIC', 'UNPROVEN AT ONCE / NOW', 'TAKES'), ...rows], false),
    ...stranded.map(
      ({ member, step, ms }) =>
        `Asleep: ${member}: step ${step + 1} takes ${durationText(ms)}, and no controller in its cluster acts on it (parking)`,
    ),
    ...warnings.map(({ member, text }) => `Warning: ${member === undefined ? '' : `${member}: `}${text}`),
  ]
}

const percent = (value: number): string => `${Math.round(value * 10) / 10}%`

/** One line for each plan below the titles. */
export function formatPlans(plans: readonly FleetPlan[], now: EpochMs, colours: boolean): readonly string[] {
  const rows = plans.map((plan) => [
    [{ text: plan.id }],
    [{ text: plan.name }],
    stateCell(plan),
    [{ text: `${plan.status.waves.filter(({ state }) => state === 'Passed').length}/${plan.spec.waves.length}` }],
    [{ text: `${countIn(plan, ['Succeeded', 'Skipped'])}/${plan.spec.members.length}` }],
    [{ text: `${plan.spec.home.context}/${plan.spec.home.namespace}` }],
    [{ text: humanDuration(now - plan.createdAt) }],
  ])
  return formatTable([plain('ID', 'NAME', 'STATE', 'WAVES', 'MEMBERS', 'HOME', 'AGE'), ...rows], colours)
}

/** What a plan is in one word: held, where it is. */
export const planState = ({ status: { phase, holds } }: FleetPlan): string =>
  holds.length > 0 && phase === 'Running' ? 'Held' : phase

function stateCell(plan: FleetPlan): readonly Cell[] {
  const text = planState(plan)
  const colour = stateColours[text]
  return [colour === undefined ? { text } : { text, colour }]
}

const stateColours: Readonly<Record<string, Colour>> = {
  Completed: 'green',
  Held: 'yellow',
  RollingBack: 'red',
  RolledBack: 'red',
  Passed: 'green',
  Breached: 'red',
  Gate: 'yellow',
  Succeeded: 'green',
  Failed: 'red',
  TimedOut: 'red',
  Refused: 'red',
  RollbackFailed: 'red',
}

const countIn = ({ spec, status }: FleetPlan, states: readonly MemberState[]): number =>
  spec.members.filter(({ id }) => states.includes(status.members[id]?.state ?? 'Pending')).length

/** All of a plan, as its document tells it. */
export function formatPlan(
  plan: FleetPlan,
  holder: string | undefined,
  now: EpochMs,
  colours: boolean,
): readonly string[] {
  const { spec, status } = plan
  const change = changeWords(spec.change)
  const facts: (readonly [string, string])[] = [
    ['Name:', plan.name],
    ['Id:', plan.id],
    ['State:', `${planState(plan)}, for ${humanDuration(now - status.since)}`],
    ...status.holds.map(
      ({ reason, by, text, since }) =>
        ['Held:', `${reason}${by === 'plan' ? '' : ` by ${by}`} for ${humanDuration(now - since)}: ${text}`] as const,
    ),
    [
      'Change:',
      change.length > 0
        ? change.join(' ')
        : `comes by other ways${status.target === undefined ? '' : `: ${status.target.join(' ')}`}`,
    ],
    ...budgetFact(plan, now),
    ['Home:', `${spec.home.context}/${spec.home.namespace}`],
    ['Created:', `by ${plan.createdBy}, ${humanDuration(now - plan.createdAt)} ago`],
    ['Decided by:', holder ?? 'nobody now'],
  ]
  const rows = spec.waves.flatMap((wave, index) => {
    const own: WaveStatus = status.waves[index] ?? { state: 'Waiting', since: status.since }
    const members = spec.members.filter((member) => waveOf(spec, member) === index)
    return [
      row(
        `${index + 1} ${wave.name}`,
        own.state,
        now - own.since,
        own.opened === undefined ? '' : `opened by ${own.opened.by}: ${own.opened.reason}`,
      ),
      ...members.map(({ id }) => {
        const member = status.members[id]
        return row(`  ${id}`, member?.state ?? 'Pending', member && now - member.since, member?.reason ?? '')
      }),
    ]
  })
  return [
    ...formatTable(
      facts.map(([title, text]) => plain(title, text)),
      false,
    ),
    '',
    ...formatTable([plain('WAVE', 'STATE', 'FOR', 'WHY'), ...rows], colours),
  ]
}

/** By the document alone, which says of nobody what it serves by now: at most that is at risk (W16). */
function budgetFact(plan: FleetPlan, now: EpochMs): readonly (readonly [string, string])[] {
  const { maxErrorBudgetMinutes: max } = plan.spec
  const unread = { members: {}, lease: undefined, resumedAt: 0, window: { isOpen: true, text: '' }, gates: {} }
  const { budget } = planFleet(plan, unread, now)
  if (max === undefined || budget === undefined) return []
  return [
    [
      'Budget:',
      `${minutes(budget.lostMs)} lost, at most ${minutes(budget.atRiskMs)} at risk, of ${minutes(max * 60_000)}`,
    ],
  ]
}

function row(name: string, state: string, forMs: number | undefined, why: string): readonly (readonly Cell[])[] {
  const colour = stateColours[state]
  return [
    [{ text: name }],
    [colour === undefined ? { text: state } : { text: state, colour }],
    [{ text: forMs === undefined ? '' : humanDuration(forMs) }],
    [{ text: why }],
  ]
}
