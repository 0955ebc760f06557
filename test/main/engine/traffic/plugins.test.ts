import { describe, expect, it } from 'vitest'
import { canaryRules } from '#engine/rollout/validation/canary.ts'
import { firstError } from '#engine/rollout/validation/spec-error.ts'
import { pluginError, pluginNames } from '#engine/traffic/plugins.ts'
import { aRollout } from '#test/support/builders/rollout.ts'

const gateway = 'argoproj-labs/gatewayAPI'

describe('plugins', () => {
  it('TR-3, PLG-1: each entry is a router; they act in the order of their names', () => {
    expect(pluginNames({ plugins: { 'b/b': {}, [gateway]: {}, 'a/z': {} } })).toEqual(['a/z', gateway, 'b/b'])
    expect(pluginNames({})).toEqual([])
  })

  it('PLG-2: that for Gateway API is driven', () => {
    expect(pluginError({ plugins: { [gateway]: {} } })).toBeUndefined()
    expect(pluginError({ nginx: { stableIngress: 'web' } })).toBeUndefined()
  })

  it('PLG-2: any other is told like one that is not in the ConfigMap, the first one by name', () => {
    expect(pluginError({ plugins: { 'x/y': {}, [gateway]: {}, 'a/b': {} } })).toBe(
      'failed to get traffic router plugin a/b: unable to start plugin system: unable to find plugin (a/b): plugin a/b not configured in configmap',
    )
  })

  it('PLG-5: with plugins a spec may have ping-pong, any greatest weight and all kinds of routes, and no Services', () => {
    const match = [{ headerName: 'X', headerValue: { exact: '1' } }]
    const canary = {
      pingPong: { pingService: 'ping', pongService: 'pong' },
      trafficRouting: { plugins: { [gateway]: {} }, maxTrafficWeight: 1000, managedRoutes: [{ name: 'r' }] },
      steps: [
        { setWeight: 1000 },
        { setHeaderRoute: { name: 'r', match } },
        { setMirrorRoute: { name: 'r', match: [{ method: { exact: 'GET' } }] } },
        { experiment: { templates: [{ name: 'e', specRef: 'canary', weight: 5 }] } },
      ],
    }
    expect(firstError(canaryRules, { spec: aRollout({ canary }).spec, canary })).toBeUndefined()
  })
})
