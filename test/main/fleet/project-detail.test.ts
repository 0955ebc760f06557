import { describe, expect, it } from 'vitest'
import type { ReplicaSet } from '#api/apps.ts'
import type { Event } from '#api/core.ts'
import type { BlueGreenStrategy, CanaryStrategy, RolloutStatus } from '#api/rollout.ts'
import type { TrafficRouting } from '#api/traffic-routing.ts'
import { projectDetail } from '#main/fleet/project-detail.ts'
import { projectRollout } from '#main/fleet/project-rollout.ts'
import type { RolloutParts } from '#main/fleet/rollout-parts.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aPod, aService } from '#test/support/builders/service.ts'
import { someParts } from '#test/support/fleet-parts.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const at = (secondsAgo: number) => new Date(T0 - secondsAgo * 1000).toISOString().replace('.000', '')

const v0 = aReplicaSet({ hash: 'v0', image: 'web:0.9', size: 0, revision: 46 })
const v1 = aReplicaSet({ hash: 'v1', image: 'web:1.0', size: 7, revision: 47 })
const v2 = aReplicaSet({ hash: 'v2', image: 'web:2.0', size: 3, revision: 48 })
const moving: RolloutStatus = { currentPodHash: 'v2', stableRS: 'v1', availableReplicas: 10, phase: 'Progressing' }

const detailOf = (parts: Partial<RolloutParts>) => {
  const all = someParts({ replicaSets: [v0, v1, v2], ...parts })
  return projectDetail(all, projectRollout(all, T0).view)
}
const canary = (strategy: CanaryStrategy, status: RolloutStatus = {}) =>
  aRollout({ image: 'web:2.0', replicas: 10, canary: strategy, status: { ...moving, ...status } })
const blueGreen = (status: RolloutStatus, strategy: BlueGreenStrategy = {}) =>
  aRollout({
    replicas: 3,
    blueGreen: { activeService: 'active', previewService: 'preview', ...strategy },
    status: { ...moving, ...status },
  })

