import type { PlanMemberView, PlanView, PlanWaveView } from '#contract/plan-views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { aPlanMember, aPlanView, aPlanWave, hold } from './fixture-plans.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** One plan in each of the other states. */
export function otherPlans(now: EpochMs): readonly PlanView[] {
  const waves = (state: PlanWaveView['state'], member: PlanMemberView['state']) => [
    aPlanWave(now, {
      name: 'pilot',
      state,
      pilot: true,
      members: [aPlanMember(now, { context: 'canary-eu', state: member, rollout: 'cart' })],
    }),
    aPlanWave(now, {
      name: 'rest',
      state,
      maxConcurrent: '2',
      waveSoakMs: 45 * MINUTE,
      soakedMs: state === 'WaveSoak' ? 12 * MINUTE + 19_000 : 0,
      members: ['prod-eu-west', 'prod-us-east', 'prod-us-west'].map((context) =>
        aPlanMember(now, { context, state: member, rollout: 'cart', trafficShare: 30 }),
      ),
    }),
  ]
  const cart = { change: ['cart=registry.example/cart:1.20.0'] } as const
  const baking = waves('WaveSoak', 'Succeeded')
  return [
    aPlanView(now, {
      ...cart,
      id: '01JDBAKE',
      name: 'cart 1.20',
      waveViews: baking.map((wave, index) => (index === 0 ? { ...wave, state: 'Passed', gate: 'manual' } : wave)),
      driver: { state: 'waiting', holder: 'release-bot@oslo-07/91ab' },
      home: { context: 'prod-ap-south', namespace: 'argo-rollouts' },
      unread: { since: now - 3 * MINUTE, text: 'connection to 10.4.0.1:6443 timed out' },
    }),
    aPlanView(now, {
      ...cart,
      id: '01JDGATE',
      name: 'gift-cards by GitOps',
      change: [],
      waveViews: waves('Waiting', 'Pending').map((wave, index) =>
        index === 0
          ? {
              ...wave,
              state: 'Gate',
              gate: 'manual',
              members: [aPlanMember(now, { context: 'canary-eu', state: 'Succeeded', rollout: 'gift-cards' })],
              doneCount: 1,
            }
          : wave,
      ),
    }),
    aPlanView(now, {
      ...cart,
      id: '01JDREADY',
      name: 'cart 1.21',
      phase: 'Ready',
      approvals: {
        count: 2,
        by: ['m.ortega', 'j.lindqvist', 'sre-oncall'],
        given: [{ by: 'm.ortega@desk-oslo-07', at: now - 300_000, reason: 'read the diff, windows fit' }],
      },
      driver: { state: 'nobody' },
      waveViews: waves('Waiting', 'Pending'),
    }),
    aPlanView(now, {
      ...cart,
      id: '01JDBACK',
      name: 'session-store 6.1',
      phase: 'RollingBack',
      waveViews: waves('Breached', 'RollingBack'),
    }),
    aPlanView(now, {
      ...cart,
      id: '01JDDONE',
      name: 'cart 1.19',
      phase: 'Completed',
      since: now - 26 * HOUR,
      driver: { state: 'nobody' },
      waveViews: waves('Passed', 'Succeeded').map((wave) => ({ ...wave, members: wave.members.map(notOpen) })),
    }),
    aPlanView(now, {
      ...cart,
      id: '01JDABORT',
      name: 'cart 1.18',
      phase: 'Aborted',
      since: now - 50 * HOUR,
      driver: { state: 'nobody' },
      waveViews: waves('Active', 'Failed'),
    }),
    aPlanView(now, {
      ...cart,
      id: '01JDUNDONE',
      name: 'undo of cart 1.18',
      phase: 'RolledBack',
      since: now - 51 * HOUR,
      change: ['revision 3'],
      driver: { state: 'nobody' },
      waveViews: waves('Breached', 'RolledBack'),
    }),
  ]
}

/** This window has opened one of its contexts only. */
const notOpen = (member: PlanMemberView): PlanMemberView =>
  member.context === 'prod-eu-west' ? member : { ...member, reach: 'unread' }

const longName = 'checkout-orchestration-service-with-a-very-long-name-indeed 2026.11.24-rc.17+build.20261124T141432Z'

/** Names as long as people make them, in two scripts. */
export function longPlan(now: EpochMs): PlanView {
  const contexts = [
    'arn:aws:eks:eu-central-1:123456789012:cluster/shop-production-blue',
    'gke_acme-prod_europe-west4-a_checkout',
    '生产环境-上海一区-电商核心集群',
  ]
  const names = { namespace: 'a-namespace-that-nobody-would-shorten', rollout: '订单结算与库存预占核心服务' }
  return aPlanView(now, {
    id: '01JDLONG',
    name: longName,
    change: [
      `订单结算与库存预占核心服务=registry.internal.example.com:5000/platform/checkout-orchestration-service:2026.11.24-rc.17`,
    ],
    home: { context: contexts[0] ?? '', namespace: names.namespace },
    createdBy: 'continuous-delivery-automation-account@build-agent-0042.internal.example.com/0f',
    driver: {
      state: 'elsewhere',
      holder: 'continuous-delivery-automation-account@build-agent-0042.internal.example.com/0f',
    },
    holds: [
      hold(
        'Window',
        now - HOUR,
        '双十一大促期间禁止发布（2026-11-20 至 2026-11-27）。Deployments are frozen while the campaign runs, see CHG-2026-004711, until 27 Nov 00:00.',
      ),
    ],
    waveViews: [
      aPlanWave(now, {
        name: '第一波：内部验证集群与灰度用户 (internal verification first)',
        state: 'Breached',
        maxFailures: '100%',
        gate: 'fleetVerdict',
        members: contexts.slice(0, 2).map((context, index) =>
          aPlanMember(now, {
            ...names,
            context,
            state: index === 0 ? 'RollbackFailed' : 'TimedOut',
            stepIndex: 3,
            weight: 33.3,
            reason:
              '其上一版本的 ReplicaSet 已被清理，请选择要回滚到的修订版本。Its ReplicaSet of 59d4c7b6fd is gone: choose a revision',
          }),
        ),
      }),
      aPlanWave(now, {
        name: '第二波：其余全部生产环境',
        waveSoakMs: 26 * HOUR + 5 * MINUTE,
        maxConcurrent: '33%',
        members: contexts
          .slice(2)
          .map((context) => aPlanMember(now, { ...names, context, reach: 'unauthorized', reachSince: now - HOUR })),
      }),
    ],
    explanation: [
      {
        because: 'Window',
        wave: undefined,
        member: undefined,
        text: '双十一大促期间禁止发布（2026-11-20 至 2026-11-27）。Deployments are frozen while the campaign runs.',
      },
    ],
  })
}
