import { int32, int64, intOrString, list, map, object, opaque, type Schema, text } from '../schema.ts'

/* Istio, App Mesh and the Service Mesh Interface (SMI): where requests between Services go. What they say besides is left to them. */

const opaqueList = list('', opaque())

const destination = object(
  'A Service, and some of its pods.',
  {
    host: text(),
    subset: text('As a DestinationRule names it.'),
    port: object('', { number: { type: 'integer', minimum: 0, maximum: 4_294_967_295 } }),
  },
  ['host'],
)
const weighted = (more: Readonly<Record<string, Schema>> = {}) =>
  list(
    'Where requests go, by weight; weights add up to 100.',
    object('', { destination, weight: int32(), ...more }, ['destination']),
  )

const httpRoute = object('Requests, and where they go.', {
  name: text(),
  match: opaqueList,
  route: weighted({ headers: opaque() }),
  mirror: destination,
  mirrors: opaqueList,
  mirrorPercent: { type: 'integer', nullable: true },
  mirrorPercentage: object('', { value: { type: 'number', format: 'double' } }),
  timeout: text(),
  redirect: opaque(),
  directResponse: opaque(),
  delegate: opaque(),
  rewrite: opaque(),
  retries: opaque(),
  fault: opaque(),
  corsPolicy: opaque(),
  headers: opaque(),
})

export const istioVirtualServiceSpec = object('', {
  hosts: list('', text()),
  gateways: list('', text()),
  exportTo: list('', text()),
  http: list('The first that fits decides.', httpRoute),
  tls: list('', object('', { match: opaqueList, route: weighted() })),
  tcp: list('', object('', { match: opaqueList, route: weighted() })),
})

export const destinationRuleSpec = object(
  '',
  {
    host: text(),
    subsets: list(
      'Pods of the host, by labels.',
      object('', { name: text(), labels: map(), trafficPolicy: opaque() }, ['name']),
    ),
    trafficPolicy: opaque(),
    exportTo: list('', text()),
    workloadSelector: opaque(),
  },
  ['host'],
)

const nodeRef = object('', { name: text(), namespace: text() }, ['name'])
const weightedTargets = {
  ...list(
    'Where requests go, by weight.',
    object(
      '',
      {
        virtualNodeARN: text(),
        virtualNodeRef: nodeRef,
        port: { ...int64(), minimum: 0 },
        weight: { ...int64(), minimum: 0, maximum: 100 },
      },
      ['weight'],
    ),
  ),
  minItems: 1,
  maxItems: 10,
}
const meshRoute = (hasMatch: boolean) =>
  object(
    '',
    {
      action: object('', { weightedTargets }, ['weightedTargets']),
      ...(hasMatch && { match: opaque(), retryPolicy: opaque() }),
      timeout: opaque(),
    },
    hasMatch ? ['action', 'match'] : ['action'],
  )

const meshOwned = { awsName: text(), meshRef: object('', { name: text(), uid: text() }, ['name', 'uid']) }

export const meshVirtualServiceSpec = object('', {
  ...meshOwned,
  provider: object('', {
    virtualNode: object('', { virtualNodeARN: text(), virtualNodeRef: nodeRef }),
    virtualRouter: object('', { virtualRouterARN: text(), virtualRouterRef: nodeRef }),
  }),
})

export const meshVirtualRouterSpec = object('', {
  ...meshOwned,
  listeners: opaqueList,
  routes: list(
    '',
    object(
      '',
      {
        name: text(),
        priority: { ...int64(), minimum: 0, maximum: 1_000 },
        httpRoute: meshRoute(true),
        http2Route: meshRoute(true),
        grpcRoute: meshRoute(true),
        tcpRoute: meshRoute(false),
      },
      ['name'],
    ),
  ),
})

export const meshVirtualNodeSpec = object('', {
  ...meshOwned,
  podSelector: object('Its pods.', { matchLabels: map(), matchExpressions: opaqueList }),
  listeners: opaqueList,
  backends: opaqueList,
  serviceDiscovery: opaque(),
  backendDefaults: opaque(),
  backendGroups: opaqueList,
  logging: opaque(),
})

/** Weights are quantities in v1alpha1 and numbers after it; as no server converts them, either may be read in any version. */
export const trafficSplitSpec = object(
  '',
  {
    service: text('The Service that clients call.'),
    backends: list(
      'Where requests go, by weight.',
      object('', { service: text(), weight: intOrString() }, ['service', 'weight']),
    ),
    matches: opaqueList,
  },
  ['service', 'backends'],
)
