import type { CanaryStrategy } from '#api/rollout.ts'
import type { RouteKind } from '#api/route-kinds.ts'
import type { TrafficRouting } from '#api/traffic-routing.ts'
import type { RouteObject } from '#engine/traffic/routes.ts'

/** What a router needs to be there before, and what it makes of a weight: the examples of the routers' own documentation, for `shop`. */
export interface RouterScene {
  readonly name: string
  readonly routing: TrafficRouting
  readonly canary?: CanaryStrategy
  /** Made by the user. */
  readonly before: readonly (readonly [RouteKind, string, unknown, Metadata?])[]
  /** The objects and what is in them when the canary gets `weight`: of the spec, and of the metadata what is named. */
  readonly at: (weight: number, hashes: Hashes) => readonly Expected[]
}

export type Metadata = Pick<RouteObject['metadata'], 'labels' | 'annotations'>

export interface Hashes {
  readonly stable: string
  readonly canary: string
}

export interface Expected {
  readonly kind: RouteKind
  readonly name: string
  /** Absent: the object is not there. */
  readonly spec?: unknown
  readonly metadata?: Metadata
  /** It is deleted with the Rollout. */
  readonly isOwned?: boolean
}

const backend = (name: string) => ({ service: { name, port: { number: 80 } } })
const path = (at: string, pathType: string, service: unknown) => ({ path: at, pathType, backend: service })

const nginx: RouterScene = {
  name: 'NGINX Ingress',
  routing: { nginx: { stableIngress: 'front' } },
  before: [
    [
      'ingresses',
      'front',
      {
        ingressClassName: 'nginx',
        tls: [{ hosts: ['a.example'], secretName: 't' }],
        rules: [
          { host: 'a.example', http: { paths: [path('/', 'Prefix', backend('shop-stable'))] } },
          { host: 'b.example', http: { paths: [path('/', 'Prefix', backend('other'))] } },
        ],
      },
    ],
  ],
  at: (weight) => [
    {
      kind: 'ingresses',
      name: 'shop-front-canary',
      isOwned: true,
      metadata: {
        annotations: {
          'nginx.ingress.kubernetes.io/canary': 'true',
          'nginx.ingress.kubernetes.io/canary-weight': String(weight),
        },
      },
      spec: {
        ingressClassName: 'nginx',
        tls: [{ hosts: ['a.example'], secretName: 't' }],
        rules: [{ host: 'a.example', http: { paths: [path('/', 'Prefix', backend('shop-canary'))] } }],
      },
    },
  ],
}

const forward = (canary: number) =>
  `{"Type":"forward","ForwardConfig":{"TargetGroups":[{"ServiceName":"shop-canary","ServicePort":"80","Weight":${canary}},{"ServiceName":"shop-stable","ServicePort":"80","Weight":${100 - canary}}]}}`

const albSpec = {
  ingressClassName: 'alb',
  rules: [
    {
      http: {
        paths: [
          path('/*', 'ImplementationSpecific', { service: { name: 'shop-root', port: { name: 'use-annotation' } } }),
        ],
      },
    },
  ],
}

const alb: RouterScene = {
  name: 'AWS ALB',
  routing: { alb: { ingress: 'front', rootService: 'shop-root', servicePort: 80 } },
  before: [['ingresses', 'front', albSpec]],
  at: (weight) => [
    {
      kind: 'ingresses',
      name: 'front',
      spec: albSpec,
      metadata: {
        annotations: {
          'alb.ingress.kubernetes.io/actions.shop-root': forward(weight),
          'rollouts.argoproj.io/managed-alb-annotations': '{"shop":["alb.ingress.kubernetes.io/actions.shop-root"]}',
        },
      },
    },
  ],
}

const hostSplit = (canary: number) => ({
  hosts: ['shop'],
  http: [
    {
      name: 'primary',
      timeout: '5s',
      route: [
        { destination: { host: 'shop-stable' }, weight: 100 - canary },
        { destination: { host: 'shop-canary' }, weight: canary },
      ],
    },
  ],
})

