import { rolloutKey } from '#contract/keys.ts'
import {
  type ActionName,
  type Availability,
  actionNames,
  type ClusterView,
  type RolloutView,
  type ShownStatus,
} from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { awaits, said } from './builders/reason.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A small seeded generator (mulberry32): the same seed gives the same fleet. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function aCluster(context: string, now: EpochMs, more: Partial<ClusterView> = {}): ClusterView {
  return {
    context,
    server: `https://${context}.k8s.example.com:6443`,
    user: 'oidc:m.ortega',
    version: 'v1.34.1',
    connection: { state: 'connected', since: now - 3 * HOUR },
    engine: 'driven',
    lease: { holder: 'desk-oslo-07', renewedAt: now - 3000 },
    protected: true,
    group: 'Production',
    rolloutCount: 0,
    requestCount: 212,
    objectCount: 487,
    sandbox: false,
    ...more,
  }
}

const shut: Availability = { open: false, reason: 'Nothing is under way.' }
const open: Availability = { open: true }

const onPages = ['rerunAnalysis', 'terminateAnalysis', 'terminateExperiment'] as const

const openIn: Record<ShownStatus, readonly ActionName[]> = {
  Healthy: ['pause', 'undo', 'restart', 'setImage', ...onPages],
  Progressing: ['promoteFull', 'skipStep', 'pause', 'abort', 'undo', 'restart', 'setImage', ...onPages],
  Paused: ['promote', 'promoteFull', 'skipStep', 'resume', 'abort', 'undo', 'restart', 'setImage', ...onPages],
  Degraded: ['abort', 'undo', 'restart', 'setImage', ...onPages],
  Inconclusive: ['promote', 'promoteFull', 'skipStep', 'abort', 'undo', 'restart', 'setImage', ...onPages],
  Aborted: ['retry', 'undo', 'restart', 'setImage', ...onPages],
  Unknown: [],
}

const shutBecause: Partial<Record<ActionName, string>> = {
  retry: 'Retry is open after an abort.',
  promote: 'Promote is open while a pause waits.',
  resume: 'Resume is open after a pause by hand.',
  abort: 'Abort is open while an update is under way.',
}

export const actionsFor = (status: ShownStatus): RolloutView['actions'] =>
  Object.fromEntries(
    actionNames.map((action) => {
      const reason = shutBecause[action]
      if (openIn[status].includes(action)) return [action, open]
      return [action, reason === undefined ? shut : { open: false, reason }]
    }),
  ) as RolloutView['actions']

interface RolloutParts extends Partial<RolloutView> {
  readonly context: string
  readonly name: string
  readonly ageMs?: number
}

/** A settled canary at its end, but for what is given. */
export function aRollout(now: EpochMs, { ageMs = 5 * DAY, ...parts }: RolloutParts): RolloutView {
  const namespace = parts.namespace ?? 'shop'
  const status = parts.status ?? 'Healthy'
  const stepCount = parts.stepCount ?? 8
  return {
    key: rolloutKey({ context: parts.context, namespace, name: parts.name }),
    namespace,
    uid: `uid-${parts.context}-${parts.name}`,
    strategy: 'canary',
    status,
    phase: status === 'Aborted' || status === 'Inconclusive' ? 'Degraded' : status,
    message: '',
    stepIndex: stepCount,
    stepCount,
    setWeight: 100,
    actualWeight: 100,
    maxWeight: 100,
    replicas: { desired: 12, current: 12, updated: 12, ready: 12, available: 12 },
    preview: undefined,
    pause: undefined,
    analysis: undefined,
    revision: 48,
    stableRevision: 48,
    stableVersion: '1.19.0',
    version: '1.19.0',
    currentPodHash: '6c7f5d9b88',
    stableRS: '6c7f5d9b88',
    since: now - ageMs,
    why: [],
    drift: false,
    actions: actionsFor(status),
    ...parts,
  }
}

/** Part way through a canary: revision 48 over 47. */
const moving = (
  status: ShownStatus,
  weight: number,
  stepIndex: number,
  stepCount: number,
  more: Partial<RolloutView> = {},
) => ({
  status,
  setWeight: weight,
  actualWeight: weight,
  stepIndex,
  stepCount,
  stableRevision: 47,
  stableRS: '59d4c7b6fd',
  actions: actionsFor(status),
  ...more,
})

