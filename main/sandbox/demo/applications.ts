import type { CanaryStep, RolloutStrategy } from '#api/rollout.ts'
import { analysisOf } from './analysis-templates.ts'
import { byAlb, byGatewayApi, byIstio, byNginx, canaryServiceOf, type DemoRouting } from './routers.ts'

/** An application of the demo fleet: a Rollout, the Services its strategy needs, and what leads requests to them. */
export interface DemoApplication {
  readonly name: string
  readonly namespace: string
  readonly replicas: number
  readonly requestsPerSecond: number
  readonly strategy: RolloutStrategy
  /** Absent: the Service has the pods of both versions, and splits requests as there are pods. */
  readonly routing?: DemoRouting
  /** By position of the cluster; the last entry holds for all further ones. `undefined`: not installed there. */
  readonly versions: readonly (string | undefined)[]
  readonly progressDeadlineSeconds?: number
}

const weight = (setWeight: number): CanaryStep => ({ setWeight })
const pause = (duration: string): CanaryStep => ({ pause: { duration } })
const untilPromoted: CanaryStep = { pause: {} }
/** Whoever asks for it sees the new version. */
const testers: CanaryStep = {
  setHeaderRoute: { name: 'testers', match: [{ headerName: 'x-tester', headerValue: { exact: 'yes' } }] },
}
/** The new version also gets a fifth of what is read, and nobody sees what it answers. */
const shadow: CanaryStep = {
  setMirrorRoute: { name: 'shadow', percentage: 20, match: [{ method: { exact: 'GET' }, path: { prefix: '/' } }] },
}

const canary = (...steps: readonly CanaryStep[]): RolloutStrategy => ({
  canary: { maxSurge: '25%', maxUnavailable: 0, steps },
})

const blueGreen = (name: string, options: { readonly autoPromotionSeconds?: number } = {}): RolloutStrategy => ({
  blueGreen: {
    activeService: name,
    previewService: `${name}-preview`,
    scaleDownDelaySeconds: 30,
    ...(options.autoPromotionSeconds === undefined ? { autoPromotionEnabled: false } : options),
  },
})

const bySuccess = (service: string): CanaryStep => ({ analysis: analysisOf(service, ['success-rate']) })
const bySuccessAndLatency = (service: string): CanaryStep => ({
  analysis: analysisOf(service, ['success-rate', 'latency-p95']),
})

/** While the canary has traffic, ten minutes at most. */
const watched = (app: string, strategy: RolloutStrategy): RolloutStrategy => ({
  canary: { ...strategy.canary, analysis: { ...analysisOf(app, ['success-rate'], 120), startingStep: 1 } },
})

const triedOut = (app: string, strategy: RolloutStrategy): RolloutStrategy => ({
  blueGreen: {
    activeService: app,
    ...strategy.blueGreen,
    prePromotionAnalysis: analysisOf(`${app}-preview`, ['success-rate', 'latency-p95']),
  },
})

/** `ledger` has drifted apart between the clusters; `fraud-scoring` is not everywhere. */
export const demoApplications: readonly DemoApplication[] = [
  {
    name: 'checkout-api',
    namespace: 'shop',
    replicas: 8,
    requestsPerSecond: 180,
    strategy: canary(
      weight(10),
      testers,
      shadow,
      pause('6s'),
      weight(25),
      bySuccessAndLatency(canaryServiceOf('checkout-api')),
      weight(50),
      pause('8s'),
      weight(75),
      pause('6s'),
    ),
    routing: byIstio({ name: 'checkout-api', namespace: 'shop' }, ['testers', 'shadow']),
    versions: ['2.30.4'],
  },
  {
    name: 'storefront-web',
    namespace: 'shop',
    replicas: 10,
    requestsPerSecond: 420,
    strategy: canary(
      weight(20),
      pause('8s'),
      weight(40),
      pause('8s'),
      weight(60),
      pause('8s'),
      weight(80),
      pause('8s'),
    ),
    versions: ['8.14.0'],
  },
  {
    name: 'search-index',
    namespace: 'shop',
    replicas: 6,
    requestsPerSecond: 95,
    strategy: canary(weight(20), pause('6s'), weight(50), untilPromoted, weight(80), pause('10s')),
    versions: ['1.19.2'],
  },
  {
    name: 'catalog',
    namespace: 'shop',
    replicas: 5,
    requestsPerSecond: 130,
    strategy: canary(weight(20), testers, pause('10s'), weight(60), pause('10s')),
    routing: byGatewayApi({ name: 'catalog', namespace: 'shop' }, ['testers']),
    versions: ['3.7.1', '3.7.1', '3.7.0'],
  },
  {
    name: 'cart',
    namespace: 'shop',
    replicas: 4,
    requestsPerSecond: 75,
    strategy: triedOut('cart', blueGreen('cart', { autoPromotionSeconds: 15 })),
    versions: ['4.2.0'],
  },
  {
    name: 'payments-gw',
    namespace: 'payments',
    replicas: 4,
    requestsPerSecond: 60,
    strategy: blueGreen('payments-gw'),
    versions: ['5.1.3'],
  },
  {
    name: 'fraud-scoring',
    namespace: 'payments',
    replicas: 3,
    requestsPerSecond: 60,
    strategy: watched('fraud-scoring', canary(weight(33), untilPromoted)),
    versions: ['0.42.0', '0.42.0', undefined],
  },
  {
    name: 'ledger',
    namespace: 'payments',
    replicas: 3,
    requestsPerSecond: 25,
    strategy: canary(weight(34), pause('15s'), weight(67), pause('15s')),
    routing: byAlb({ name: 'ledger', namespace: 'payments' }),
    versions: ['6.3.0', '6.1.4', '6.3.0'],
  },
  {
    name: 'media-encoder',
    namespace: 'platform',
    replicas: 4,
    requestsPerSecond: 12,
    strategy: canary(weight(25), pause('10s'), weight(50), pause('10s')),
    versions: ['3.1.0'],
    progressDeadlineSeconds: 40,
  },
  {
    name: 'notifications',
    namespace: 'platform',
    replicas: 3,
    requestsPerSecond: 40,
    strategy: canary(weight(34), bySuccess(canaryServiceOf('notifications'))),
    routing: byNginx({ name: 'notifications', namespace: 'platform' }),
    versions: ['2.8.5'],
  },
  {
    name: 'session-store',
    namespace: 'platform',
    replicas: 3,
    requestsPerSecond: 210,
    strategy: blueGreen('session-store'),
    versions: ['1.6.0'],
  },
]

export const imageOf = (name: string, version: string): string => `registry.harbor.example/${name}:${version}`
