import { age, type Column, type CustomResourceDefinition, define, type KindOptions } from './definition.ts'
import type { Resource } from './resources.ts'
import { routeKinds } from './route-kinds.ts'
import { grpcRouteSpec, httpRouteSpec, tcpRouteSpec, tlsRouteSpec } from './schema/routes/gateway-api.ts'
import { apisixRouteSpec, mappingSpec, targetGroupBindingSpec, traefikServiceSpec } from './schema/routes/gateways.ts'
import {
  destinationRuleSpec,
  istioVirtualServiceSpec,
  meshVirtualNodeSpec,
  meshVirtualRouterSpec,
  meshVirtualServiceSpec,
  trafficSplitSpec,
} from './schema/routes/meshes.ts'
import { opaque } from './schema/schema.ts'

const column = (name: string, jsonPath: string, more: Partial<Column> = {}): Column => ({
  name,
  type: 'string',
  description: '',
  jsonPath,
  ...more,
})

type RouteOptions = Pick<KindOptions, 'description' | 'spec'> & Partial<KindOptions>

const route = (resource: Resource, options: RouteOptions): CustomResourceDefinition =>
  define(resource, { shortNames: [], columns: [age], status: opaque(), subresources: { status: {} }, ...options })

/** An API server takes kinds of a group below `k8s.io` only with a word about who approved them. */
const gatewayApi = {
  annotations: { 'api-approved.kubernetes.io': 'unapproved, a short form for tests' },
  categories: ['gateway-api'],
}
const hostnames = { columns: [column('Hostnames', '.spec.hostnames'), age] }
const istio = {
  versions: ['v1', 'v1alpha3', 'v1beta1'],
  categories: ['istio-io', 'networking-istio-io'],
  specRequired: false,
}
const mesh = (arn: string) => ({
  categories: ['all'],
  columns: [column('ARN', `.status.${arn}`), { ...age, name: 'AGE' }],
  specRequired: false,
})

/**
 * What a cluster needs to hold the objects of traffic routers that it has not built in: for the sandbox, the test bed and tests. Those
 * of clusters in use come with their routers and are never touched. Names, versions, columns, requirements and defaults are those of
 * the public definitions; the form is ours, and only told as far as a router looks into it.
 */
export const routeDefinitions: readonly CustomResourceDefinition[] = [
  route(routeKinds.httpRoutes, {
    ...gatewayApi,
    ...hostnames,
    description: 'HTTP requests to a Gateway or Service, and the Services they go to.',
    versions: ['v1', 'v1beta1'],
    spec: httpRouteSpec,
  }),
  route(routeKinds.grpcRoutes, {
    ...gatewayApi,
    ...hostnames,
    description: 'gRPC calls to a Gateway or Service, and the Services they go to.',
    spec: grpcRouteSpec,
  }),
  route(routeKinds.tcpRoutes, {
    ...gatewayApi,
    description: 'Connections to a Gateway, and the Services they go to.',
    versions: ['v1', 'v1alpha2'],
    spec: tcpRouteSpec,
  }),
  route(routeKinds.tlsRoutes, {
    ...gatewayApi,
    description: 'TLS connections to a Gateway, and the Services they go to.',
    versions: ['v1', 'v1alpha2', 'v1alpha3'],
    spec: tlsRouteSpec,
  }),
  route(routeKinds.virtualServices, {
    ...istio,
    description: 'Where requests to hosts go in an Istio mesh.',
    shortNames: ['vs'],
    columns: [column('Gateways', '.spec.gateways'), column('Hosts', '.spec.hosts'), age],
    spec: istioVirtualServiceSpec,
  }),
  route(routeKinds.destinationRules, {
    ...istio,
    description: 'What holds for requests to a host of an Istio mesh, and the subsets of its pods.',
    shortNames: ['dr'],
    columns: [column('Host', '.spec.host'), age],
    spec: destinationRuleSpec,
  }),
  route(routeKinds.trafficSplits, {
    description: 'Where requests to a Service go, by weight.',
    versions: ['v1alpha3', 'v1alpha2', 'v1alpha1'],
    shortNames: ['ts'],
    columns: [column('Service', '.spec.service'), age],
    spec: trafficSplitSpec,
  }),
  route(routeKinds.mappings, {
    description: 'Paths of a host, and the Service that requests for them go to.',
    versions: ['v2', 'v1'],
    categories: ['ambassador-crds'],
    columns: [
      column('Source Host', '.spec.host'),
      column('Source Prefix', '.spec.prefix'),
      column('Dest Service', '.spec.service'),
      column('State', '.status.state'),
      column('Reason', '.status.reason'),
    ],
    spec: mappingSpec,
    specRequired: false,
  }),
  route(routeKinds.meshVirtualServices, {
    ...mesh('virtualServiceARN'),
    description: 'A host of App Mesh, and what provides it.',
    spec: meshVirtualServiceSpec,
  }),
  route(routeKinds.meshVirtualRouters, {
    ...mesh('virtualRouterARN'),
    description: 'Where requests to virtual services of App Mesh go.',
    spec: meshVirtualRouterSpec,
  }),
  route(routeKinds.meshVirtualNodes, {
    ...mesh('virtualNodeARN'),
    description: 'Pods that App Mesh sends requests to.',
    spec: meshVirtualNodeSpec,
  }),
  define(routeKinds.traefikServices, {
    description: 'Services that Traefik sends requests to, by weight.',
    shortNames: [],
    columns: [],
    spec: traefikServiceSpec,
  }),
  // Its short name `ar` is left out: kubectl would take it for this kind, and it is that of AnalysisRuns.
  route(routeKinds.apisixRoutes, {
    description: 'Where APISIX sends requests.',
    columns: [
      column('Hosts', '.spec.http[*].match.hosts'),
      column('URIs', '.spec.http[*].match.paths'),
      column('Target Service (HTTP)', '.spec.http[*].backends[*].serviceName', { priority: 1 }),
      age,
    ],
    spec: apisixRouteSpec,
    specRequired: false,
  }),
  route(routeKinds.targetGroupBindings, {
    description: 'A target group of an AWS load balancer, and the Service whose pods are in it.',
    columns: [
      column('SERVICE-NAME', '.spec.serviceRef.name'),
      column('SERVICE-PORT', '.spec.serviceRef.port'),
      column('TARGET-TYPE', '.spec.targetType'),
      column('ARN', '.spec.targetGroupARN', { priority: 1 }),
      { ...age, name: 'AGE' },
    ],
    spec: targetGroupBindingSpec,
    specRequired: false,
  }),
]
