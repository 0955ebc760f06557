import type { RouteView, RoutingView, StepRouteView, TrafficView } from '#contract/traffic-views.ts'
import type { RolloutView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'

const MINUTE = 60_000

const stepRoutes: readonly StepRouteView[] = [
  { kind: 'header', name: 'beta', conditions: ['x-canary = yes'], percentage: undefined, state: 'made' },
  { kind: 'mirror', name: 'shadow', conditions: ['GET /'], percentage: 35, state: 'missing' },
]

const longRoutes: readonly StepRouteView[] = [
  {
    kind: 'header',
    name: 'a-managed-route-whose-name-nobody-would-shorten',
    conditions: ['x-very-long-header-name-of-a-gateway = 金丝雀用户分组-上海一区', 'x-tenant = internal-*'],
    percentage: undefined,
    state: 'different',
  },
]

/** Of a router: the details that this rollout of the fixture fleet is there to show. */
function routed(view: RolloutView, now: EpochMs): Pick<TrafficView, 'written' | 'routing'> {
  const weight = view.actualWeight
  const virtualService: RouteView = {
    kind: 'VirtualService',
    name: view.name,
    cluster: undefined,
    exists: true,
    weight,
    stepRoutes: [],
  }
  const routing: RoutingView = {
    drift: undefined,
    objects: [virtualService],
    unread: [],
    concerns: [],
    withoutPods: [],
  }
  const written = { weight, additional: [], verified: undefined }
  switch (view.name) {
    case 'search-index':
      return {
        written: { ...written, verified: false },
        routing: {
          ...routing,
          drift: { weight: 40, written: weight, manager: 'kubectl-edit', at: now - 3 * MINUTE },
          objects: [
            { ...virtualService, cluster: 'prod-mesh', weight: 40, stepRoutes },
            { ...virtualService, kind: 'DestinationRule', weight: 'none' },
          ],
          withoutPods: [{ stepIndex: 0, name: 'beta' }],
        },
      }
    case 'fraud-scoring':
      return {
        written: { ...written, additional: ['baseline', 'candidate'].map((service) => ({ service, weight: 5 })) },
        routing,
      }
    case 'media-encoder':
      return { written, routing: { ...routing, ...manyRoutes(view, weight) } }
    case 'ledger':
      return { written: undefined, routing: { ...routing, objects: [], unread: [unread('VirtualService', 'loading')] } }
    case 'a':
      return {
        written: { ...written, verified: true },
        routing: {
          ...routing,
          drift: { weight: undefined, written: weight, manager: 'argo-rollouts-管理员-上海一区-电商核心集群', at: now },
          objects: [
            {
              ...virtualService,
              name: 'a-route-that-is-as-long-as-kubernetes-lets-names-be',
              cluster: '生产环境-上海一区-服务网格-主集群',
              weight: 'unclear',
              stepRoutes: longRoutes,
            },
          ],
        },
      }
    default:
      return { written: { ...written, verified: true }, routing }
  }
}

/** Twenty, one of them gone, one of a kind that may not be read. */
const manyRoutes = (view: RolloutView, weight: number): Partial<RoutingView> => ({
  objects: Array.from({ length: 20 }, (_, index) => ({
    kind: index % 3 === 0 ? 'GRPCRoute' : 'HTTPRoute',
    name: `${view.name}-${index + 1}`,
    cluster: undefined,
    exists: index !== 4,
    weight,
    stepRoutes: [],
  })),
  unread: [unread('TLSRoute', 'forbidden')],
  concerns: [
    `HTTPRoute ${view.name}-2 has no weights yet: until they are set, ${view.name}-stable and ${view.name}-canary get the same share.`,
  ],
})

const unread = (kind: string, why: 'loading' | 'forbidden') => ({
  kind,
  why,
  message:
    why === 'loading' ? '' : `tlsroutes.gateway.networking.k8s.io is forbidden: User "m.ortega" cannot list resource.`,
})

export function trafficOf(view: RolloutView, now: EpochMs): TrafficView {
  const blueGreen = view.strategy === 'blueGreen'
  const [current, stable] = [
    { podHash: view.currentPodHash, revision: view.revision },
    { podHash: view.stableRS, revision: view.stableRevision },
  ]
  return {
    kind: blueGreen ? 'services' : 'router',
    source: blueGreen ? '' : `VirtualService ${view.name}, route primary`,
    desiredWeight: view.setWeight,
    actualWeight: view.actualWeight,
    maxWeight: view.maxWeight,
    ...(blueGreen ? { written: undefined, routing: undefined } : routed(view, now)),
    canaryPods: view.preview?.ready ?? 5,
    stablePods: 12,
    services: blueGreen
      ? [
          { role: 'active', name: `${view.name}-active`, ...stable },
          { role: 'preview', name: `${view.name}-preview`, ...current },
        ]
      : [
          { role: 'stable', name: `${view.name}-stable`, ...stable },
          { role: 'canary', name: `${view.name}-canary`, ...current },
        ],
  }
}