describe('steps of a canary', () => {
  it('VIEW-183: each kind, in its structured form', () => {
    const steps = [
      setWeight(25),
      pause('1h30m'),
      pause(),
      { setCanaryScale: { weight: 5 } },
      { setCanaryScale: { matchTrafficWeight: true } },
      { analysis: { templates: [{ templateName: 'smoke' }, { templateName: 'p99' }] } },
      { experiment: { templates: [{ name: 'baseline' }] } },
      { plugin: { name: 'acme/wait' } },
      { setHeaderRoute: { name: 'beta' } },
      { setMirrorRoute: { name: 'shadow' } },
      {},
    ]
    expect(detailOf({ rollout: canary({ steps }) }).steps.map(({ step }) => step)).toEqual([
      { kind: 'setWeight', weight: 25 },
      { kind: 'pause', durationMs: 5_400_000 },
      { kind: 'pause', durationMs: undefined },
      { kind: 'setCanaryScale', text: 'weight: 5' },
      { kind: 'setCanaryScale', text: 'matchTrafficWeight: true' },
      { kind: 'analysis', templates: ['smoke', 'p99'] },
      { kind: 'experiment', templates: ['baseline'] },
      { kind: 'plugin', text: 'acme/wait' },
      { kind: 'setHeaderRoute', text: 'beta' },
      { kind: 'setMirrorRoute', text: 'shadow' },
      { kind: 'unknown' },
    ])
  })

  const steps = [setWeight(25), pause(60), setWeight(75)]
  it.each<[string, RolloutStatus, readonly string[]]>([
    ['on the way', { currentStepIndex: 1 }, ['done', 'current', 'future']],
    ['VIEW-181: at the very first', { currentStepIndex: 0 }, ['current', 'future', 'future']],
    ['at the end', { currentStepIndex: 3 }, ['done', 'done', 'done']],
    ['aborted, nobody knows where', { currentStepIndex: 0, abort: true }, ['future', 'future', 'future']],
    ['aborted, not acted on yet', { currentStepIndex: 1, abort: true }, ['done', 'failed', 'future']],
    ['promoted in full', { currentStepIndex: 1, promoteFull: true }, ['done', 'skipped', 'skipped']],
  ])('states: %s', (_title, status, expected) => {
    expect(detailOf({ rollout: canary({ steps }, status) }).steps.map(({ state }) => state)).toEqual(expected)
  })

  const completed = (step: number, secondsAgo: number): Event =>
    anEvent(`e${step}`, secondsAgo, {
      reason: 'RolloutStepCompleted',
      message: `Rollout step ${step}/3 completed (setWeight: 25)`,
    })

  it.each<[string, readonly Event[], readonly string[]]>([
    ['the step after the last completed one failed', [completed(1, 30), completed(2, 20)], ['done', 'done', 'failed']],
    ['events of the update before do not count', [completed(2, 900)], ['future', 'future', 'future']],
    ['all were completed', [completed(3, 10)], ['done', 'done', 'done']],
  ])('ACT-52: an abort takes the index to 0: %s', (_title, events, expected) => {
    const status = { currentStepIndex: 0, abort: true, duration: { rolloutStartedAt: at(60) } }
    expect(detailOf({ rollout: canary({ steps }, status), events }).steps.map(({ state }) => state)).toEqual(expected)
  })

  it.each<[string, CanaryStrategy['analysis'], object | undefined]>([
    ['from the first step', { templates: [{ templateName: 'smoke' }] }, { startingStep: 0, templates: ['smoke'] }],
    [
      'from a later one',
      { templates: [{ templateName: 'smoke' }], startingStep: 2 },
      { startingStep: 2, templates: ['smoke'] },
    ],
    ['never, when that is after the last one', { templates: [{ templateName: 'smoke' }], startingStep: 3 }, undefined],
    ['without a template', { templates: [] }, undefined],
    ['not at all', undefined, undefined],
  ])('ANA-1116: the background analysis spans the steps %s', (_title, analysis, expected) => {
    expect(detailOf({ rollout: canary({ steps, ...(analysis && { analysis }) }) }).background).toEqual(expected)
  })

  it('CAN-30: without a traffic router a weight is a number of pods', () => {
    const podsOf = (strategy: CanaryStrategy) =>
      detailOf({ rollout: canary({ steps, ...strategy }) }).steps.map(({ canaryPods }) => canaryPods)
    expect(podsOf({ maxSurge: 0, maxUnavailable: 1 })).toEqual([3, undefined, 8])
    expect(podsOf({ trafficRouting: { nginx: { stableIngress: 'web' } } })).toEqual([undefined, undefined, undefined])
  })

  it('tells when the pause ends, and how long the steps before took', () => {
    const rollout = canary(
      { steps },
      {
        currentStepIndex: 1,
        pauseConditions: [{ reason: 'CanaryPauseStep', startTime: at(20) }],
        duration: { rolloutStartedAt: at(58) },
      },
    )
    const [first, second, third] = detailOf({ rollout, events: [completed(1, 20), completed(2, 900)] }).steps
    expect(first).toMatchObject({ tookMs: 38_000, endedAt: T0 - 20_000, endsAt: undefined })
    expect(second).toMatchObject({ tookMs: undefined, endedAt: undefined, endsAt: T0 + 40_000 })
    expect(third).toMatchObject({ tookMs: undefined, endedAt: undefined, endsAt: undefined })
  })
})

describe('steps of a blue-green rollout', () => {
  const old = { blueGreen: { activeSelector: 'v1' } }
  const switched = { blueGreen: { activeSelector: 'v2' } }
  const held = {
    ...old,
    controllerPause: true,
    pauseConditions: [{ reason: 'BlueGreenPause' as const, startTime: at(60) }],
  }
  const manual = { autoPromotionEnabled: false }
  const coming = aReplicaSet({ hash: 'v2', size: 3, available: 1, revision: 48 })
  const leaving = aReplicaSet({ hash: 'v1', size: 7, revision: 47, deadline: at(-25) })
  const gone = aReplicaSet({ hash: 'v1', size: 0, revision: 47 })
  it.each<[string, RolloutStatus, BlueGreenStrategy, readonly ReplicaSet[], readonly [string, number?][]]>([
    ['pods come up', old, {}, [v1, coming], [['current'], ['skipped'], ['future'], ['future']]],
    ['waits for a person', held, manual, [v1, v2], [['done'], ['current'], ['future'], ['future']]],
    [
      'waits for a timer',
      held,
      { autoPromotionSeconds: 90 },
      [v1, v2],
      [['done'], ['current', T0 + 30_000], ['future'], ['future']],
    ],
    ['promoted', { ...old, controllerPause: true }, manual, [v1, v2], [['done'], ['done'], ['current'], ['future']]],
    ['switched', switched, manual, [leaving, v2], [['done'], ['done'], ['done'], ['current', T0 + 25_000]]],
    [
      'settled',
      { ...switched, stableRS: 'v2', phase: 'Healthy' },
      {},
      [gone, v2],
      [['done'], ['skipped'], ['done'], ['done']],
    ],
    ['aborted', { ...old, abort: true }, {}, [v1, coming], [['failed'], ['skipped'], ['future'], ['future']]],
  ])('%s', (_title, status, strategy, replicaSets, states) => {
    const { steps } = detailOf({ rollout: blueGreen(status, strategy), replicaSets })
    expect(steps.map(({ state, endsAt }) => [state, ...(endsAt === undefined ? [] : [endsAt])])).toEqual(states)
    expect(steps.map(({ step }) => step)).toEqual(
      ['preview', 'pause', 'switch', 'scaleDown'].map((text) => ({ kind: 'blueGreen', text })),
    )
  })
})

