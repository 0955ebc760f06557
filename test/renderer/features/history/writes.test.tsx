import { act } from 'react'
import { afterEach, describe, expect, it } from 'vitest'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'
import type { Scene } from '#test/support/fixture-bridge.ts'

let fixture: FixtureApp
afterEach(() => fixture.close())

const openWrites = async (scene: Scene = 'fleet') => {
  fixture = await openFixtureApp({ scene, at: '#/history' })
  await fixture.advance(300)
  const writes = [...document.querySelectorAll('.history-filter .segments button')][2]
  if (writes === undefined) throw new Error('no writes')
  await fixture.click(writes)
  await fixture.advance(300)
}
const lines = () =>
  [...document.querySelectorAll('.write')].map((row) =>
    [...row.querySelectorAll('[role=cell]')].slice(0, 7).map((cell) => cell.textContent),
  )
const asked = (channel: string) =>
  fixture.bridge.calls.filter((each) => each.channel === channel).map(({ input }) => input)
const count = () => document.querySelector('.history-filter .num')?.textContent
const button = (label: string) =>
  [...document.querySelectorAll<HTMLElement>('.history-filter button, .message button')].find((each) =>
    each.textContent?.includes(label),
  )

/** Each opens a whole window. */
describe('ACT-15: the record of writes in the window', { timeout: 20_000 }, () => {
  it('says when, where, what, what came of it, who and why, newest first; those of an answer that never came too', async () => {
    await openWrites()
    const [first, , third, fourth] = lines()
    expect(first?.slice(1)).toEqual([
      'prod-eu-west',
      'patch',
      'shop/checkout-api replicasets',
      '409',
      'Engine',
      'Scale up from 2 to 3',
    ])
    expect(third?.slice(4)).toEqual([
      '200',
      'oidc:m.ortega@corp.example',
      'End the pause · p99 is as before, see CHG-4120',
    ])
    expect(fourth?.[4]).toBe('no answer')
    expect(count()).toBe('500+ writes')
  })

  it('UI-VIRT-8: draws what is on screen, and reads older ones when somebody comes near the end', async () => {
    await openWrites('large')
    expect(lines().length).toBeLessThan(60)
    expect(asked('history.writes')).toEqual([{ limit: 500 }])
    const scroller = document.querySelector<HTMLElement>('.writes-scroll')
    for (let page = 1; page <= 21; page++) {
      await act(async () => {
        if (scroller === null) return
        scroller.scrollTop = page * 500 * 24
        scroller.dispatchEvent(new Event('scroll'))
      })
      await fixture.advance(100)
    }
    // The last one only tells that nothing is left.
    expect(asked('history.writes')).toHaveLength(21)
    expect(asked('history.writes')[1]).toEqual({ limit: 500, before: 9_501 })
    expect(count()).toBe('10000 writes')
    expect(document.querySelector('.writes-end')?.textContent).toBe('Nothing older is kept.')
    expect(lines().length).toBeLessThan(60)
  })

  it('opens one with the exact body, by mouse and by key, and there is nothing to change it with', async () => {
    await openWrites()
    const [toggle, next] = document.querySelectorAll<HTMLElement>('.write-toggle')
    if (toggle === undefined || next === undefined) throw new Error('no rows')
    await fixture.click(toggle)
    await fixture.advance(100)
    expect(toggle.getAttribute('aria-expanded')).toBe('true')
    const more = document.querySelector('.write-more')
    expect(more?.textContent).toContain('409 the object has been modified')
    expect(more?.textContent).toContain('m.ortega@mac-214')
    expect(more?.querySelector('pre')?.textContent).toContain('"currentStepIndex": 3')
    expect(document.querySelectorAll('.write input, .write textarea, .write [contenteditable]')).toHaveLength(0)
    toggle.focus()
    await act(async () => void toggle.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true })))
    expect(document.activeElement).toBe(next)
    await fixture.click(toggle)
    expect(document.querySelector('.write-more')).toBeNull()
  })

  it('is narrowed by words, by cluster and by side, and says when nothing matches', async () => {
    await openWrites()
    const field = document.querySelector('input[data-filter]')
    const select = document.querySelector<HTMLSelectElement>('.writes-cluster select')
    if (field === null || select === null) throw new Error('no filter')
    expect([...select.options].map(({ text }) => text).slice(0, 2)).toEqual(['All clusters', 'prod-eu-west'])
    await fixture.type(field, 'who:ortega')
    await fixture.advance(300)
    await fixture.click(button('People') ?? field)
    await act(async () => {
      select.value = 'canary-eu'
      select.dispatchEvent(new Event('change', { bubbles: true }))
    })
    await fixture.advance(300)
    expect(asked('history.writes').at(-1)).toEqual({
      filter: 'who:ortega',
      context: 'canary-eu',
      by: 'person',
      limit: 500,
    })
    expect(new Set(lines().map((each) => each[1]))).toEqual(new Set(['canary-eu']))
    await fixture.type(field, 'who:nobody')
    await fixture.advance(300)
    expect(document.querySelector('.history-none')?.textContent).toBe('No recorded write matches.')
  })

  it('exports the record of the chosen cluster, and says where to', async () => {
    await openWrites()
    await fixture.click(button('Export') ?? document.body)
    await fixture.advance(100)
    expect(asked('history.export')).toEqual([{}])
    expect(document.querySelector('.toast')?.textContent).toContain('10248 lines were exported')
    expect(document.querySelector('.toast')?.textContent).toContain('/home/m.ortega/argosy-record.jsonl')
  })

  it('says that nothing was written yet, and why it cannot be read', async () => {
    await openWrites('noContexts')
    expect(document.querySelector('.message')?.textContent).toContain('No writes yet')
    await fixture.close()
    await openWrites('troubles')
    expect(document.querySelector('.message')?.textContent).toContain('database is locked')
    const before = asked('history.writes').length
    await fixture.click(button('Read again') ?? document.body)
    await fixture.advance(100)
    expect(asked('history.writes')).toHaveLength(before + 1)
  })
})
