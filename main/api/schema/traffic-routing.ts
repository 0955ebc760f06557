import { flag, int32, int64, list, map, object, opaque, type Schema, text } from './schema.ts'

const names = (description: string): Schema => list(description, text())

const alb = object(
  'AWS Load Balancer Controller: weights are written as an annotation of an Ingress.',
  {
    annotationPrefix: text('What annotations of the controller begin with; alb.ingress.kubernetes.io when absent.'),
    ingress: text('The Ingress.'),
    ingresses: names('Several Ingresses, in place of ingress.'),
    rootService: text('The Service that rules of the Ingress name; the stable one when absent.'),
    servicePort: int32('The port of the Services.'),
    stickinessConfig: object(
      'Keeps a client with the version it met first.',
      {
        durationSeconds: int64('For how many seconds.'),
        enabled: flag('Whether it does.'),
      },
      ['durationSeconds', 'enabled'],
    ),
  },
  ['servicePort'],
)

const virtualNode = (description: string) => object(description, { name: text('Its name.') }, ['name'])

const appMesh = object('AWS App Mesh: weights are written into the routes of a virtual router.', {
  virtualNodeGroup: object(
    'The virtual nodes of the two versions.',
    {
      canaryVirtualNodeRef: virtualNode('The one of the canary pods.'),
      stableVirtualNodeRef: virtualNode('The one of the stable pods.'),
    },
    ['canaryVirtualNodeRef', 'stableVirtualNodeRef'],
  ),
  virtualService: object(
    'The VirtualService whose routes are changed.',
    {
      name: text('Its name.'),
      routes: names('The routes, by name; all when absent.'),
    },
    ['name'],
  ),
})

const istioService = {
  name: text('Its name; name.namespace for one of another namespace.'),
  routes: names('HTTP routes to change, by name. May be absent if there is only one.'),
  tcpRoutes: list('TCP routes to change.', object('One route.', { port: int64('The port it matches.') })),
  tlsRoutes: list(
    'TLS routes to change.',
    object('One route.', {
      port: int64('The port it matches.'),
      sniHosts: names('The SNI hosts it matches.'),
    }),
  ),
}

const istio = object('Istio: weights are written into VirtualServices.', {
  destinationRule: object(
    'Splits the pods of one Service into subsets, where there are not two Services.',
    {
      additionalSubsetNames: names('More subsets that follow the stable pods.'),
      canarySubsetName: text('The subset of the canary pods.'),
      name: text('Its name.'),
      stableSubsetName: text('The subset of the stable pods.'),
    },
    ['canarySubsetName', 'name', 'stableSubsetName'],
  ),
  virtualService: object('The VirtualService to change.', istioService, ['name']),
  virtualServices: list(
    'Several VirtualServices, in place of virtualService.',
    object('One of them.', istioService, ['name']),
  ),
})

const nginx = object('Ingress NGINX: a second Ingress for the canary is made and kept.', {
  additionalIngressAnnotations: map('Annotations of the canary Ingress; the prefix is put before each.'),
  annotationPrefix: text('What annotations of the controller begin with; nginx.ingress.kubernetes.io when absent.'),
  canaryIngressAnnotations: map('Annotations of the canary Ingress, as they are.'),
  stableIngress: text('The Ingress with the traffic.'),
  stableIngresses: names('Several Ingresses, in place of stableIngress.'),
})

export const trafficRouting: Schema = object(
  'Who splits traffic by weight. Without it, the split is that of the pods.',
  {
    alb,
    ambassador: object(
      'Ambassador: a copy of each Mapping is made for the canary.',
      {
        mappings: names('The Mappings with the traffic.'),
      },
      ['mappings'],
    ),
    apisix: object('Apache APISIX: weights are written into an ApisixRoute.', {
      route: object(
        'The ApisixRoute.',
        {
          name: text('Its name.'),
          rules: names('Its rules to change, by name; all when absent.'),
        },
        ['name'],
      ),
    }),
    appMesh,
    istio,
    managedRoutes: list(
      'Routes that steps may make, those before going before those after.',
      object('One route.', { name: text('What steps call it.') }, ['name']),
    ),
    maxTrafficWeight: int32('What all weights come to; 100 when absent.'),
    nginx,
    plugins: opaque('Routers that are plugins of the controller, with their settings, by name.'),
    smi: object('Service Mesh Interface: a TrafficSplit is made and kept.', {
      rootService: text('The Service that clients use; the stable one when absent.'),
      trafficSplitName: text('The name of the TrafficSplit; that of the Rollout when absent.'),
    }),
    traefik: object(
      'Traefik: weights are written into a TraefikService.',
      {
        weightedTraefikServiceName: text('The TraefikService.'),
      },
      ['weightedTraefikServiceName'],
    ),
  },
)
