import type { CanaryStep } from '#api/rollout.ts'
import {
  type FleetPlan,
  fleetPlanSchema,
  type PlanMember,
  type PlanWave,
  type PlanWindow,
} from '#engine/fleet-plan/document.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { Random } from '../random.ts'
import { hashOf, images, ModelledMember } from './modelled-member.ts'

export const minute = 60_000

/** What goes wrong in a history, and when, by the clock of the machines. */
export type Fault =
  | { readonly kind: 'memberAway'; readonly member: number; readonly from: EpochMs; readonly to: EpochMs }
  | { readonly kind: 'homeAway'; readonly from: EpochMs; readonly to: EpochMs }
  | { readonly kind: 'sleep'; readonly laptop: number; readonly from: EpochMs; readonly to: EpochMs }
  /** After it has stored a status, before it sends the acts; `isLate`: it only stood still, and sends them when it goes on. */
  | {
      readonly kind: 'crash'
      readonly laptop: number
      readonly at: EpochMs
      readonly to: EpochMs
      readonly isLate: boolean
    }
  | {
      readonly kind: 'person'
      readonly member: number
      readonly does: 'promote' | 'abort' | 'other' | 'back' | 'otherPlan'
      readonly at: EpochMs
    }
  /** Somebody moves the plan to a new home; until `to` the old one is reached by whoever decided there (PC-4). */
  | { readonly kind: 'moved'; readonly from: EpochMs; readonly to: EpochMs }
  /** The new version comes there by other ways. */
  | { readonly kind: 'arrives'; readonly member: number; readonly at: EpochMs }
  | { readonly kind: 'windowShut'; readonly from: EpochMs; readonly to: EpochMs }

export interface Scenario {
  readonly plan: FleetPlan
  /** The first `count` are there when the plan is made. */
  readonly members: readonly ModelledMember[]
  readonly count: number
  readonly faults: readonly Fault[]
  readonly lagMs: number
  /** The store of metrics lost this stretch. */
  readonly hole: { readonly from: EpochMs; readonly to: EpochMs } | undefined
  readonly endsAt: EpochMs
}

/**
 * A plan, the members it is about, and what goes wrong.
 * @param isLarge twenty members that go step by step together, are ready and have clocks up to ten minutes apart, some with an analysis that fails (W1)
 */
export function generate(random: Random, start: EpochMs, isLarge: boolean): Scenario {
  const count = isLarge ? 20 : random.int(1, 6)
  const steps = stepsOf(random)
  const failing = random.chance(isLarge ? 0.7 : 0.3) ? random.int(0, count - 1) : -1
  const skews = random.chance(0.3)
  const skewing = random.fork('skew')
  const isInGit = random.fork('git').chance(0.2)
  const members = Array.from({ length: count }, (_, index) => {
    const member: PlanMember = {
      id: `c${index}/shop/web`,
      context: `c${index}`,
      namespace: 'shop',
      rollout: 'web',
      labels: {},
      trafficShare: 100 / count,
      priorHash: hashOf(images.prior),
    }
    const temper = {
      reactMs: random.int(200, 5_000),
      stepMs: isLarge ? random.int(1_000, 10 * minute) : random.int(500, 90_000),
      skewMs: isLarge ? skewing.int(-10 * minute, 10 * minute) : skews ? random.int(-120_000, 120_000) : 0,
      ...(isInGit && { isInGit }),
      ...(index === failing && { failsAt: random.int(0, steps.length - 1) }),
    }
    return new ModelledMember(member, temper, steps, start)
  })
  const chosen = specOf(
    random,
    members.map(({ member }) => member),
  )
  const joining = random.fork('joining')
  // To large ones nothing comes by other ways after their start.
  const joins = chosen.joinPolicy === 'catchUp' && !(isLarge && chosen.change.kind === 'gate')
  const lateOnes = joins ? lateOnesOf(joining, members, start) : []
  const spec = isLarge ? { ...chosen, waves: chosen.waves.map(together) } : chosen
  const waves = spec.waves.map(() => ({ state: 'Waiting' as const, since: start }))
  const status = { phase: 'Ready' as const, since: start, epoch: 1, holds: [], members: {}, waves }
  const plan: FleetPlan = {
    schema: fleetPlanSchema,
    id: 'p',
    name: 'web',
    createdBy: 'ann@one/1',
    createdAt: start,
    spec,
    status,
  }
  const endsAt = start + (isLarge ? 12 * 60 : 4 * 60) * minute
  return {
    plan,
    members: [...members, ...lateOnes],
    count,
    faults: isLarge ? [] : [...faultsOf(random, count, start), ...arrivals(joining, chosen, count, lateOnes)],
    hole: holeOf(random.fork('hole'), start),
    lagMs: random.chance(0.5) ? 0 : random.int(0, 4_000),
    endsAt,
  }
}

