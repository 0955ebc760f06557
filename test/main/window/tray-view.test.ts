import { describe, expect, it } from 'vitest'
import { fleetAddress, planAddress, rolloutAddress } from '#contract/addresses.ts'
import { buildQueue } from '#contract/attention.ts'
import type { RolloutView } from '#contract/views.ts'
import { isShownAt, trayView } from '#main/window/tray-view.ts'
import { hrefOf } from '#renderer/store/route.ts'
import { aCluster, aRollout } from '#test/support/fixture-fleet.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const eu = aCluster('eu', T0)
const at = (name: string, more: Partial<RolloutView>) => aRollout(T0, { context: 'eu', name, ...more })
const viewOf = (views: readonly RolloutView[], clusters = [eu]) =>
  trayView(buildQueue(new Map(views.map((view) => [view.key, view])), clusters))

describe('the tray', () => {
  it('UI-STAT-6: has what waits by urgency, each with the page it leads to', () => {
    const pause = { reason: 'CanaryPauseStep', startedAt: T0, resumesAt: undefined }
    const failure = { kind: 'Unauthorized', message: 'ended' } as const
    const locked = aCluster('locked', T0, { connection: { state: 'signInNeeded', since: T0, failure } })
    const views = [
      at('cart', { status: 'Paused', pause }),
      at('shop', { status: 'Degraded' }),
      at('other', { drift: true }),
    ]
    expect(viewOf(views, [eu, locked])).toEqual({
      count: 4,
      tooltip: 'Argosy: 4 things need you',
      items: [
        { label: 'shop in eu: degraded', address: '#/rollout/eu/shop/shop' },
        { label: 'cart in eu: waits for you', address: '#/rollout/eu/shop/cart' },
        { label: 'other in eu: another version than elsewhere', address: '#/rollout/eu/shop/other' },
        { label: 'locked: sign in', address: '#/fleet' },
      ],
      more: undefined,
    })
  })

  it('names ten and counts the rest', () => {
    const many = Array.from({ length: 13 }, (_, index) => at(`app-${index}`, { status: 'Degraded' }))
    expect(viewOf(many)).toMatchObject({ count: 13, more: 'and 3 more' })
    expect(viewOf(many).items).toHaveLength(10)
    expect(viewOf(many.slice(0, 10)).more).toBeUndefined()
  })

  it('says when there is nothing, and one', () => {
    expect(viewOf([])).toMatchObject({ count: 0, tooltip: 'Argosy: nothing needs you', items: [] })
    expect(viewOf([at('shop', { status: 'Aborted' })]).tooltip).toBe('Argosy: 1 thing needs you')
  })

  it('a long name keeps both its ends', () => {
    const context = `arn:aws:eks:eu-west-1:123456789012:cluster/${'x'.repeat(200)}-checkout`
    const label = viewOf([at('shop', { status: 'Degraded', context })]).items[0]?.label ?? ''
    expect(label.length).toBeLessThan(90)
    expect(label).toMatch(/arn:aws:eks.*…x+-checkout: degraded$/)
  })
})

describe('what the window shows already', () => {
  it('the fleet page shows everything, another page what it is about', () => {
    const [one, other] = [rolloutAddress('eu/shop/cart'), rolloutAddress('eu/shop/shop')]
    for (const hash of ['', '#', '#/', '#/fleet']) expect(isShownAt(hash, one)).toBe(true)
    expect(isShownAt(one, one)).toBe(true)
    expect(isShownAt(one, other)).toBe(false)
    expect(isShownAt('#/history', fleetAddress)).toBe(false)
  })

  it('addresses are those of the window', () => {
    expect(fleetAddress).toBe(hrefOf({ page: 'fleet' }))
    expect(rolloutAddress('a%2Fb/c/d')).toBe(hrefOf({ page: 'rollout', key: 'a%2Fb/c/d' }))
    expect(planAddress('01HX')).toBe(hrefOf({ page: 'plans', id: '01HX' }))
  })
})