describe('revisions', () => {
  it('VIEW-12, VIEW-91: newest first, with roles, versions and what undo may go back to', () => {
    expect(detailOf({ rollout: canary({}) }).revisions).toMatchObject([
      {
        revision: 48,
        roles: ['canary'],
        version: '2.0',
        undo: { open: false, reason: 'This revision is the wanted one' },
      },
      { revision: 47, roles: ['stable'], version: '1.0', desired: 7, ready: 7, available: 7, undo: { open: true } },
      { revision: 46, roles: [], images: ['web:0.9'], health: 'ScaledDown', undo: { open: true } },
    ])
  })

  it('VIEW-91: a promoted ReplicaSet is only stable', () => {
    const rolesBy = detailOf({ rollout: canary({}, { stableRS: 'v2' }) }).revisions.map(({ roles }) => roles)
    expect(rolesBy).toEqual([['stable'], [], []])
  })

  it('VIEW-93: stable and active coexist, preview stands beside', () => {
    const rollout = blueGreen({ blueGreen: { activeSelector: 'v1', previewSelector: 'v2' } })
    expect(detailOf({ rollout }).revisions.map(({ roles }) => roles)).toEqual([['preview'], ['stable', 'active'], []])
  })

  const failure = [{ type: 'ReplicaFailure', status: 'True' as const }]
  it.each<[string, ReplicaSet, string]>([
    ['not yet observed', { ...v1, metadata: { ...v1.metadata, generation: 2 } }, 'Progressing'],
    ['cannot make pods', { ...v1, status: { ...v1.status, conditions: failure } }, 'ReplicaFailure'],
    ['too few are available', aReplicaSet({ size: 3, available: 2 }), 'Progressing'],
    ['at nothing', v0, 'ScaledDown'],
    ['all there', v1, 'Healthy'],
  ])('VIEW-90: %s', (_title, rs, health) => {
    expect(detailOf({ rollout: canary({}), replicaSets: [rs] }).revisions).toMatchObject([{ health }])
  })

  it('VIEW-13, VIEW-94: pods of each, oldest first, and when it is scaled down', () => {
    const leaving = aReplicaSet({ hash: 'v1', size: 2, revision: 47, deadline: at(-25) })
    const pods = [aPod(leaving, 2, at(10)), aPod(leaving, 1, at(20)), aPod(leaving, 0, at(10)), aPod(v2, 0)]
    const [newest, older] = detailOf({ rollout: canary({}), replicaSets: [leaving, v2], pods }).revisions
    expect(newest?.pods.map(({ name }) => name)).toEqual(['web-v2-0'])
    expect(older?.pods.map(({ name }) => name)).toEqual(['web-v1-1', 'web-v1-0', 'web-v1-2'])
    expect(older).toMatchObject({ scaleDownAt: T0 + 25_000, pods: [{ state: 'ready', reason: 'Running' }, {}, {}] })
  })
})