export const fleetContexts = [
  'canary-eu',
  'prod-eu-west',
  'prod-us-east',
  'prod-eu-central',
  'prod-us-west',
  'prod-ap-south',
  'prod-ap-ne',
] as const

/** @public */
export function fleetClusters(now: EpochMs): readonly ClusterView[] {
  const inCluster = { engine: 'inCluster', lease: { holder: 'argo-rollouts-7d9c', renewedAt: now - 4000 } } as const
  const unreachable = {
    kind: 'Unreachable',
    message: 'connection to 127.0.0.1:6443 was refused',
    since: now - 12 * MINUTE,
  } as const
  return [
    aCluster('prod-eu-west', now, { rolloutCount: 41 }),
    aCluster('prod-us-east', now, { rolloutCount: 44, ...inCluster }),
    aCluster('prod-eu-central', now, { rolloutCount: 41 }),
    aCluster('prod-us-west', now, { rolloutCount: 43, ...inCluster }),
    aCluster('prod-ap-south', now, { rolloutCount: 38, engine: 'observed', lease: undefined }),
    aCluster('prod-ap-ne', now, {
      rolloutCount: 38,
      connection: {
        state: 'late',
        since: now - 38_000,
        failure: { ...unreachable, message: 'no data for 38 s', since: now - 38_000 },
      },
    }),
    aCluster('canary-eu', now, { rolloutCount: 36, group: 'Pre-production', protected: false }),
    aCluster('dev-kind', now, {
      group: 'Pre-production',
      protected: false,
      engine: 'unknown',
      lease: undefined,
      server: 'https://127.0.0.1:6443',
      objectCount: 0,
      connection: {
        state: 'unreachable',
        since: now - 12 * MINUTE,
        retryAt: now + 14_000,
        attempt: 6,
        failure: unreachable,
      },
    }),
  ]
}

interface AppParts {
  readonly name: string
  readonly base: Partial<RolloutView>
  readonly ages: readonly (number | undefined)[]
  readonly special: Readonly<Record<number, Partial<RolloutView>>>
}