/** Clusters that appear later, each with a Rollout of its own; the first was there before the plan, and nobody chose it. */
function lateOnesOf(random: Random, members: readonly ModelledMember[], start: EpochMs): readonly ModelledMember[] {
  return Array.from({ length: random.int(1, 3) }, (_, index) => {
    const at = start + (index === 0 ? -minute : random.int(1, 40 * minute))
    const context = `late${index}`
    const first = members[0]
    const member: PlanMember = {
      ...{ id: `${context}/shop/web`, context, namespace: 'shop', rollout: 'web', labels: {}, trafficShare: 0 },
      priorHash: hashOf(images.prior),
    }
    const temper = { reactMs: random.int(200, 5_000), stepMs: random.int(500, 90_000), skewMs: 0 }
    return new ModelledMember(member, temper, first?.steps ?? [], at)
  })
}

function arrivals(
  random: Random,
  { change }: FleetPlan['spec'],
  count: number,
  lateOnes: readonly ModelledMember[],
): readonly Fault[] {
  if (change.kind !== 'gate') return []
  return lateOnes.map(({ versions }, index) => ({
    kind: 'arrives',
    member: count + index,
    at: (versions[0]?.at ?? 0) + random.int(1, 10) * minute,
  }))
}

const together = ({ deadlineMs: _deadline, ...wave }: PlanWave): PlanWave => ({
  ...wave,
  sync: 'step',
  maxConcurrent: '100%',
})

function stepsOf(random: Random): readonly CanaryStep[] {
  const pauses = random.int(0, 3)
  return Array.from({ length: pauses + 1 }, (_, index): readonly CanaryStep[] => [
    { setWeight: Math.round(((index + 1) * 100) / (pauses + 1)) },
    ...(index < pauses ? [{ pause: random.chance(0.3) ? { duration: '90s' } : {} }] : []),
  ]).flat()
}

function specOf(random: Random, members: readonly PlanMember[]): FleetPlan['spec'] {
  // Of its own, so that histories of a seed stay what they were.
  const later = random.fork('later')
  const costs = random.fork('budget')
  const waveCount = random.int(1, Math.min(3, members.length))
  const waves = Array.from({ length: waveCount }, (_, index): PlanWave => {
    const isLast = index === waveCount - 1
    const contexts = members.filter((_, at) => at % waveCount === index).map(({ context }) => context)
    return {
      name: `w${index}`,
      select: isLast ? { kind: 'rest' } : { kind: 'names', contexts },
      pilot: random.chance(0.2),
      maxConcurrent: random.pick([1, 2, '50%', '100%']),
      order: random.pick(['listed', 'smallestTrafficFirst', 'name']),
      sync: random.chance(0.4) ? 'step' : 'none',
      minSoakMs: random.pick([0, 0, 2 * minute]),
      firstSoakMs: random.pick([0, 5 * minute]),
      minEvidence: random.chance(0.2) ? [{ metric: 'errors', minCount: 3 }] : [],
      maxEvidenceGapMs: 2 * minute,
      waveSoakMs: random.pick([0, 3 * minute]),
      gate: random.pick(['none', 'none', 'manual', 'analysis']),
      ...(random.chance(0.4) && { deadlineMs: random.pick([10 * minute, 60 * minute]) }),
      maxFailures: random.pick([0, 0, 1, '30%']),
      maxUnreachable: random.pick([0, 1]),
    }
  })
  const joins = random.fork('join policy').chance(0.25)
  const last = waves.at(-1)
  const late: readonly PlanWave[] =
    joins && last !== undefined
      ? [{ ...last, name: 'late', select: { kind: 'late' }, pilot: false, waveSoakMs: 0, gate: 'none' }]
      : []
  return {
    home: { context: 'home', namespace: 'argosy' },
    change: random.chance(0.8)
      ? { kind: 'setImage', images: [{ container: 'app', image: images.target }] }
      : { kind: 'gate' },
    members,
    ...(joins && { joinPolicy: 'catchUp' }),
    waves: [...waves, ...late],
    unreachable: random.pick(['wait', 'wait', 'skip', 'fail']),
    unreachableAfterMs: 5 * minute,
    onBreach: random.pick(['hold', 'abortInFlight', 'rollbackWave', 'rollbackAll']),
    rollback: { maxConcurrent: '25%', order: 'reverse' },
    intentTtlMs: 15 * minute,
    holdOnCorrelatedFailure: true,
    ...(later.chance(0.1) && { windows: [freezeOf(later)] }),
    ...(random.chance(0.2) && { maxClustersUnproven: random.int(1, 3) }),
    ...(random.chance(0.2) && { maxTrafficShare: Math.max(60, 100 / members.length) }),
    ...(costs.chance(0.4) && { maxErrorBudgetMinutes: costs.pick([0.2, 1, 5, 30]) }),
  }
}

