import { describe, expect, it } from 'vitest'
import { istio } from '#engine/traffic/istio/istio.ts'
import type { RouterRequest } from '#engine/traffic/router.ts'
import {
  aDestinationRule,
  anIstioRequest,
  bySubsets,
  messagesOf,
  ruleIn,
  toExperiment,
} from '#test/support/builders/istio.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aRouteTable, stepOf } from '#test/support/builders/routing.ts'

const hashLabel = 'rollouts-pod-template-hash'
const mark = { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'web' }
const asDeployed = {
  host: 'web',
  subsets: [
    { name: 'stable', labels: { app: 'web' } },
    { name: 'canary', labels: { app: 'web' } },
  ],
}

const request = (parts: Partial<RouterRequest> = {}) =>
  anIstioRequest({ istio: { virtualService: { name: 'web' }, destinationRule: bySubsets }, ...parts })

/** The DestinationRule `web` with this spec after its subsets are pointed at h1 and h2. */
function pointed(spec: unknown, parts: Partial<RouterRequest> = {}) {
  const before = aRouteTable([aDestinationRule(spec)])
  const result = istio.updateHash?.(request(parts), before)
  if (result === undefined) throw new Error('there is nothing to update')
  const { routes, events } = stepOf(result)
  return { isSame: routes === before, rule: ruleIn(routes), told: messagesOf(events) }
}

const withHash = (name: string, hash: string, others: Readonly<Record<string, string>> = { app: 'web' }) => ({
  name,
  labels: { ...others, [hashLabel]: hash },
})

describe('IST-20: the subsets of a DestinationRule', () => {
  it.each([
    ['initially both select stable', { canaryHash: 'h1' }, 'h1', 'h1'],
    ['in an update each its own', {}, 'h1', 'h2'],
    ['after an abort the same', { isAborted: true }, 'h1', 'h2'],
    ['after the promotion both the new one', { stableHash: 'h2' }, 'h2', 'h2'],
  ])('IST-20: %s', (_when, parts, stable, canary) => {
    expect(pointed(asDeployed, parts).rule).toEqual({
      apiVersion: 'networking.istio.io/v1alpha3',
      kind: 'DestinationRule',
      metadata: { name: 'web', namespace: 'shop', uid: 'uid-web', resourceVersion: '1', annotations: mark },
      spec: { host: 'web', subsets: [withHash('stable', stable), withHash('canary', canary)] },
    })
  })

  it('IST-20: one for each template of an Experiment is added, by name', () => {
    const destinations = [
      toExperiment('exp-2', 5, 'h2y'),
      toExperiment('exp-1', 10),
      toExperiment('', 5),
      toExperiment('exp-3', 5, ''),
    ]
    expect(pointed(asDeployed, { destinations }).rule?.spec).toEqual({
      host: 'web',
      subsets: [
        withHash('stable', 'h1'),
        withHash('canary', 'h2'),
        withHash('exp-1', 'h2x', {}),
        withHash('exp-2', 'h2y', {}),
      ],
    })
  })

  it('IST-20: one that is there gets its hash in its place', () => {
    const subsets = [withHash('exp-1', 'old', { tier: 'x' }), { name: 'exp-2' }, ...asDeployed.subsets]
    const destinations = [toExperiment('exp-1', 10), toExperiment('exp-2', 10, 'h2y')]
    expect(pointed({ subsets }, { destinations }).rule?.spec).toEqual({
      subsets: [
        withHash('exp-1', 'h2x', { tier: 'x' }),
        withHash('exp-2', 'h2y', {}),
        withHash('stable', 'h1'),
        withHash('canary', 'h2'),
      ],
    })
  })

  it('IST-20: all others go, additional ones and those of an Experiment that ended too', () => {
    const subsets = [{ name: 'legacy' }, ...asDeployed.subsets, withHash('exp-1', 'h2x'), null, { labels: {} }]
    const destinations = [toExperiment('', 5)]
    expect(pointed({ subsets }, { destinations }).rule?.spec).toEqual({
      subsets: [withHash('stable', 'h1'), withHash('canary', 'h2')],
    })
  })

  it('IST-20: without a hash the label goes', () => {
    const subsets = [withHash('stable', 'h1'), withHash('canary', 'h2')]
    expect(pointed({ subsets }, { canaryHash: '' }).rule?.spec).toEqual({
      subsets: [withHash('stable', 'h1'), { name: 'canary', labels: { app: 'web' } }],
    })
  })

  it('IST-20: what is not about subsets or labels stays', () => {
    const trafficPolicy = { connectionPool: { tcp: { maxConnections: 10 } } }
    const before = {
      host: 'web',
      trafficPolicy,
      exportTo: ['*'],
      subsets: [{ name: 'canary', trafficPolicy }, asDeployed.subsets[0]],
    }
    expect(pointed(before).rule?.spec).toEqual({
      ...before,
      subsets: [{ ...withHash('canary', 'h2', {}), trafficPolicy }, withHash('stable', 'h1')],
    })
  })

  it('IST-20: annotations of others stay', () => {
    const routes = aRouteTable([
      [
        'destinationRules',
        { ...aDestinationRule(asDeployed)[1], metadata: { name: 'web', annotations: { team: 'shop' } } },
      ],
    ])
    const step = istio.updateHash?.(request(), routes)
    expect(step && ruleIn(stepOf(step).routes)?.metadata.annotations).toEqual({ team: 'shop', ...mark })
  })

  it('IST-22: a name that both have is the canary’s', () => {
    const destinationRule = { name: 'web', canarySubsetName: 'all', stableSubsetName: 'all' }
    const rollout = anIstioRequest({ istio: { virtualService: { name: 'web' }, destinationRule } }).rollout
    expect(pointed({ subsets: [{ name: 'all' }] }, { rollout }).rule?.spec).toEqual({
      subsets: [withHash('all', 'h2', {})],
    })
  })
})

