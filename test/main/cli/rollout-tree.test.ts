import { describe, expect, it } from 'vitest'
import type { AnalysisPhase } from '#api/analysis.ts'
import type { Pod } from '#api/core.ts'
import type { RolloutStatus } from '#api/rollout.ts'
import type { Routes } from '#engine/traffic/routes.ts'
import { formatRollout } from '#main/cli/rollout-tree.ts'
import { anAnalysisRun } from '#test/support/builders/analysis.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aRouteObject, aRouteTable } from '#test/support/builders/routing.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const aPod = (name: string, owner: string, status: Pod['status'], createdAt = '2026-01-15T09:58:00Z'): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'shop',
    creationTimestamp: createdAt,
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: `uid-${owner}` }],
  },
  spec: { containers: [{ name: 'web', image: 'web:1' }] },
  ...(status !== undefined && { status }),
})

const running: Pod['status'] = {
  phase: 'Running',
  containerStatuses: [{ name: 'web', ready: true, restartCount: 0, state: { running: {} } }],
}
const crashing: Pod['status'] = {
  phase: 'Running',
  containerStatuses: [
    { name: 'web', ready: false, restartCount: 4, state: { waiting: { reason: 'CrashLoopBackOff' } } },
  ],
}

/** A canary of two pods at its first pause: one pod of each revision, that of the new one crashing. */
const canary = {
  rollout: aRollout({
    image: 'web:2',
    replicas: 2,
    steps: [setWeight(50), pause(), setWeight(100)],
    status: {
      phase: 'Paused',
      message: 'CanaryPauseStep',
      currentPodHash: 'v2',
      stableRS: 'v1',
      currentStepIndex: 1,
      replicas: 2,
      updatedReplicas: 1,
      readyReplicas: 1,
      availableReplicas: 1,
    },
  }),
  replicaSets: [
    aReplicaSet({ hash: 'v1', image: 'web:1', revision: 1 }),
    aReplicaSet({ hash: 'v2', image: 'web:2', revision: 2, available: 0, createdAt: '2026-01-15T09:57:30Z' }),
  ],
  pods: [
    aPod('web-v1-b', 'web-v1', running),
    aPod('web-v1-a', 'web-v1', running),
    aPod('web-v1-0', 'web-v1', running, '2026-01-15T09:59:15Z'),
    aPod('web-v2-a', 'web-v2', crashing),
  ],
  analysisRuns: [],
}

