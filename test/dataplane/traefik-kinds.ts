import { define } from '#api/definition.ts'
import type { Resource } from '#api/resources.ts'
import { opaque } from '#api/schema/schema.ts'

const gatewayApi = (version: string, plural: string, kind: string, namespaced = true): Resource => ({
  group: 'gateway.networking.k8s.io',
  version,
  plural,
  kind,
  namespaced,
})
const traefik = (plural: string, kind: string): Resource => ({
  group: 'traefik.io',
  version: 'v1alpha1',
  plural,
  kind,
  namespaced: true,
})

/** What leads to routes: whoever installs a gateway makes these, and no router touches them. */
export const gatewayClasses = gatewayApi('v1', 'gatewayclasses', 'GatewayClass', false)
export const gateways = gatewayApi('v1', 'gateways', 'Gateway')
export const ingressRoutes = traefik('ingressroutes', 'IngressRoute')
export const ingressClasses: Resource = {
  group: 'networking.k8s.io',
  version: 'v1',
  plural: 'ingressclasses',
  kind: 'IngressClass',
  namespaced: false,
}

/** The kinds that Traefik wants to watch and that are no routes of a Rollout; whatever they say goes. */
export const traefikDefinitions = [
  gatewayClasses,
  gateways,
  gatewayApi('v1beta1', 'referencegrants', 'ReferenceGrant'),
  gatewayApi('v1', 'backendtlspolicies', 'BackendTLSPolicy'),
  ingressRoutes,
  traefik('ingressroutetcps', 'IngressRouteTCP'),
  traefik('ingressrouteudps', 'IngressRouteUDP'),
  traefik('middlewares', 'Middleware'),
  traefik('middlewaretcps', 'MiddlewareTCP'),
  traefik('serverstransports', 'ServersTransport'),
  traefik('serverstransporttcps', 'ServersTransportTCP'),
  traefik('tlsoptions', 'TLSOption'),
  traefik('tlsstores', 'TLSStore'),
].map((kind) =>
  define(kind, {
    description: 'For Traefik to read.',
    ...(kind.group.endsWith('.k8s.io') && { annotations: { 'api-approved.kubernetes.io': 'unapproved, for tests' } }),
    shortNames: [],
    columns: [],
    spec: opaque(),
    status: opaque(),
    ...(kind.group.endsWith('.k8s.io') && { subresources: { status: {} } }),
  }),
)
