import { afterEach, describe, expect, it } from 'vitest'
import { rolloutKey } from '#contract/keys.ts'
import { said } from '#test/support/builders/reason.ts'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'
import type { Scene } from '#test/support/fixture-bridge.ts'

const key = (context: string, name: string) => rolloutKey({ context, namespace: 'shop', name })
const checkout = key('prod-eu-west', 'checkout-api')

let fixture: FixtureApp
afterEach(() => fixture.close())

const text = () => document.body.textContent ?? ''
const open = async (at: string, scene: Scene = 'fleet') => {
  fixture = await openFixtureApp({ at, scene })
}

describe('a screen', () => {
  it.each<[string, Scene, string, readonly string[]]>([
    ['fleet', 'fleet', '#/fleet', ['prod-eu-west', 'checkout-api', 'Needs you', 'In-cluster controller', '38s late']],
    [
      'rollout',
      'fleet',
      `#/rollout/${checkout}`,
      ['checkout-api', '6:48 left', '4 of 8', 'Set weight 60%', '12 stable'],
    ],
    ['blue-green', 'fleet', `#/rollout/${key('prod-eu-west', 'catalog')}`, ['Blue-green', '4 of 6', 'catalog-preview']],
    ['diff', 'fleet', `#/diff/${checkout}?left=47&right=48`, ['PRICE_CACHE_TTL', 'heap flag -Xmx1200m is above']],
    ['history', 'fleet', '#/history', ['payments-gw', 'Aborted', 'Who and why', 'Pool starvation']],
    ['offline history', 'offline', '#/history', ['Offline review', 'nothing is sent']],
    ['first start', 'noContexts', '#/fleet', ['No contexts yet', 'Add kubeconfig', 'Open history']],
    ['no rollouts', 'noRollouts', '#/fleet', ['3 clusters']],
    ['no history', 'noContexts', '#/history', []],
    ['a rollout that is gone', 'fleet', `#/rollout/${key('prod-eu-west', 'nobody')}`, []],
    ['no rollout chosen', 'fleet', '#/rollout', []],
  ])('%s', async (_name, scene, at, words) => {
    await open(at, scene)
    await fixture.advance(100)
    for (const each of words) expect(text()).toContain(each)
    expect(document.querySelector('h1, h2, [role=grid]')).not.toBeNull()
    expect(text()).not.toMatch(/undefined|NaN|\[object|\{\{/)
  })

  it('UI-ERR-1, UI-ERR-2, UI-ERR-3, UI-ERR-7: every trouble of a cluster says what is the case and what can be done', async () => {
    await open('#/fleet', 'troubles')
    for (const each of [
      'dev-kind does not answer',
      'next try in 0:14, attempt 6',
      'Reading prod-ap-south is not allowed',
      'apiGroups: ["argoproj.io"]',
      'Sign-in to prod-ap-ne has ended',
      'aws eks get-token ended with code 255',
      'fresh-cluster does not know Rollouts',
      'Review and install…',
    ]) {
      expect(text()).toContain(each)
    }
  })

  it('UI-LOAD-2: nothing before 150 ms, then a skeleton, after 10 s the reason', async () => {
    await open('#/fleet', 'silent')
    expect(document.querySelector('.skeleton')).not.toBeNull()
    expect(text()).not.toContain('Nothing waits for a person')
    await fixture.advance(10_000)
    expect(document.querySelector('.skeleton')).toBeNull()
    expect(document.querySelector('.board-state .message')?.textContent).not.toBe('')
  })

  it('UI-EMP-3: a filter that finds nothing names the term to drop', async () => {
    await open('#/fleet')
    const field = document.querySelector('input[data-filter]')
    await fixture.type(field as HTMLInputElement, 'ns:shop phase:Degraded')
    expect(text()).toContain('Without phase:Degraded there are')
    await fixture.click(
      [...document.querySelectorAll('button')].find((each) => each.textContent === 'Drop phase:Degraded') as Element,
    )
    expect(fixture.app.filters.getState().fleet).toBe('ns:shop')
  })

  it('without main lives on with what it last heard, and says so', async () => {
    await open('#/fleet')
    await fixture.tell(() => fixture.bridge.become('reconnecting'))
    expect(document.querySelector('.main-late')?.textContent).not.toBe('')
    expect(document.querySelectorAll('[role=gridcell]').length).toBeGreaterThan(50)
    await fixture.tell(() => fixture.bridge.become('ended'))
    expect(document.querySelector('[role=alert]')).not.toBeNull()
  })

  it('UI-I18N-2: in Chinese keeps no English of ours', async () => {
    fixture = await openFixtureApp({ locale: 'zh-CN', at: `#/rollout/${checkout}` })
    for (const each of ['总览', '已暂停', '推进', '中止']) expect(text()).toContain(each)
    expect(text()).not.toMatch(/\b(Paused|Promote|Abort|Steps|Traffic|Revisions)\b/)
  })
})

describe('the matrix', () => {
  it('UI-A11Y-4: is one tab stop, counts rows outside the window, and names its cells', async () => {
    await open('#/fleet')
    const grid = document.querySelector('[role=grid]')
    expect(grid?.querySelectorAll('[tabindex="0"], button, a')).toHaveLength(0)
    expect(Number(grid?.getAttribute('aria-rowcount'))).toBe(148 + 2 + 1)
    expect(grid?.getAttribute('aria-colcount')).toBe('8')
    const names = [...document.querySelectorAll('[role=gridcell] .unseen')].map((each) => each.textContent)
    expect(names).toContain('checkout-api, prod-eu-west: Paused, 6:48 left, 40% canary, 4 of 8 steps done')
  })

  it('UI-VIRT-2: draws only what is on screen of 10,000 rollouts', async () => {
    await open('#/fleet', 'large')
    expect(document.querySelectorAll('[role=gridcell]').length).toBeLessThan(900)
    expect(document.querySelector('[role=grid]')?.getAttribute('aria-rowcount')).toBe('503')
  })

  it('UI-VIRT-6: order stands still while the pointer is in it, and for 2 s after; a key applies it', async () => {
    await open('#/fleet')
    const grid = document.querySelector('[role=grid]') as HTMLElement
    await fixture.click(grid)
    grid.focus()
    await fixture.advance(0)
    const cart = fixture.app.fleet.getState().rollouts.get(key('prod-eu-west', 'cart'))
    if (cart === undefined) throw new Error('the fixture has no cart')
    await fixture.tell(() => fixture.bridge.change([{ ...cart, status: 'Degraded', why: [said('Pods crash.')] }]))
    expect(text()).toContain('1 row wants to move')
    await fixture.press('.')
    expect(text()).not.toContain('wants to move')
  })
})

describe('keys of the fleet', () => {
  const active = () => fixture.app.selection.getState().active

  it('UI-KEY: arrows, J and K move the selected cell; X marks it; Escape steps back', async () => {
    await open('#/fleet')
    await fixture.press('ArrowDown')
    expect(active()).toEqual({ row: 'media/media-encoder', context: 'prod-eu-west' })
    await fixture.press('ArrowRight')
    await fixture.press('j')
    expect(active()).toEqual({ row: 'search/search-index', context: 'prod-us-east' })
    await fixture.press('k')
    await fixture.press('x')
    expect([...fixture.app.selection.getState().marked]).toEqual([
      rolloutKey({ context: 'prod-us-east', namespace: 'media', name: 'media-encoder' }),
    ])
    await fixture.press('Escape')
    expect(fixture.app.selection.getState().marked.size).toBe(0)
    await fixture.press('Escape')
    expect(active()).toBeUndefined()
  })

  it('UI-KEY: shift and arrows mark while moving', async () => {
    await open('#/fleet')
    await fixture.press('ArrowDown')
    await fixture.press('ArrowRight', { shiftKey: true })
    await fixture.press('ArrowRight', { shiftKey: true })
    expect(fixture.app.selection.getState().marked.size).toBe(3)
  })

  it('UI-KEY: Enter opens the rollout, G F goes back', async () => {
    await open('#/fleet')
    await fixture.press('ArrowDown')
    await fixture.press('Enter')
    expect(fixture.app.route.getState().route.page).toBe('rollout')
    await fixture.press('g')
    await fixture.press('f')
    expect(fixture.app.route.getState().route.page).toBe('fleet')
  })

  it('UI-KEY: N walks the queue in its order', async () => {
    await open('#/fleet')
    await fixture.press('n')
    expect(active()).toEqual({ row: 'media/media-encoder', context: 'prod-ap-south' })
    await fixture.press('n')
    expect(active()).toEqual({ row: 'search/search-index', context: 'prod-us-east' })
  })

  it('UI-KEY-3: single keys stay out of text fields', async () => {
    await open('#/fleet')
    const field = document.querySelector('input[data-filter]') as HTMLInputElement
    field.focus()
    await fixture.press('x')
    await fixture.press('a')
    expect(fixture.app.selection.getState().marked.size).toBe(0)
    expect(fixture.app.overlay.getState().overlay).toBeUndefined()
  })

  it('UI-KEY: the palette finds an action on a rollout by parts of its words', async () => {
    await open('#/fleet')
    await fixture.press('k', { ctrlKey: true })
    await fixture.advance(50)
    await fixture.type(document.querySelector('[role=combobox]') as Element, 'abort chec eu-west')
    await fixture.advance(50)
    expect(document.querySelector('[role=option][aria-selected=true]')?.textContent).toContain(
      'Abort checkout-api in prod-eu-west',
    )
  })
  it.each([
    ['promote chec eu-west', 'checkout-api'],
    ['history', '历史'],
  ])('UI-KEY: the palette knows the names of actions and pages in every language: %s', async (typed, found) => {
    fixture = await openFixtureApp({ locale: 'zh-CN' })
    await fixture.press('k', { ctrlKey: true })
    await fixture.advance(50)
    await fixture.type(document.querySelector('[role=combobox]') as Element, typed)
    await fixture.advance(50)
    expect(document.querySelector('[role=option][aria-selected=true]')?.textContent).toContain(found)
  })
})