const istioHosts: RouterScene = {
  name: 'Istio, by hosts',
  routing: { istio: { virtualService: { name: 'shop', routes: ['primary'] } } },
  before: [['virtualServices', 'shop', hostSplit(0)]],
  at: (weight) => [{ kind: 'virtualServices', name: 'shop', spec: hostSplit(weight) }],
}

const subsetSplit = (canary: number) => ({
  hosts: ['shop'],
  http: [
    {
      route: [
        { destination: { host: 'shop', subset: 'stable' }, weight: 100 - canary },
        { destination: { host: 'shop', subset: 'canary' }, weight: canary },
      ],
    },
  ],
})

const hash = (value: string) => ({ 'rollouts-pod-template-hash': value })

const istioSubsets: RouterScene = {
  name: 'Istio, by subsets',
  routing: {
    istio: {
      virtualService: { name: 'shop' },
      destinationRule: { name: 'shop', canarySubsetName: 'canary', stableSubsetName: 'stable' },
    },
  },
  canary: { canaryService: '', stableService: '' },
  before: [
    ['virtualServices', 'shop', subsetSplit(0)],
    [
      'destinationRules',
      'shop',
      {
        host: 'shop',
        subsets: [
          { name: 'stable', labels: { app: 'shop' } },
          { name: 'canary', labels: { app: 'shop' } },
        ],
      },
    ],
  ],
  at: (weight, hashes) => [
    { kind: 'virtualServices', name: 'shop', spec: subsetSplit(weight) },
    {
      kind: 'destinationRules',
      name: 'shop',
      metadata: { annotations: { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'shop' } },
      spec: {
        host: 'shop',
        subsets: [
          { name: 'stable', labels: { app: 'shop', ...hash(hashes.stable) } },
          { name: 'canary', labels: { app: 'shop', ...hash(hashes.canary) } },
        ],
      },
    },
  ],
}

const smi: RouterScene = {
  name: 'SMI TrafficSplit',
  routing: { smi: {} },
  before: [],
  at: (weight) => [
    {
      kind: 'trafficSplits',
      name: 'shop',
      isOwned: true,
      spec: {
        service: 'shop-stable',
        backends: [
          { service: 'shop-canary', weight: String(weight) },
          { service: 'shop-stable', weight: String(100 - weight) },
        ],
      },
    },
  ],
}

const ambassador: RouterScene = {
  name: 'Ambassador',
  routing: { ambassador: { mappings: ['shop'] } },
  before: [['mappings', 'shop', { prefix: '/shop', service: 'shop-stable:80' }]],
  at: (weight) => [
    { kind: 'mappings', name: 'shop', spec: { prefix: '/shop', service: 'shop-stable:80' } },
    {
      kind: 'mappings',
      name: 'shop-canary',
      ...(weight > 0 && { spec: { prefix: '/shop', service: 'shop-canary:80', weight } }),
    },
  ],
}

const meshRoutes = (weights?: number) => ({
  listeners: [{ portMapping: { port: 80, protocol: 'http' } }],
  routes: [
    {
      name: 'main',
      httpRoute: {
        match: { prefix: '/' },
        action: {
          weightedTargets: [
            { virtualNodeRef: { name: 'shop-canary' }, weight: weights ?? 0 },
            { virtualNodeRef: { name: 'shop-stable' }, weight: 100 - (weights ?? 0) },
          ],
        },
      },
    },
  ],
})
const meshNode = (more: object = {}) => ({ podSelector: { matchLabels: { app: 'shop', ...more } } })