function holeOf(random: Random, start: EpochMs): Scenario['hole'] {
  const from = start + random.int(0, 30) * minute
  return random.chance(0.4) ? { from, to: from + random.int(1, 20) * minute } : undefined
}

/** Histories begin at 9:00 UTC. */
function freezeOf(random: Random): PlanWindow {
  const minutes = String(random.int(0, 59)).padStart(2, '0')
  return {
    kind: random.pick(['allow', 'deny']),
    rrule: `DTSTART:20260105T${random.pick(['09', '10'])}${minutes}00\nRRULE:FREQ=DAILY`,
    timeZone: 'UTC',
    durationMs: random.int(1, 120) * minute,
  }
}

function moveOf(random: Random, start: EpochMs): Fault {
  const from = start + random.int(1, random.chance(0.5) ? 4 : 60) * minute + random.int(0, minute)
  return { kind: 'moved', from, to: from + random.pick([1_000, minute, 30 * minute]) }
}

function faultsOf(random: Random, count: number, start: EpochMs): readonly Fault[] {
  const faults: Fault[] = []
  const later = random.fork('later faults')
  const stretch = () => {
    const from = start + random.int(0, random.chance(0.5) ? 4 : 60) * minute + random.int(0, minute)
    return { from, to: from + random.pick([20_000, 2 * minute, 10 * minute, 30 * minute]) }
  }
  for (let left = random.int(0, 5); left > 0; left--)
    switch (random.weighted({ memberAway: 4, homeAway: 1, sleep: 2, crash: 2, person: 1, windowShut: 1 })) {
      case 'memberAway':
        faults.push({ kind: 'memberAway', member: random.int(0, count - 1), ...stretch() })
        break
      case 'homeAway':
        faults.push({ kind: 'homeAway', ...stretch() })
        break
      case 'sleep':
        faults.push({ kind: 'sleep', laptop: random.int(0, 1), ...stretch() })
        break
      case 'crash': {
        const { from, to } = stretch()
        faults.push({ kind: 'crash', laptop: random.int(0, 1), at: from, to, isLate: random.chance(0.5) })
        break
      }
      case 'person': {
        const usual = random.pick(['promote', 'abort', 'other', 'back'] as const)
        const does = later.chance(0.2) ? 'otherPlan' : usual
        faults.push({ kind: 'person', member: random.int(0, count - 1), does, at: stretch().from })
        break
      }
      case 'windowShut':
        faults.push({ kind: 'windowShut', ...stretch() })
        break
    }
  const moves = random.fork('moves')
  if (moves.chance(0.15)) faults.push(moveOf(moves, start))
  return faults
}