describe('IST-21: writes', () => {
  it('IST-21: are told with names and hashes', () => {
    expect(pointed(asDeployed).told).toEqual([
      'Normal UpdatedDestinationRule: DestinationRule web subset updated (canary: h2, stable: h1)',
    ])
  })

  it.each<[string, unknown]>([
    ['labels', { host: 'web', subsets: [withHash('stable', 'h1'), withHash('canary', 'h2')] }],
    [
      'fields besides, and without a host',
      {
        subsets: [
          { ...withHash('stable', 'h1'), trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } },
          withHash('canary', 'h2'),
        ],
      },
    ],
    ['no subsets', { host: 'web' }],
    ['no spec', undefined],
  ])('IST-21: nothing is written or told when it is so already: %s', (_what, spec) => {
    const first = pointed(spec)
    const before = aRouteTable([['destinationRules', first.rule ?? aDestinationRule(spec)[1]]])
    const again = istio.updateHash?.(request(), before)
    expect(again && stepOf(again)).toEqual({ routes: before, events: [] })
    expect(first.rule?.spec).toEqual(spec)
  })

  it('IST-21: nothing to write without an empty set of labels', () => {
    const subsets = [{ name: 'stable' }, { name: 'canary', labels: {} }]
    expect(pointed({ subsets }, { canaryHash: '', stableHash: '' }).rule?.spec).toEqual({ subsets })
  })

  it.each<[string, unknown]>([
    ['a number', { subsets: 7 }],
    ['an object', { subsets: {} }],
  ])('IST-21: subsets that are %s are an error, not lost', (_what, spec) => {
    expect(istio.updateHash?.(request(), aRouteTable([aDestinationRule(spec)]))).toMatchObject({
      ok: false,
      error: { message: 'DestinationRule web: spec.subsets is not a list', events: [] },
    })
  })

  it('IST-19: without a DestinationRule there is nothing to do', () => {
    const routes = aRouteTable([aDestinationRule(asDeployed)])
    expect(istio.updateHash?.(anIstioRequest(), routes)).toEqual({ ok: true, value: { routes, events: [] } })
  })

  it('IST-4: one that is not there is an error, and told', () => {
    expect(istio.updateHash?.(request(), aRouteTable([]))).toMatchObject({
      ok: false,
      error: {
        message: 'destinationrules.networking.istio.io "web" not found',
        events: [{ type: 'Warning', reason: 'DestinationRuleNotFound', message: 'DestinationRule `web` not found' }],
      },
    })
  })
})

describe('IST-18: subsets wait for pods', () => {
  const stable = aReplicaSet({ hash: 'h1', size: 4 })
  const crashing = aReplicaSet({ hash: 'h2', size: 2, available: 1 })
  const bare = aRollout({
    canary: { trafficRouting: { istio: { virtualService: { name: 'web' }, destinationRule: bySubsets } } },
  })
  const delayed = (parts: Partial<RouterRequest>): string | undefined => {
    const routes = aRouteTable([aDestinationRule(asDeployed)])
    const result = istio.updateHash?.(request({ rollout: bare, replicaSets: [stable, crashing], ...parts }), routes)
    const step = result && stepOf(result)
    if (step?.delayed !== undefined) expect(step).toEqual({ routes, events: [], delayed: step.delayed })
    return step?.delayed
  }
  const waiting = (name: string) => `delaying destination rule switch: ReplicaSet ${name} not fully available`

  it.each<[string, Partial<RouterRequest>, string | undefined]>([
    ['of the canary', {}, waiting('web-h2')],
    ['of stable', { replicaSets: [aReplicaSet({ hash: 'h1', size: 4, available: 3 })] }, waiting('web-h1')],
    ['of none when all are available', { replicaSets: [stable, aReplicaSet({ hash: 'h2', size: 2 })] }, undefined],
    ['of none that is scaled to 0', { replicaSets: [stable, aReplicaSet({ hash: 'h2', size: 0 })] }, undefined],
    ['of no other revision', { replicaSets: [stable, aReplicaSet({ hash: 'h0', size: 2, available: 0 })] }, undefined],
    ['of none without a hash', { canaryHash: '', replicaSets: [aReplicaSet({ hash: '', available: 0 })] }, undefined],
    ['not of the canary after an abort', { isAborted: true }, undefined],
    [
      'but of stable after an abort',
      { isAborted: true, replicaSets: [aReplicaSet({ hash: 'h1', available: 0 }), crashing] },
      waiting('web-h1'),
    ],
    ['not of the canary that is left for stable', { isRollingBackToStable: true }, undefined],
  ])('IST-18: %s', (_what, parts, expected) => {
    expect(delayed(parts)).toBe(expected)
  })

  it('IST-18: without a DestinationRule too', () => {
    const rollout = aRollout({ canary: { trafficRouting: { istio: { virtualService: { name: 'web' } } } } })
    expect(delayed({ rollout })).toBe(waiting('web-h2'))
  })

  it.each([{ canaryService: 'web-canary' }, { stableService: 'web-stable' }])(
    'IST-18: not where Services are switched once there are pods: %j',
    (services) => {
      const rollout = aRollout({ canary: { ...bare.spec.strategy?.canary, ...services } })
      expect(delayed({ rollout })).toBeUndefined()
    },
  )

  it('IST-18: with ping-pong too, whose Services are none of the two', () => {
    const rollout = aRollout({
      canary: { ...bare.spec.strategy?.canary, pingPong: { pingService: 'ping', pongService: 'pong' } },
    })
    expect(delayed({ rollout, canaryService: 'pong', stableService: 'ping' })).toBe(waiting('web-h2'))
  })
})
