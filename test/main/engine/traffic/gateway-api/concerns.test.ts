import { describe, expect, it } from 'vitest'
import { gatewayApiConcerns } from '#engine/traffic/gateway-api/concerns.ts'
import { aGatewayRollout, aRef, exactHeader, split } from '#test/support/builders/gateway-api.ts'
import { aRouteObject, aRouteTable } from '#test/support/builders/routing.ts'

const rule = (...refs: readonly unknown[]) => ({ backendRefs: refs })
const even = 'HTTPRoute front has no weights yet: until they are set, web-stable and web-canary get the same share.'
const taken =
  'HTTPRoute front has a rule without a name that sends to web-canary alone. It counts as a header route of an old plugin and will be removed with the managed routes; a name keeps it.'

const concerns = (rules: readonly unknown[], options: Parameters<typeof aGatewayRollout>[0] = {}) =>
  gatewayApiConcerns(aGatewayRollout(options), aRouteTable([aRouteObject('httpRoutes', 'front', { rules })]))

describe('gatewayApiConcerns', () => {
  it('has none about a route that is in order', () => {
    const named = { name: 'preview', ...rule(aRef('web-canary')) }
    expect(concerns([rule(...split(100, 0)), named, { name: 'hdr', ...rule(aRef('web-canary')) }])).toEqual([])
    expect(concerns([], { config: { httpRoute: 'missing' } })).toEqual([])
    expect(concerns([rule(...split())], { config: 7 })).toEqual([])
  })

  it('GW-27: a route without weights splits evenly', () => {
    expect(concerns([rule(...split())])).toEqual([even])
    expect(concerns([rule(...split(100))])).toEqual([even])
    expect(concerns([rule(...split(100, 0)), rule(...split())])).toEqual([even])
    expect(concerns([rule(aRef('docs'), aRef('api'))])).toEqual([])
  })

  it('GW-27: is told once of a route that is named twice', () => {
    const config = { httpRoutes: [{ name: 'front' }], httpRoute: 'front' }
    expect(concerns([rule(...split())], { config })).toEqual([even])
  })

  it('GW-16: a rule that would be taken for one of the plugin', () => {
    expect(concerns([rule(...split(100, 0)), rule(aRef('web-canary'))])).toEqual([taken])
    const config = { httpRoutes: [{ name: 'front' }] }
    expect(concerns([rule(...split(100, 0)), rule(aRef('web-canary'))], { config })).toEqual([])
  })

  it('GW-16: not one that a step of the Rollout may have made', () => {
    const steps = [{ setHeaderRoute: { name: 'hdr', match: [{ headerName: 'X', headerValue: { exact: '1' } }] } }]
    const made = { matches: [{ headers: [exactHeader('X', '1')] }], ...rule(aRef('web-canary')) }
    expect(concerns([rule(...split(100, 0)), made], { steps })).toEqual([])
    expect(concerns([rule(...split(100, 0)), rule(aRef('web-canary'))], { steps })).toEqual([taken])
  })

  it('GW-6: a step that mirrors', () => {
    const steps = [
      { setWeight: 5 },
      { setMirrorRoute: { name: 'mir', match: [{ method: { exact: 'GET' } }] } },
      { setMirrorRoute: { name: 'mir' } },
    ]
    expect(concerns([rule(...split(100, 0))], { steps })).toEqual([
      'Step 2 has no effect: the Gateway API router does not mirror requests.',
    ])
  })
})
