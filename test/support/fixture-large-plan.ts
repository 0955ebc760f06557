import type { PlanMemberView, PlanView } from '#contract/plan-views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { aPlanMember, aPlanView, aPlanWave, hold } from './fixture-plans.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Forty members in five waves; the third is over its budget, so the plan stands. */
export function largePlan(now: EpochMs): PlanView {
  const cluster = (index: number) => `region-${String(index + 1).padStart(2, '0')}-prod`
  const members = (from: number, count: number, parts: (index: number) => Partial<PlanMemberView>) =>
    Array.from({ length: count }, (_, index) =>
      aPlanMember(now, { context: cluster(from + index), rollout: 'ledger', trafficShare: 2.5, ...parts(index) }),
    )
  const [bad, late] = [`${cluster(11)}/shop/ledger`, `${cluster(12)}/shop/ledger`]
  return aPlanView(now, {
    budget: { lostMs: 24_000, atRiskMs: 71_000, maxMinutes: 4 },
    id: '01JDF4LEDGER',
    name: 'ledger 9.2, quarter end',
    change: ['ledger=registry.example/ledger:9.2.0', 'migrate=registry.example/ledger-migrate:9.2.0'],
    driver: { state: 'elsewhere', holder: 'release-bot@oslo-07/91ab' },
    request: {
      by: 'm.ortega@desk-oslo-07',
      at: now - 2 * MINUTE,
      until: now + 3 * MINUTE,
      reason: 'my shift',
      side: 'ours',
      keptBy: 'k.lind@oslo-07',
    },
    holds: [
      hold(
        'Budget',
        now - 11 * MINUTE,
        `2 failed in wave everywhere else, which bears 1: ${bad}: 3 of 12 pods cannot pull registry.example/ledger:9.2.0 (ImagePullBackOff); ${late}: not done after 2 h`,
      ),
      hold('Manual', now - 9 * MINUTE, 'waiting for the registry team, INC-20931', 'm.ortega@desk-oslo-07/6b1f'),
    ],
    waveViews: [
      aPlanWave(now, {
        name: 'pilot',
        state: 'Passed',
        pilot: true,
        gate: 'manual',
        waveSoakMs: HOUR,
        soakedMs: HOUR,
        opened: { by: 'm.ortega@desk-oslo-07/6b1f', at: now - 4 * HOUR, reason: 'CHG-4711' },
        members: members(0, 1, () => ({ state: 'Succeeded' })),
      }),
      aPlanWave(now, {
        name: 'three regions',
        state: 'Passed',
        maxConcurrent: '3',
        sync: 'step',
        waveSoakMs: HOUR,
        soakedMs: HOUR,
        gate: 'fleetVerdict',
        members: members(1, 3, () => ({ state: 'Succeeded' })),
      }),
      aPlanWave(now, {
        name: 'everywhere else',
        state: 'Breached',
        since: now - 11 * MINUTE,
        maxConcurrent: '25%',
        maxFailures: '10%',
        maxUnreachable: '1',
        minSoakMs: 10 * MINUTE,
        waveSoakMs: 90 * MINUTE,
        gate: 'manual',
        members: members(4, 16, (index) => {
          if (index < 5) return { state: 'Succeeded' }
          if (index === 5) return { state: 'Skipped', reason: 'm.ortega: being rebuilt' }
          if (index === 6) return { state: 'Soaking', soak: { provenMs: 4 * MINUTE, wantedMs: 10 * MINUTE } }
          if (index === 7)
            return {
              state: 'Failed',
              since: now - 11 * MINUTE,
              stepIndex: 2,
              lastPause: 1,
              weight: 10,
              reason: '3 of 12 pods cannot pull registry.example/ledger:9.2.0 (ImagePullBackOff)',
            }
          if (index === 8)
            return {
              state: 'TimedOut',
              since: now - 12 * MINUTE,
              stepIndex: 5,
              weight: 40,
              reason: 'not done after 2 h',
            }
          if (index === 9) return { state: 'AtGate', stepIndex: 4, weight: 20 }
          if (index === 10)
            return { state: 'Progressing', stepIndex: 3, weight: 10, reach: 'unauthorized', reachSince: now - HOUR }
          if (index === 11)
            return { state: 'Applying', sent: { kind: 'setImage', at: now - 20_000 }, since: now - 20_000 }
          if (index === 12) return { state: 'Refused', reason: 'plan 01JDX7 has it already', since: now - 3 * HOUR }
          return {}
        }),
      }),
      aPlanWave(now, { name: 'night', maxConcurrent: '4', members: members(20, 12, () => ({})) }),
      aPlanWave(now, { name: 'banks', maxConcurrent: '1', gate: 'manual', members: members(32, 8, () => ({})) }),
      aPlanWave(now, { name: 'late', maxConcurrent: '1', isLate: true, members: [] }),
    ],
    explanation: [
      {
        because: 'Budget',
        wave: undefined,
        member: undefined,
        text: `2 failed in wave everywhere else, which bears 1: ${bad}: 3 of 12 pods cannot pull registry.example/ledger:9.2.0 (ImagePullBackOff); ${late}: not done after 2 h`,
      },
      {
        because: 'Manual',
        wave: undefined,
        member: undefined,
        text: 'm.ortega@desk-oslo-07/6b1f: waiting for the registry team, INC-20931',
      },
      { because: 'W1', wave: undefined, member: `${cluster(13)}/shop/ledger`, text: 'is paused by hand' },
      { because: 'PC-5', wave: undefined, member: `${cluster(14)}/shop/ledger`, text: 'wants somebody to sign in' },
      {
        because: 'RB-4',
        wave: undefined,
        member: `${cluster(15)}/shop/ledger`,
        text: 'setImage was sent and is not seen yet',
      },
    ],
    events: Array.from({ length: 300 }, (_, index) => ({
      at: now - index * 37_000,
      text: index % 7 === 0 ? 'setImage was sent' : 'went on to its next step',
      wave: undefined,
      member: `${cluster(index % 20)}/shop/ledger`,
      severity: index % 50 === 3 ? ('error' as const) : index % 23 === 1 ? ('warning' as const) : ('info' as const),
    })),
  })
}