const appMesh: RouterScene = {
  name: 'App Mesh',
  routing: {
    appMesh: {
      virtualService: { name: 'shop' },
      virtualNodeGroup: {
        canaryVirtualNodeRef: { name: 'shop-canary' },
        stableVirtualNodeRef: { name: 'shop-stable' },
      },
    },
  },
  before: [
    ['meshVirtualServices', 'shop', { provider: { virtualRouter: { virtualRouterRef: { name: 'shop' } } } }],
    ['meshVirtualRouters', 'shop', meshRoutes()],
    ['meshVirtualNodes', 'shop-canary', meshNode()],
    ['meshVirtualNodes', 'shop-stable', meshNode()],
  ],
  at: (weight, hashes) => [
    { kind: 'meshVirtualRouters', name: 'shop', spec: meshRoutes(weight) },
    { kind: 'meshVirtualNodes', name: 'shop-stable', spec: meshNode(hash(hashes.stable)) },
    {
      kind: 'meshVirtualNodes',
      name: 'shop-canary',
      spec: meshNode(hash(hashes.canary === hashes.stable ? 'canary-hash' : hashes.canary)),
    },
  ],
}

const traefik: RouterScene = {
  name: 'Traefik',
  routing: { traefik: { weightedTraefikServiceName: 'shop' } },
  before: [
    [
      'traefikServices',
      'shop',
      {
        weighted: {
          services: [
            { name: 'shop-stable', port: 80 },
            { name: 'shop-canary', port: 80 },
          ],
        },
      },
    ],
  ],
  at: (weight) => [
    {
      kind: 'traefikServices',
      name: 'shop',
      spec: {
        weighted: {
          services: [
            { name: 'shop-stable', port: 80, weight: 100 - weight },
            { name: 'shop-canary', port: 80, weight },
          ],
        },
      },
    },
  ],
}

const apisixRoute = (weight?: number) => ({
  http: [
    {
      name: 'shop',
      match: { paths: ['/*'] },
      backends: [
        { serviceName: 'shop-stable', servicePort: 80, ...(weight !== undefined && { weight: 100 - weight }) },
        { serviceName: 'shop-canary', servicePort: 80, ...(weight !== undefined && { weight }) },
      ],
    },
  ],
})

const apisix: RouterScene = {
  name: 'APISIX',
  routing: { apisix: { route: { name: 'shop' } } },
  before: [['apisixRoutes', 'shop', apisixRoute()]],
  at: (weight) => [{ kind: 'apisixRoutes', name: 'shop', spec: apisixRoute(weight) }],
}

const refs = (matches: unknown, weight?: number) => ({
  rules: [
    {
      ...(matches !== undefined && { matches }),
      backendRefs: [
        {
          group: '',
          kind: 'Service',
          name: 'shop-stable',
          port: 80,
          ...(weight !== undefined && { weight: 100 - weight }),
        },
        { group: '', kind: 'Service', name: 'shop-canary', port: 80, ...(weight !== undefined && { weight }) },
      ],
    },
  ],
})

/** `matches` are those that an API server fills in. */
const gatewayRoute = (kind: RouteKind, field: string, name: string, matches?: unknown): RouterScene => ({
  name,
  routing: { plugins: { 'argoproj-labs/gatewayAPI': { [field]: 'shop' } } },
  before: [[kind, 'shop', refs(matches)]],
  at: (weight) => [
    {
      kind,
      name: 'shop',
      spec: refs(matches, weight),
      metadata: { labels: weight === 0 ? {} : { 'rollouts.argoproj.io/gatewayapi-canary': 'in-progress' } },
    },
  ],
})

/** Every router of the reference. */
export const routerScenes: readonly RouterScene[] = [
  nginx,
  alb,
  istioHosts,
  istioSubsets,
  smi,
  ambassador,
  appMesh,
  traefik,
  apisix,
  gatewayRoute('httpRoutes', 'httpRoute', 'Gateway API, HTTPRoute', [{ path: { type: 'PathPrefix', value: '/' } }]),
  gatewayRoute('grpcRoutes', 'grpcRoute', 'Gateway API, GRPCRoute'),
  gatewayRoute('tcpRoutes', 'tcpRoute', 'Gateway API, TCPRoute'),
  gatewayRoute('tlsRoutes', 'tlsRoute', 'Gateway API, TLSRoute'),
]