/** The seven applications at the top of the board; an age of `undefined` means not deployed there. */
function busyApps(now: EpochMs): readonly AppParts[] {
  const d = (days: number) => days * DAY
  const h = (hours: number) => hours * HOUR
  return [
    {
      name: 'media-encoder',
      base: { namespace: 'media', stableVersion: '3.10.0', version: '3.10.0', stepCount: 5, stepIndex: 5 },
      ages: [d(2), d(1), d(1), h(22), h(21), d(1), d(4)],
      special: {
        5: moving('Degraded', 10, 1, 5, {
          stableVersion: '3.9.0',
          since: now - 47 * MINUTE,
          message: 'ProgressDeadlineExceeded',
          why: [
            {
              cause: 'imagePull',
              object: { kind: 'Pod', name: 'media-encoder-6f7c9d-x2k8p' },
              since: now - 57 * MINUTE,
              values: {
                failing: 3,
                pods: 10,
                revision: 48,
                image: 'registry.example/media-encoder:3.10.0',
                reason: 'ImagePullBackOff',
              },
            },
            {
              cause: 'deadline',
              object: { kind: 'Rollout', name: 'media-encoder' },
              since: now - 47 * MINUTE,
              values: { seconds: 600 },
            },
          ],
        }),
      },
    },
    {
      name: 'search-index',
      base: { namespace: 'search', stableVersion: '7.3.0', version: '7.3.0', stepCount: 6, stepIndex: 6 },
      ages: [h(3), h(2), d(1), d(9), d(9), d(9), d(9)],
      special: {
        2: moving('Inconclusive', 25, 2, 6, {
          stableVersion: '7.2.1',
          since: now - 26 * MINUTE,
          why: [
            {
              cause: 'inconclusive',
              object: { kind: 'AnalysisRun', name: 'search-index-7d4b-12-2' },
              since: now - 26 * MINUTE,
              values: { name: 'search-index-7d4b-12-2' },
            },
          ],
        }),
      },
    },
    {
      name: 'payments-gw',
      base: {
        namespace: 'pay',
        strategy: 'blueGreen',
        stepCount: 0,
        stepIndex: undefined,
        stableVersion: '5.5.0',
        version: '5.5.0',
      },
      ages: [h(5), h(4), h(4), h(3), h(1), d(31), d(31)],
      special: {
        4: {
          ...moving('Aborted', 0, 0, 0),
          stepIndex: undefined,
          stableVersion: '5.4.1',
          since: now - HOUR,
          preview: { ready: 0, desired: 6 },
          why: [said('p99-latency failed 3 times, limit 2.'), said('Traffic is back on 5.4.1.')],
        },
      },
    },
    {
      name: 'storefront-web',
      base: { namespace: 'web', stableVersion: '89', version: '89', stepCount: 7, stepIndex: 7 },
      ages: [d(1), h(3), h(3), h(2), d(8), d(8), d(8)],
      special: {
        3: moving('Paused', 60, 5, 7, {
          stableVersion: '88',
          since: now - 52 * MINUTE,
          pause: { reason: 'CanaryPauseStep', startedAt: now - 52 * MINUTE, resumesAt: undefined },
          why: [
            {
              cause: 'stepPause',
              object: { kind: 'Rollout', name: 'storefront-web' },
              since: now - 52 * MINUTE,
              values: { done: 5, steps: 7 },
            },
          ],
        }),
      },
    },
    {
      name: 'checkout-api',
      base: { stableVersion: '2.31.0', version: '2.31.0' },
      ages: [h(1), h(1), 7 * MINUTE, d(6), d(6), d(6), d(6)],
      special: { 1: checkoutPaused(now) },
    },
    {
      name: 'catalog',
      base: { strategy: 'blueGreen', stepCount: 0, stepIndex: undefined, stableVersion: '413', version: '413' },
      ages: [h(2), h(1), d(12), d(12), d(12), undefined, undefined],
      special: {
        1: {
          ...moving('Progressing', 0, 0, 0),
          stepIndex: undefined,
          stableVersion: '412',
          since: now - 6 * MINUTE,
          preview: { ready: 4, desired: 6 },
          why: [awaits(2, 6, 31)],
        },
      },
    },
    {
      name: 'fraud-scoring',
      base: { namespace: 'risk', stableVersion: '1.45', version: '1.45', stepCount: 9, stepIndex: 9 },
      ages: [undefined, h(1), h(1), d(3), d(3), undefined, d(3)],
      special: {
        1: moving('Progressing', 20, 2, 9, {
          stableVersion: '1.44',
          since: now - MINUTE,
          why: [awaits(2, 4, 31)],
        }),
        2: moving('Progressing', 35, 3, 9, {
          stableVersion: '1.44',
          actualWeight: 28,
          since: now - 4 * MINUTE,
          why: [awaits(1, 5, 31)],
        }),
      },
    },
  ]
}

export const checkoutPaused = (now: EpochMs): Partial<RolloutView> =>
  moving('Paused', 40, 4, 8, {
    stableVersion: '2.30.4',
    since: now - 192_000,
    message: 'CanaryPauseStep',
    pause: { reason: 'CanaryPauseStep', startedAt: now - 192_000, resumesAt: now + 408_000 },
    replicas: { desired: 17, current: 17, updated: 5, ready: 17, available: 17 },
    why: [
      {
        cause: 'timedPauseAfter',
        object: { kind: 'Rollout', name: 'checkout-api' },
        since: now - 192_000,
        values: { duration: '10 min', step: 'setWeight 40' },
      },
    ],
  })

const settledNames = [
  'cart',
  'ledger',
  'notifications',
  'session-store',
  'image-resizer',
  'shipping-quotes',
  'gift-cards',
]
const settledVersions = ['1.19.0', '9.1', '2.8.3', '6.0.2', '4.4.0', '3.1.7', '1.6']
const words = [
  'order',
  'stock',
  'price',
  'promo',
  'review',
  'invoice',
  'tax',
  'label',
  'route',
  'geo',
  'auth',
  'mail',
  'push',
  'audit',
  'report',
  'media',
  'feed',
  'ads',
]
const kinds = ['api', 'worker', 'gateway', 'sync', 'store', 'index', 'batch', 'web']