describe('traffic', () => {
  it('VIEW-222: pods decide without a router', () => {
    expect(detailOf({ rollout: canary({ steps: [setWeight(30), pause()] }) }).traffic).toEqual({
      kind: 'pods',
      source: '',
      desiredWeight: 30,
      actualWeight: 30,
      maxWeight: 100,
      written: undefined,
      routing: undefined,
      canaryPods: 3,
      stablePods: 7,
      services: [],
    })
  })

  it.each<[TrafficRouting, string]>([
    [{ istio: { virtualService: { name: 'web', routes: ['primary'] } } }, 'VirtualService web, route primary'],
    [{ istio: { virtualServices: [{ name: 'web' }] } }, 'VirtualService web'],
    [{ nginx: { stableIngress: 'web' } }, 'Ingress web'],
    [{ nginx: { stableIngresses: ['web', 'shop'] } }, 'Ingress web'],
    [{ alb: { ingress: 'web', servicePort: 80 } }, 'Ingress web'],
    [{ smi: {} }, 'smi'],
    [{ traefik: { weightedTraefikServiceName: 'web' } }, 'TraefikService web'],
    [{ plugins: { 'acme/router': {} } }, 'acme/router'],
  ])('VIEW-222: the router %j is called %s', (trafficRouting, source) => {
    const weights = { canary: { weight: 28 }, stable: { weight: 72 }, verified: false }
    const rollout = canary({ steps: [setWeight(30), pause()], trafficRouting }, { canary: { weights } })
    expect(detailOf({ rollout }).traffic).toMatchObject({
      kind: 'router',
      source,
      desiredWeight: 30,
      written: { weight: 28, additional: [], verified: false },
    })
  })

  it('TR-22, EXP-1002: what was written, shares of Experiments beside it', () => {
    const additional = [{ weight: 5, serviceName: 'web-baseline', podTemplateHash: 'b' }]
    const weights = { canary: { weight: 28 }, stable: { weight: 67 }, additional }
    const trafficRouting = { nginx: { stableIngress: 'web' } }
    const of = (status: RolloutStatus) =>
      detailOf({ rollout: canary({ steps: [setWeight(30), pause()], trafficRouting }, status) }).traffic
    expect(of({ canary: { weights } }).written).toEqual({
      weight: 28,
      additional: [{ service: 'web-baseline', weight: 5 }],
      verified: undefined,
    })
    expect(of({}).written).toBeUndefined()
  })

  it('TR-10: after the update the router sends nothing to the canary, and stable is the new revision', () => {
    const weights = { canary: { weight: 0 }, stable: { weight: 100 }, verified: true }
    const trafficRouting = { nginx: { stableIngress: 'web' } }
    const done = { stableRS: 'v2', currentStepIndex: 2, canary: { weights } }
    const rollout = canary({ steps: [setWeight(30), pause()], trafficRouting }, done)
    expect(detailOf({ rollout }).traffic).toMatchObject({ desiredWeight: 0, written: { weight: 0, verified: true } })
  })

  it('names the Services, and the revision that each selects', () => {
    const rollout = blueGreen({ blueGreen: { activeSelector: 'v1' } })
    const { traffic } = detailOf({ rollout, services: { active: aService('active', 'v1') } })
    expect(traffic).toMatchObject({ kind: 'services', source: 'Service active' })
    expect(traffic.services).toEqual([
      { role: 'active', name: 'active', podHash: 'v1', revision: 47 },
      { role: 'preview', name: 'preview', podHash: undefined, revision: undefined },
    ])
  })
})

function anEvent(name: string, secondsAgo: number, more: Partial<Event> = {}): Event {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: 'shop', uid: `uid-${name}` },
    involvedObject: { kind: 'Rollout', namespace: 'shop', name: 'web', uid: 'uid-web' },
    type: 'Normal',
    reason: 'RolloutPaused',
    message: 'Rollout is paused',
    count: 2,
    lastTimestamp: at(secondsAgo),
    source: { component: 'rollouts-controller' },
    ...more,
  }
}

describe('the rest', () => {
  it('events come newest first, at most 200 of them', () => {
    const events = Array.from({ length: 205 }, (_, index) => anEvent(`e${index}`, 1000 - index))
    const shown = detailOf({ rollout: canary({}), events }).events
    expect(shown).toHaveLength(200)
    expect(shown[0]).toEqual({
      id: 'uid-e204',
      at: T0 - 796_000,
      source: 'engine',
      type: 'Normal',
      reason: 'RolloutPaused',
      message: 'Rollout is paused',
      count: 2,
    })
    const other = anEvent('x', 1, { type: 'Warning', source: { component: 'kubelet' } })
    expect(detailOf({ rollout: canary({}), events: [other] }).events).toMatchObject([
      { source: 'cluster', type: 'Warning' },
    ])
  })

  it('VIEW-77…79: containers, restart, generation and conditions', () => {
    const changed = { lastUpdateTime: at(5), lastTransitionTime: at(9) }
    const rollout = aRollout({
      generation: 61,
      spec: {
        template: {
          spec: { initContainers: [{ name: 'wait', image: 'wait:1' }], containers: [{ name: 'web', image: 'web:2' }] },
        },
      },
      status: {
        restartedAt: at(30),
        conditions: [
          { type: 'Paused', status: 'True', reason: 'RolloutPaused', message: 'Rollout is paused', ...changed },
        ],
      },
    })
    expect(detailOf({ rollout })).toMatchObject({
      containers: [
        { name: 'wait', image: 'wait:1', init: true },
        { name: 'web', image: 'web:2', init: false },
      ],
      restartedAt: T0 - 30_000,
      generation: 61,
      conditions: [
        { type: 'Paused', status: 'True', reason: 'RolloutPaused', message: 'Rollout is paused', changedAt: T0 - 9000 },
      ],
    })
  })
})
