import { describe, expect, it } from 'vitest'
import type { Rollout } from '#api/rollout.ts'
import { routeKinds } from '#api/route-kinds.ts'
import { destinationRuleFate } from '#engine/traffic/istio/release-destination-rule.ts'
import type { RouteObject } from '#engine/traffic/routes.ts'
import { applyMergePatch } from '#lib/merge-patch.ts'
import { bySubsets } from '#test/support/builders/istio.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aRouteObject } from '#test/support/builders/routing.ts'

const mark = 'argo-rollouts.argoproj.io/managed-by-rollouts'
const hash = 'rollouts-pod-template-hash'
const trafficPolicy = { tls: { mode: 'ISTIO_MUTUAL' } }
const spec = {
  host: 'web',
  subsets: [
    { name: 'stable', labels: { app: 'web', [hash]: 'h1' } },
    { name: 'canary', labels: { [hash]: 'h2' }, trafficPolicy },
    { name: 'exp-1', labels: { [hash]: 'h2x' } },
    { name: 'plain' },
  ],
}

const aRule = (content: unknown, annotations: Readonly<Record<string, string>> = { [mark]: 'web', team: 'shop' }) =>
  aRouteObject('destinationRules', 'web', content, { annotations })[1]
const naming = (name: string): Rollout =>
  aRollout({
    canary: {
      trafficRouting: { istio: { virtualService: { name: 'web' }, destinationRule: { ...bySubsets, name } } },
    },
  })

const fateOf = (rule: RouteObject, rollouts: readonly Rollout[] = []) =>
  destinationRuleFate(rule, { rollouts, resource: routeKinds.destinationRules })

/** The rule once it is let go. */
function released(rule: RouteObject): unknown {
  const fate = fateOf(rule)
  return fate.kind === 'release' ? applyMergePatch(rule, fate.write.body) : fate.kind
}

describe('IST-36: a DestinationRule with the mark of a Rollout', () => {
  const rollout = naming('web')

  it('IST-36: that names it is for that Rollout', () => {
    expect(fateOf(aRule(spec), [aRollout({}), rollout])).toEqual({ kind: 'reconcile', rollout })
  })

  it.each<[string, RouteObject]>([
    ['no mark', aRule(spec, { team: 'shop' })],
    ['an empty mark', aRule(spec, { [mark]: '' })],
    ['no annotations', { ...aRule(spec), metadata: { name: 'web' } }],
  ])('IST-36: with %s is nobody’s business', (_what, rule) => {
    expect(fateOf(rule, [rollout])).toEqual({ kind: 'leave' })
  })
})

describe('IST-37: a DestinationRule without its Rollout', () => {
  it.each<[string, readonly Rollout[]]>([
    ['is gone', []],
    ['names another one', [naming('other')]],
    ['names none', [aRollout({})]],
    ['is blue-green now', [aRollout({ blueGreen: { activeService: 'web' } })]],
    ['is not the one of the mark', [{ ...naming('web'), metadata: { ...naming('web').metadata, name: 'else' } }]],
  ])('IST-37: is let go when that %s', (_what, rollouts) => {
    expect(fateOf(aRule(spec), rollouts).kind).toBe('release')
  })

  it.each([
    null,
    7,
    {},
    { istio: null },
    { istio: { destinationRule: null } },
    { istio: { destinationRule: { name: 7 } } },
  ])('IST-37: is let go by a Rollout whose routing reads %j', (trafficRouting) => {
    const odd = { ...naming('web'), spec: JSON.parse(JSON.stringify({ strategy: { canary: { trafficRouting } } })) }
    expect(fateOf(aRule(spec), [odd]).kind).toBe('release')
  })

  it('IST-37: loses the mark and the hashes of all its subsets, and nothing else', () => {
    const rule = aRule(spec)
    expect(released(rule)).toEqual({
      ...rule,
      metadata: { ...rule.metadata, annotations: { team: 'shop' } },
      spec: {
        host: 'web',
        subsets: [
          { name: 'stable', labels: { app: 'web' } },
          { name: 'canary', labels: {}, trafficPolicy },
          { name: 'exp-1', labels: {} },
          { name: 'plain' },
        ],
      },
    })
  })

  it.each<[string, unknown]>([
    ['no spec', undefined],
    ['no subsets', { host: 'web' }],
    ['subsets that are no list', { subsets: 7 }],
    ['subsets without hashes', { subsets: [{ name: 'stable', labels: { app: 'web' } }, null, 'x'] }],
  ])('IST-37: loses the mark alone with %s', (_what, content) => {
    expect(fateOf(aRule(content))).toMatchObject({ write: { body: { metadata: { annotations: { [mark]: null } } } } })
    expect(released(aRule(content))).toEqual({
      ...aRule(content),
      metadata: { ...aRule(content).metadata, annotations: { team: 'shop' } },
    })
  })

  it('IST-37: is written to as it was read', () => {
    expect(fateOf(aRule(spec))).toMatchObject({
      write: {
        ref: { resource: { plural: 'destinationrules' }, namespace: 'shop', name: 'web' },
        precondition: { uid: 'uid-web', resourceVersion: '1' },
        because: 'IST-37',
      },
    })
  })
})
