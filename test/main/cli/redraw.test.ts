import { expect, it } from 'vitest'
import type { EpochMs } from '#lib/clock.ts'
import { createRedraw } from '#main/cli/redraw.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

function setUp(isTerminal: boolean) {
  const clock = new VirtualClock()
  const drawn: { readonly at: number; readonly text: string }[] = []
  let state = 'first'
  const io = {
    out: (text: string) => void drawn.push({ at: clock.now() - T0, text }),
    err: () => undefined,
    colours: false,
    isTerminal,
    clock,
    interrupted: new AbortController().signal,
    dataFolder: '',
    inCluster: () => undefined,
    exitWith: () => undefined,
  }
  const redraw = createRedraw(io, (now: EpochMs) => [`${state} ${(now - T0) / 1000}s old`])
  const change = (to: string) => {
    state = to
    redraw.mark()
  }
  return { clock, drawn, redraw, change, times: () => drawn.map(({ at }) => at) }
}

it('ACT-120: on a terminal, at most every 200 ms after changes and once a second without', async () => {
  const { clock, change, times, redraw } = setUp(true)
  change('a')
  await clock.advance(50)
  change('b')
  change('c')
  await clock.advance(2300)
  expect(times()).toEqual([0, 200, 1200, 2200])
  redraw.stop()
  await clock.advance(5000)
  expect(times()).toHaveLength(4)
})

it('ACT-120: elsewhere only what tells more than ages is printed again', async () => {
  const { clock, change, drawn, redraw } = setUp(false)
  change('a')
  await clock.advance(5000)
  change('a')
  await clock.advance(5000)
  change('b')
  redraw.stop()
  expect(drawn.map(({ text }) => text)).toEqual(['a 0s old', '\nb 10s old'])
})
