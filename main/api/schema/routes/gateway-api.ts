import { int32, list, object, opaque, type Schema, text } from '../schema.ts'

/*
 * Routes of the Gateway API, release 1.4 and later. What is not given gets its default here, as from the public definitions: a
 * controller that writes a route without it reads it back with it. What filters, time-outs and the like say is left to them.
 */

const atomic: Schema = { 'x-kubernetes-list-type': 'atomic' }
const port: Schema = { ...int32(), minimum: 1, maximum: 65_535 }
const name = text('', { minLength: 1, maxLength: 253 })

const parentRef = object(
  'Whose traffic it is: a Gateway, or a Service in a mesh.',
  {
    group: text('', { default: 'gateway.networking.k8s.io' }),
    kind: text('', { default: 'Gateway' }),
    name,
    namespace: text(),
    port,
    sectionName: text(),
  },
  ['name'],
)

const toService = {
  group: text('', { default: '' }),
  kind: text('', { default: 'Service' }),
  name,
  namespace: text(),
  port,
  weight: { ...int32('Its part of the sum of the weights.'), minimum: 0, maximum: 1_000_000, default: 1 },
}

const opaqueList = list('', opaque(), atomic)
const backends = (withFilters: boolean) =>
  list(
    'Where requests go, by weight.',
    object('', { ...toService, ...(withFilters && { filters: opaqueList }) }, ['name']),
    { ...atomic, maxItems: 16 },
  )

const ways = { enum: ['Exact', 'RegularExpression'], default: 'Exact' }
const named = (description: string) =>
  list(description, object('', { name: text(), type: text('', ways), value: text() }, ['name', 'value']), {
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    maxItems: 16,
  })

const anyPath = { path: { type: 'PathPrefix', value: '/' } }

const httpMatch = object('Requests that fulfil all of it.', {
  headers: named('Headers it has.'),
  method: text(),
  path: {
    ...object('', {
      type: text('', { enum: ['Exact', 'PathPrefix', 'RegularExpression'], default: 'PathPrefix' }),
      value: text('', { default: '/' }),
    }),
    default: anyPath.path,
  },
  queryParams: named('Query parameters it has.'),
})

const grpcMatch = object('Calls that fulfil all of it.', {
  headers: named('Headers it has.'),
  method: object('', { method: text(), service: text(), type: text('', ways) }),
})

const ruleName = text('Unlike any other of the route.', { minLength: 1, maxLength: 253 })

const httpRule = object('Requests, and where they go.', {
  name: ruleName,
  matches: { ...list('Any of these.', httpMatch, atomic), maxItems: 64, default: [anyPath] },
  filters: opaqueList,
  backendRefs: backends(true),
  timeouts: opaque(),
  retry: opaque(),
  sessionPersistence: opaque(),
})

const grpcRule = object('Calls, and where they go.', {
  name: ruleName,
  matches: { ...list('Any of these.', grpcMatch, atomic), maxItems: 64 },
  filters: opaqueList,
  backendRefs: backends(true),
  sessionPersistence: opaque(),
})

const connectionRule = object(
  'Connections, and where they go.',
  { name: ruleName, backendRefs: { ...backends(false), minItems: 1 } },
  ['backendRefs'],
)

const shared = { parentRefs: list('Whose traffic it is.', parentRef, { ...atomic, maxItems: 32 }) }
const hostnames = list('Hosts it is for; any when absent.', text('', { minLength: 1, maxLength: 253 }), atomic)
const rules = (rule: Schema) =>
  list('The first that fits best decides.', rule, { ...atomic, minItems: 1, maxItems: 16 })

export const httpRouteSpec = object('', {
  ...shared,
  hostnames,
  rules: { ...rules(httpRule), default: [{ matches: [anyPath] }] },
})
export const grpcRouteSpec = object('', { ...shared, hostnames, rules: rules(grpcRule) })
export const tcpRouteSpec = object('', { ...shared, rules: rules(connectionRule) }, ['rules'])
export const tlsRouteSpec = object('', { ...shared, hostnames, rules: rules(connectionRule) }, ['rules'])