describe('the tree of a rollout', () => {
  const routed = (status: RolloutStatus, routes?: Routes) => {
    const { rollout } = canary
    const strategy = {
      canary: {
        ...rollout.spec.strategy?.canary,
        canaryService: 'web-canary',
        stableService: 'web-stable',
        trafficRouting: { istio: { virtualServices: ['a', 'b', 'c', 'd'].map((name) => ({ name })) } },
      },
    }
    const shown = {
      ...rollout,
      spec: { ...rollout.spec, strategy },
      status: { ...rollout.status, ...status },
    }
    const lines = formatRollout({ ...canary, rollout: shown, ...(routes && { routes }) }, T0, false)
    return lines.filter((line) => /^  (Written|In cluster|Routes):/.test(line))
  }
  const weighed = (names: string, weight: number) =>
    names.split('').map((name) => {
      const route = [
        { destination: { host: 'web-stable' }, weight: 100 - weight },
        { destination: { host: 'web-canary' }, weight },
      ]
      return aRouteObject('virtualServices', name, { http: [{ route }] })
    })
  const weights = { canary: { weight: 50 }, stable: { weight: 50 } }

  it('TR-22: what was sent through the router, and whether it has arrived', () => {
    const additional = [{ weight: 5, serviceName: 'web-baseline' }]
    expect(routed({})).toEqual(['  Written:       nothing yet'])
    expect(routed({ canary: { weights } })).toEqual(['  Written:       50, the router cannot tell'])
    expect(routed({ canary: { weights: { ...weights, verified: false, additional } } })).toEqual([
      '  Written:       50, not verified yet, web-baseline 5',
    ])
    expect(routed({ canary: { weights: { ...weights, verified: true } } })).toEqual(['  Written:       50, verified'])
  })

  it('TR-22: what the route objects say, and that somebody else changed them', () => {
    const written = '  Written:       50, the router cannot tell'
    expect(routed({ canary: { weights } }, aRouteTable(weighed('abcd', 50)))).toEqual([
      written,
      '  Routes:        VirtualService a 50, VirtualService b 50, VirtualService c 50, 1 more',
    ])
    expect(routed({ canary: { weights } }, aRouteTable([...weighed('abc', 50), ...weighed('d', 70)]))).toEqual([
      written,
      '  In cluster:    no single weight, wanted 50: changed by somebody else',
      '  Routes:        VirtualService a 50, VirtualService b 50, VirtualService c 50, 1 more',
    ])
    expect(routed({ canary: { weights } }, aRouteTable(weighed('abcd', 70)))[1]).toBe(
      '  In cluster:    70, wanted 50: changed by somebody else',
    )
  })

  it('VIEW-10, VIEW-13, VIEW-70…80, VIEW-91, VIEW-105, VIEW-127: a canary at a pause', () => {
    expect(formatRollout(canary, T0, false)).toEqual([
      'Name:            web',
      'Namespace:       shop',
      'Status:          ॥ Paused',
      'Message:         CanaryPauseStep',
      'Strategy:        Canary',
      '  Step:          1/3',
      '  SetWeight:     50',
      '  ActualWeight:  0',
      'Images:          web:1 (stable)',
      '                 web:2 (canary)',
      'Replicas:',
      '  Desired:       2',
      '  Current:       2',
      '  Updated:       1',
      '  Ready:         1',
      '  Available:     1',
      '',
      'NAME                  KIND         STATUS               AGE     INFO',
      '⟳ web                 Rollout      ॥ Paused             60m',
      '├──# revision:2',
      '│  └──⧉ web-v2        ReplicaSet   ◌ Progressing        2m30s   canary',
      '│     └──□ web-v2-a   Pod          ✖ CrashLoopBackOff   2m      ready:0/1,restarts:4',
      '└──# revision:1',
      '   └──⧉ web-v1        ReplicaSet   ✔ Healthy            60m     stable',
      '      ├──□ web-v1-a   Pod          ✔ Running            2m      ready:1/1',
      '      ├──□ web-v1-b   Pod          ✔ Running            2m      ready:1/1',
      '      └──□ web-v1-0   Pod          ✔ Running            45s     ready:1/1',
    ])
  })

  it('VIEW-10, VIEW-11, VIEW-14, VIEW-110…113, VIEW-123: analyses stand below their revision, their Jobs below them', () => {
    const run = (name: string, revision: string | undefined, phase: AnalysisPhase | undefined, more = {}) =>
      anAnalysisRun(
        {},
        {
          metadata: { name, ...(revision && { annotations: { 'rollout.argoproj.io/revision': revision } }) },
          status: { ...(phase && { phase }), ...more },
        },
      )
    const job = { phase: 'Failed', startedAt: '2026-01-15T09:59:00Z', metadata: { 'job-name': 'smoke-1' } }
    const analysisRuns = [
      run('web-a', '2', 'Running', {
        metricResults: [
          { name: 'm', phase: 'Running', successful: 4, failed: 1 },
          { name: 'n', phase: 'Running', successful: 1, inconclusive: 2, error: 3, measurements: [job] },
        ],
      }),
      run('web-b', '2', 'Inconclusive'),
      run('web-old', undefined, undefined),
    ]
    const lines = formatRollout({ ...canary, pods: [], analysisRuns }, T0, false).slice(18)
    const [first] = analysisRuns
    const annotations = { ...first?.metadata.annotations, 'argosy.dev/score': '82.5' }
    const scored = first && { ...first, metadata: { ...first.metadata, annotations } }
    expect(scored && formatRollout({ ...canary, pods: [], analysisRuns: [scored] }, T0, false).join('\n')).toContain(
      '✔ 5,✖ 1,? 2,⚠ 3,score 82.5',
    )
    expect(lines.map((line) => line.trimEnd())).toEqual([
      '⟳ web                Rollout       ॥ Paused         60m',
      '├──# revision:2',
      '│  ├──⧉ web-v2       ReplicaSet    ◌ Progressing    2m30s   canary',
      '│  ├──α web-b        AnalysisRun   ? Inconclusive   0s',
      '│  └──α web-a        AnalysisRun   ◌ Running        0s      ✔ 5,✖ 1,? 2,⚠ 3',
      '│     └──⊞ smoke-1   Job           ✖ Failed         60s',
      '├──# revision:1',
      '│  └──⧉ web-v1       ReplicaSet    ✔ Healthy        60m     stable',
      '└──# revision:0',
      '   └──α web-old      AnalysisRun                    0s',
    ])
    const coloured = formatRollout({ ...canary, analysisRuns }, T0, true)
    expect(coloured.find((line) => line.includes('web-a'))).toContain('\u001B[94mα web-a\u001B[0m')
  })

  it('VIEW-95, VIEW-126: names in the colour of their last tag, icons in that of their kind', () => {
    const lines = formatRollout({ ...canary, pods: [] }, T0, true)
    expect(lines.find((line) => line.includes('web-v2'))).toContain('\u001B[33m⧉ web-v2\u001B[0m')
    expect(lines.find((line) => line.includes('web-v1'))).toContain('\u001B[32m✔\u001B[0m Healthy')
    expect(lines.find((line) => line.includes('web:2'))).toContain('(\u001B[33mcanary\u001B[0m)')
  })

  it('VIEW-93, VIEW-94: blue-green has no weights; a ReplicaSet that is to go says when', () => {
    const rollout = aRollout({
      blueGreen: { activeService: 'web' },
      status: {
        phase: 'Healthy',
        currentPodHash: 'v3',
        stableRS: 'v3',
        blueGreen: { activeSelector: 'v3', previewSelector: 'v3' },
      },
    })
    const replicaSets = [
      aReplicaSet({ hash: 'v1', revision: 1, deadline: '2026-01-15T09:59:50Z' }),
      aReplicaSet({ hash: 'v2', revision: 2, deadline: '2026-01-15T10:00:20Z' }),
      aReplicaSet({ hash: 'v3', revision: 3 }),
    ]
    const lines = formatRollout({ rollout, replicaSets, pods: [], analysisRuns: [] }, T0, false)
    expect(lines.filter((line) => line.includes('Weight') || line.includes('Step'))).toEqual([])
    expect(lines.find((line) => line.includes('web-v1'))).toMatch(/ delay:passed$/)
    expect(lines.find((line) => line.includes('web-v2'))).toMatch(/ delay:20s$/)
    expect(lines.find((line) => line.includes('web-v3'))).toMatch(/ stable,active$/)
  })

  it('VIEW-92: with ping-pong the tags alternate', () => {
    const pingPong = { pingService: 'ping', pongService: 'pong' }
    const status = { currentPodHash: 'v2', stableRS: 'v1', canary: { stablePingPong: 'ping' } }
    const rollout = aRollout({ canary: { pingPong, trafficRouting: {} }, status })
    const lines = formatRollout({ ...canary, rollout, pods: [] }, T0, false)
    expect(lines.find((line) => line.includes('web-v1'))).toMatch(/ stable,ping$/)
    expect(lines.find((line) => line.includes('web-v2'))).toMatch(/ canary,pong$/)
  })

  it('VIEW-64: an aborted rollout says what it serves meanwhile', () => {
    const rollout = { ...canary.rollout, status: { ...canary.rollout.status, abort: true } }
    const lines = formatRollout({ ...canary, rollout }, T0, false)
    expect(lines).toContain('                 stable revision 1 serving 100 %, desired revision 2 not live')
    expect(lines).toContain('  SetWeight:     0')
  })

  it('VIEW-5: a rollout whose template is elsewhere, and that has no status yet, is shown as it is', () => {
    const rollout = aRollout({ spec: { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } } })
    const { template: _, ...spec } = rollout.spec
    const lines = formatRollout(
      { rollout: { ...rollout, spec }, replicaSets: [], pods: [], analysisRuns: [] },
      T0,
      false,
    )
    expect(lines[2]).toBe('Status:          ◌ Progressing')
    expect(lines.at(-1)).toMatch(/^⟳ web +Rollout +◌ Progressing +60m$/)
  })
})
