import type { Resource } from './resources.ts'

const namespaced = (group: string, version: string, plural: string, kind: string): Resource => ({
  group,
  version,
  plural,
  kind,
  namespaced: true,
})

/** Objects that traffic routers read and write, as the reference knows them unless a cluster serves another version (FEA-3). */
export const routeKinds = {
  ingresses: namespaced('networking.k8s.io', 'v1', 'ingresses', 'Ingress'),
  virtualServices: namespaced('networking.istio.io', 'v1alpha3', 'virtualservices', 'VirtualService'),
  destinationRules: namespaced('networking.istio.io', 'v1alpha3', 'destinationrules', 'DestinationRule'),
  trafficSplits: namespaced('split.smi-spec.io', 'v1alpha1', 'trafficsplits', 'TrafficSplit'),
  mappings: namespaced('getambassador.io', 'v2', 'mappings', 'Mapping'),
  meshVirtualServices: namespaced('appmesh.k8s.aws', 'v1beta2', 'virtualservices', 'VirtualService'),
  meshVirtualRouters: namespaced('appmesh.k8s.aws', 'v1beta2', 'virtualrouters', 'VirtualRouter'),
  meshVirtualNodes: namespaced('appmesh.k8s.aws', 'v1beta2', 'virtualnodes', 'VirtualNode'),
  traefikServices: namespaced('traefik.io', 'v1alpha1', 'traefikservices', 'TraefikService'),
  apisixRoutes: namespaced('apisix.apache.org', 'v2', 'apisixroutes', 'ApisixRoute'),
  httpRoutes: namespaced('gateway.networking.k8s.io', 'v1', 'httproutes', 'HTTPRoute'),
  grpcRoutes: namespaced('gateway.networking.k8s.io', 'v1', 'grpcroutes', 'GRPCRoute'),
  tcpRoutes: namespaced('gateway.networking.k8s.io', 'v1alpha2', 'tcproutes', 'TCPRoute'),
  tlsRoutes: namespaced('gateway.networking.k8s.io', 'v1alpha2', 'tlsroutes', 'TLSRoute'),
  targetGroupBindings: namespaced('elbv2.k8s.aws', 'v1beta1', 'targetgroupbindings', 'TargetGroupBinding'),
  endpoints: namespaced('', 'v1', 'endpoints', 'Endpoints'),
  /** Services that routers only read: ports, and whether they are still there. */
  services: namespaced('', 'v1', 'services', 'Service'),
  /** Where old versions of the Gateway API plugin kept what they had made (GW-20). */
  configMaps: namespaced('', 'v1', 'configmaps', 'ConfigMap'),
} as const satisfies Record<string, Resource>

/** The ConfigMap in which versions of the Gateway API plugin up to 0.12 kept what they had made (GW-20). */
export const gatewayApiRecord = 'argo-gatewayapi-configmap'

export type RouteKind = keyof typeof routeKinds

/** The kind of route objects that a resource is, in whatever version. */
export const routeKindOf = (resource: Resource): RouteKind | undefined =>
  (Object.keys(routeKinds) as RouteKind[]).find(
    (kind) =>
      routeKinds[kind].kind === resource.kind &&
      routeKinds[kind].plural === resource.plural &&
      isGroupOf(kind, resource),
  )

/** App Mesh and Istio both have VirtualServices. */
const isGroupOf = (kind: RouteKind, { group }: Resource): boolean =>
  routeKinds[kind].group === group || !Object.values(routeKinds).some((each) => each.group === group)
