import { act } from 'react'
import { afterEach, describe, expect, it } from 'vitest'
import type { RolloutView } from '#contract/views.ts'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'

let fixture: FixtureApp
afterEach(() => fixture.close())

const open = async () => {
  fixture = await openFixtureApp()
  const grid = document.querySelector('[role=grid]')
  if (grid === null) throw new Error('there is no grid')
  return grid
}
const scroll = (grid: Element, to: Partial<Pick<Element, 'scrollTop' | 'scrollLeft'>>) =>
  act(async () => {
    Object.assign(grid, to)
    grid.dispatchEvent(new Event('scroll'))
  })
const rowIndexes = () =>
  [...document.querySelectorAll('.board [aria-rowindex]')].map((row) => Number(row.getAttribute('aria-rowindex')))

describe('the board', () => {
  it('UI-VIRT-2: follows the scroll in the same frame, and keeps its rows in order', async () => {
    const grid = await open()
    const before = rowIndexes()
    await scroll(grid, { scrollTop: 3000 })
    const after = rowIndexes()
    expect(Math.max(...before)).toBeLessThan(40)
    expect(after.slice(1)[0]).toBeGreaterThan(70)
    expect(after).toEqual(after.toSorted((a, b) => a - b))
    expect(after.length).toBeLessThan(40)
  })

  it('UI-GRID-3: row heads stick only where there is something to stick to', async () => {
    const grid = await open()
    expect(grid.classList).not.toContain('sideways')
    await scroll(grid, { scrollLeft: 120 })
    expect(grid.classList).toContain('sideways')
  })

  it('UI-MOT-2: rings stand still while the board scrolls', async () => {
    const grid = await open()
    expect(grid.classList).not.toContain('still')
    await scroll(grid, { scrollTop: 10 })
    expect(grid.classList).toContain('still')
    await fixture.advance(150)
    expect(grid.classList).not.toContain('still')
  })

  it('UI-MOT-2: more than forty rings on screen stand still', async () => {
    const grid = await open()
    const all = [...fixture.app.fleet.getState().rollouts.values()]
    const moving = all.map((view): RolloutView => ({ ...view, status: 'Progressing' }))
    await fixture.tell(() => fixture.bridge.change(moving.slice(0, 3)))
    expect(grid.classList).not.toContain('still')
    await fixture.tell(() => fixture.bridge.change(moving))
    expect(grid.classList).toContain('still')
  })

  it('UI-VIRT-4: a cell that has not changed keeps its element when others do', async () => {
    await open()
    const named = (start: string) =>
      [...document.querySelectorAll('[role=gridcell]')].find((cell) => cell.textContent?.startsWith(start))
    const cell = named('checkout-api, prod-eu-west')
    const others = [...fixture.app.fleet.getState().rollouts.values()].filter(({ name }) => name === 'catalog')
    await fixture.tell(() => fixture.bridge.change(others.map((view) => ({ ...view, version: '414' }))))
    expect(document.body.textContent).toContain('414')
    expect(named('checkout-api, prod-eu-west')).toBe(cell)
  })
})
