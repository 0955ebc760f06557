import { describe, expect, it } from 'vitest'
import { gatewayApiPlugin, parseGatewayApi } from '#engine/traffic/gateway-api/config.ts'

const none = { named: [] }
const defaults = {
  namespace: '',
  inProgressLabel: { key: 'rollouts.argoproj.io/gatewayapi-canary', value: 'in-progress' },
  configMap: 'argo-gatewayapi-configmap',
}

function read(config: unknown) {
  const parsed = parseGatewayApi(config)
  if (!parsed.ok) throw new Error(parsed.error)
  return parsed.value
}

const kinds = (config: unknown) => Object.fromEntries(read(config).kinds.map(({ kind, ...told }) => [kind, told]))

function errorOf(config: unknown): string {
  const parsed = parseGatewayApi(config)
  return parsed.ok ? 'no error' : parsed.error
}

describe('parseGatewayApi', () => {
  it('PLG-2: belongs to the plugin of this name', () => {
    expect(gatewayApiPlugin).toBe('argoproj-labs/gatewayAPI')
  })

  it.each([{}, null, undefined, { unknown: [1] }, { httpRoute: null, httpRoutes: null, httpRouteSelector: null }])(
    'GW-1: nothing is told by %j',
    (config) => {
      expect(read(config)).toEqual({
        ...defaults,
        kinds: [
          { kind: 'httpRoutes', named: [] },
          { kind: 'grpcRoutes', named: [] },
          { kind: 'tcpRoutes', named: [] },
          { kind: 'tlsRoutes', named: [] },
        ],
      })
    },
  )

  it('GW-1, GW-2: one route of a kind comes after the list, and takes header routes', () => {
    const config = {
      httpRoute: 'one',
      httpRoutes: [{ name: 'a' }, { name: 'b', useHeaderRoutes: true }],
      grpcRoute: 'two',
      tcpRoute: 'three',
      tlsRoute: 'four',
    }
    expect(kinds(config)).toEqual({
      httpRoutes: {
        named: [
          { name: 'a', usesHeaderRoutes: false },
          { name: 'b', usesHeaderRoutes: true },
          { name: 'one', usesHeaderRoutes: true },
        ],
      },
      grpcRoutes: { named: [{ name: 'two', usesHeaderRoutes: true }] },
      tcpRoutes: { named: [{ name: 'three', usesHeaderRoutes: true }] },
      tlsRoutes: { named: [{ name: 'four', usesHeaderRoutes: true }] },
    })
  })

  it('GW-1: selectors, one per kind', () => {
    const of = (app: string) => ({ matchLabels: { app }, matchExpressions: [] })
    const config = {
      httpRouteSelector: { matchLabels: { app: 'a' } },
      grpcRouteSelector: { matchLabels: { app: 'b' } },
      tcpRouteSelector: { matchLabels: { app: 'c' } },
      tlsRouteSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['d', 'e'] }] },
    }
    expect(kinds(config)).toEqual({
      httpRoutes: { ...none, selector: of('a') },
      grpcRoutes: { ...none, selector: of('b') },
      tcpRoutes: { ...none, selector: of('c') },
      tlsRoutes: {
        ...none,
        selector: { matchLabels: {}, matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['d', 'e'] }] },
      },
    })
  })

  it('GW-1: namespace, label and ConfigMap have names of their own', () => {
    const config = { namespace: 'net', inProgressLabelKey: 'k', inProgressLabelValue: 'v', configMap: 'old' }
    expect(read(config)).toMatchObject({
      namespace: 'net',
      inProgressLabel: { key: 'k', value: 'v' },
      configMap: 'old',
    })
    expect(read({ disableInProgressLabel: true })).not.toHaveProperty('inProgressLabel')
    expect(read({ configMap: 7 })).toMatchObject({ configMap: 'argo-gatewayapi-configmap' })
  })

  it('GW-3: an entry without a name is none of the errors', () => {
    expect(kinds({ httpRoutes: [{}, null] })['httpRoutes']).toEqual({
      named: [
        { name: '', usesHeaderRoutes: false },
        { name: '', usesHeaderRoutes: false },
      ],
    })
  })

  it.each([
    ['web', 'json: cannot unmarshal string into Go value of type plugin.GatewayAPITrafficRouting'],
    [[1], 'json: cannot unmarshal array into Go value of type plugin.GatewayAPITrafficRouting'],
    [
      { httpRoute: 7 },
      'json: cannot unmarshal number into Go struct field GatewayAPITrafficRouting.httpRoute of type string',
    ],
    [
      { disableInProgressLabel: 'yes' },
      'json: cannot unmarshal string into Go struct field GatewayAPITrafficRouting.disableInProgressLabel of type bool',
    ],
    [
      { grpcRoutes: { name: 'a' } },
      'json: cannot unmarshal object into Go struct field GatewayAPITrafficRouting.grpcRoutes of type []plugin.GRPCRoute',
    ],
    [
      { tcpRoutes: ['a'] },
      'json: cannot unmarshal string into Go struct field GatewayAPITrafficRouting.tcpRoutes of type plugin.TCPRoute',
    ],
    [
      { tlsRoutes: [{ name: true }] },
      'json: cannot unmarshal bool into Go struct field TLSRoute.tlsRoutes.name of type string',
    ],
    [
      { httpRouteSelector: { matchLabels: { app: 1 } } },
      'json: cannot unmarshal number into Go struct field LabelSelector.httpRouteSelector.matchLabels of type string',
    ],
    [
      { tlsRouteSelector: 'app=web' },
      'json: cannot unmarshal string into Go struct field GatewayAPITrafficRouting.tlsRouteSelector of type v1.LabelSelector',
    ],
  ])('GW-3: %j has the wrong shape', (config, error) => {
    expect(errorOf(config)).toBe(error)
  })

  it('GW-3: of several wrong values the first is told', () => {
    expect(errorOf({ namespace: 1, httpRoute: true })).toContain('number into Go struct field')
    expect(errorOf({ httpRouteSelector: { matchExpressions: [{ operator: 'Like' }] }, tcpRoute: 1 })).toContain(
      'tcpRoute',
    )
  })

  it('GW-3: a selector that is none', () => {
    expect(errorOf({ grpcRouteSelector: { matchExpressions: [{ key: 'app', operator: 'Like' }] } })).toBe(
      '"Like" is not a valid label selector operator',
    )
  })

  it('is not fooled by names that every object has', () => {
    expect(parseGatewayApi(JSON.parse('{"constructor": 1, "__proto__": {"httpRoute": "x"}}')).ok).toBe(true)
    expect(kinds(JSON.parse('{"__proto__": {"httpRoute": "x"}}'))['httpRoutes']).toEqual(none)
  })
})
