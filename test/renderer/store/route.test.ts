import { describe, expect, it } from 'vitest'
import { rolloutKey } from '#contract/keys.ts'
import { hrefOf, parseRoute, type Route } from '#renderer/store/route.ts'

const key = rolloutKey({ context: 'arn:aws:eks:eu:1:cluster/shop', namespace: 'shop', name: '结算' })

describe('an address of the window', () => {
  it.each<Route>([
    { page: 'fleet' },
    { page: 'rollout', key },
    { page: 'rollout', key: undefined },
    { page: 'diff', key, left: 47, right: 'spec', rightKey: undefined },
    { page: 'diff', key, left: '@1700000000000', right: 'applied', rightKey: undefined, tab: 'moments' },
    { page: 'diff', key, left: undefined, right: undefined, rightKey: key },
    { page: 'history', id: 'a/b c' },
    { page: 'history', id: undefined },
    { page: 'plans', id: '01JDF3M7Q2' },
    { page: 'plans', id: undefined },
    { page: 'planEditor' },
    { page: 'analysis', key, run: 'web-1', metric: '成功率 & more' },
    { page: 'analysis', key, run: undefined, metric: undefined },
  ])('%j comes back as it was', (route) => {
    expect(parseRoute(hrefOf(route))).toEqual(route)
  })

  it.each(['', '#', '#/', '#/nowhere', '#/fleet/x', 'nonsense'])('%s is the fleet', (hash) => {
    expect(parseRoute(hash)).toEqual({ page: 'fleet' })
  })

  it('a key with too few parts is no key', () => {
    expect(parseRoute('#/rollout/a/b')).toEqual({ page: 'rollout', key: undefined })
  })
})
