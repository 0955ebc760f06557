import { rolloutKey } from '#contract/keys.ts'
import type { PlanHoldView, PlanMemberView, PlanView, PlanWaveView } from '#contract/plan-views.ts'
import type { EpochMs } from '#lib/clock.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

export interface MemberParts extends Partial<PlanMemberView> {
  readonly context: string
}

/** Settled at its end, but for what is given. */
export function aPlanMember(now: EpochMs, parts: MemberParts): PlanMemberView {
  const { context, namespace = 'shop', rollout = 'checkout-api', state = 'Pending' } = parts
  return {
    id: `${context}/${namespace}/${rollout}`,
    key: rolloutKey({ context, namespace, name: rollout }),
    namespace,
    rollout,
    state,
    since: now - HOUR,
    reason: undefined,
    stepIndex: undefined,
    stepCount: 8,
    weight: state === 'Succeeded' || state === 'Soaking' ? 100 : 0,
    trafficShare: 10,
    reach: 'reachable',
    reachSince: undefined,
    soak: undefined,
    sent: undefined,
    ...parts,
  }
}

interface WaveParts extends Partial<PlanWaveView> {
  readonly name: string
  readonly members: readonly PlanMemberView[]
}

const failedStates = ['Failed', 'TimedOut', 'Refused', 'RollbackFailed']

export function aPlanWave(now: EpochMs, parts: WaveParts): PlanWaveView {
  const { members } = parts
  return {
    state: 'Waiting',
    since: now - HOUR,
    memberCount: members.length,
    doneCount: members.filter(({ state }) => state === 'Succeeded' || state === 'Skipped').length,
    failedCount: members.filter(({ state }) => failedStates.includes(state)).length,
    pilot: false,
    maxConcurrent: '1',
    sync: 'none',
    maxFailures: '0',
    maxUnreachable: '0',
    gate: 'none',
    opened: undefined,
    minSoakMs: 0,
    waveSoakMs: 0,
    soakedMs: 0,
    ...parts,
  }
}

interface PlanParts extends Partial<PlanView> {
  readonly id: string
  readonly name: string
  readonly waveViews: readonly PlanWaveView[]
}

export function aPlanView(now: EpochMs, parts: PlanParts): PlanView {
  return {
    phase: 'Running',
    since: now - 2 * HOUR,
    holds: [],
    change: ['checkout-api=registry.example/checkout-api:2.31.0'],
    home: { context: 'prod-eu-west', namespace: 'argo-rollouts' },
    createdBy: 'sre-oncall@desk-oslo-07/6b1f3c9a',
    createdAt: now - 3 * HOUR,
    driver: { state: 'here' },
    unread: undefined,
    explanation: [],
    nextActs: [],
    events: [],
    ...parts,
    waves: parts.waveViews,
  }
}

/** The plan of the board: wave 1 passed, wave 2 under way in two regions, wave 3 waits. */
export function checkoutPlan(now: EpochMs, more: Partial<PlanView> = {}): PlanView {
  const id = (context: string) => `${context}/shop/checkout-api`
  return aPlanView(now, {
    id: '01JDF3M7Q2CHECKOUT',
    name: 'checkout-api 2.31',
    waveViews: [
      aPlanWave(now, {
        name: 'canary cluster',
        state: 'Passed',
        pilot: true,
        waveSoakMs: 30 * MINUTE,
        soakedMs: 30 * MINUTE,
        gate: 'manual',
        opened: { by: 'm.ortega@desk-oslo-07/6b1f', at: now - 70 * MINUTE, reason: 'errors flat for an hour' },
        members: [aPlanMember(now, { context: 'canary-eu', state: 'Succeeded', trafficShare: 2 })],
      }),
      aPlanWave(now, {
        name: 'one per region',
        state: 'Active',
        since: now - HOUR,
        maxConcurrent: '2',
        minSoakMs: 15 * MINUTE,
        waveSoakMs: 20 * MINUTE,
        gate: 'analysis',
        members: [
          aPlanMember(now, {
            context: 'prod-eu-west',
            state: 'Progressing',
            since: now - 50 * MINUTE,
            stepIndex: 4,
            weight: 40,
            trafficShare: 22,
          }),
          aPlanMember(now, {
            context: 'prod-us-east',
            state: 'Soaking',
            since: now - 140_000,
            trafficShare: 21,
            soak: { provenMs: 139_000, wantedMs: 15 * MINUTE },
          }),
        ],
      }),
      aPlanWave(now, {
        name: 'everywhere',
        maxConcurrent: '2',
        waveSoakMs: 45 * MINUTE,
        maxFailures: '25%',
        members: [
          aPlanMember(now, { context: 'prod-eu-central', trafficShare: 20 }),
          aPlanMember(now, { context: 'prod-us-west', trafficShare: 15 }),
          aPlanMember(now, { context: 'prod-ap-south', trafficShare: 12 }),
          aPlanMember(now, { context: 'prod-ap-ne', trafficShare: 8, reach: 'unreachable', reachSince: now - 38_000 }),
        ],
      }),
    ],
    ending: { how: 'done', at: now + 3 * HOUR, wave: 2, isAtLeast: false },
    explanation: [
      { because: 'W3', member: id('prod-us-east'), wave: undefined, text: '761 s of 900 s are not proven yet' },
    ],
    nextActs: [
      {
        member: id('prod-eu-west'),
        kind: 'promote',
        because: 'W1',
        summary: `Promote ${id('prod-eu-west')} past step 4`,
      },
    ],
    events: [
      {
        at: now - 140_000,
        text: 'is healthy with the new version',
        wave: undefined,
        member: id('prod-us-east'),
        severity: 'info',
      },
      {
        at: now - 50 * MINUTE,
        text: 'setImage was sent',
        wave: undefined,
        member: id('prod-eu-west'),
        severity: 'info',
      },
      { at: now - HOUR, text: 'wave one per region: Active', wave: 1, member: undefined, severity: 'info' },
      {
        at: now - 62 * MINUTE,
        text: 'did not answer for 40 s',
        wave: undefined,
        member: id('prod-ap-ne'),
        severity: 'warning',
      },
      {
        at: now - 70 * MINUTE,
        text: 'm.ortega opened the gate: errors flat for an hour',
        wave: 0,
        member: undefined,
        severity: 'info',
      },
      { at: now - 2 * HOUR, text: 'm.ortega started the plan', wave: undefined, member: undefined, severity: 'info' },
    ],
    ...more,
  })
}

export const hold = (reason: PlanHoldView['reason'], since: EpochMs, text: string, by = 'plan'): PlanHoldView => ({
  reason,
  since,
  text,
  by,
})