const names = (count: number): readonly string[] =>
  Array.from(
    { length: count },
    (_, index) =>
      settledNames[index] ??
      `${words[index % words.length]}-${kinds[Math.floor(index / words.length) % kinds.length]}${index >= words.length * kinds.length ? `-${Math.floor(index / (words.length * kinds.length))}` : ''}`,
  )

/** Seven clusters × 148 applications: seven that move, 141 settled, two of them drifted. @public */
export function fleetRollouts(now: EpochMs): readonly RolloutView[] {
  const random = seeded(20)
  const busy = busyApps(now).flatMap(({ name, base, ages, special }) =>
    ages.flatMap((ageMs, index) => {
      const context = fleetContexts[index]
      return ageMs === undefined || context === undefined
        ? []
        : [aRollout(now, { context, name, ageMs, ...base, ...special[index] })]
    }),
  )
  const settled = names(141).flatMap((name, app) => {
    const ageMs = Math.ceil(random() * 40) * DAY
    const blueGreen = random() < 0.3
    const version =
      settledVersions[app] ?? `${Math.ceil(random() * 9)}.${Math.floor(random() * 20)}.${Math.floor(random() * 9)}`
    return fleetContexts.flatMap((context, index) => {
      if (random() < 0.12 && app !== 0) return []
      const drift = (app === 0 && index === 6) || (app === 2 && index === 4)
      const strategy = blueGreen ? ({ strategy: 'blueGreen', stepIndex: undefined, stepCount: 0 } as const) : {}
      const own = drift ? '1.18.2' : version
      return [aRollout(now, { context, name, ageMs, drift, version: own, stableVersion: own, ...strategy })]
    })
  })
  return [...busy, ...settled]
}

/** `count` rollouts in twenty clusters, a few per cent of them moving. @public */
export function largeFleet(
  now: EpochMs,
  count: number,
): { readonly clusters: readonly ClusterView[]; readonly rollouts: readonly RolloutView[] } {
  const random = seeded(7)
  const contexts = Array.from({ length: 20 }, (_, index) => `region-${String(index + 1).padStart(2, '0')}-prod`)
  const apps = names(Math.ceil(count / contexts.length))
  const rollouts = apps.flatMap((name) =>
    contexts.map((context) => {
      const roll = random()
      const ageMs = Math.ceil(random() * 300) * HOUR
      if (roll < 0.004)
        return aRollout(now, { context, name, ageMs, ...moving('Degraded', 10, 1, 5, { why: [said('Pods crash.')] }) })
      if (roll < 0.02) return aRollout(now, { context, name, ageMs, ...moving('Progressing', 20, 2, 8) })
      return aRollout(now, { context, name, ageMs })
    }),
  )
  const clusters = contexts.map((context) => aCluster(context, now, { rolloutCount: apps.length }))
  return { clusters, rollouts: rollouts.slice(0, count) }
}

/** Names as long as people make them, in two scripts. @public */
export function longNames(now: EpochMs): {
  readonly clusters: readonly ClusterView[]
  readonly rollouts: readonly RolloutView[]
} {
  const contexts = [
    'arn:aws:eks:eu-central-1:123456789012:cluster/shop-production-blue',
    'gke_acme-prod_europe-west4-a_checkout',
    '生产环境-上海一区-电商核心集群',
  ]
  const apps = ['checkout-orchestration-service-with-a-very-long-name-indeed', '订单结算与库存预占核心服务', 'a']
  const rollouts = apps.flatMap((name, app) =>
    contexts.map((context, index) =>
      aRollout(now, {
        context,
        name,
        namespace: 'a-namespace-that-nobody-would-shorten',
        version: '2026.11.24-rc.17+build.20261124T141432Z',
        stableVersion: '2026.11.23',
        ...(app === index
          ? moving('Paused', 40, 4, 8, {
              pause: { reason: 'CanaryPauseStep', startedAt: now - MINUTE, resumesAt: undefined },
              why: [said('暂停没有定时器，等待人工决定。The pause has no timer and waits for a person.')],
            })
          : {}),
      }),
    ),
  )
  return {
    clusters: contexts.map((context) =>
      aCluster(context, now, {
        rolloutCount: apps.length,
        group: context.startsWith('生') ? '生产环境' : 'Production',
      }),
    ),
    rollouts,
  }
}
