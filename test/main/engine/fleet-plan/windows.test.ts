import { describe, expect, it } from 'vitest'
import type { PlanWindow } from '#engine/fleet-plan/document.ts'
import { readStarts, watchWindows, windowAt } from '#engine/fleet-plan/windows.ts'

const hour = 60 * 60_000
const berlin = 'Europe/Berlin'
const at = (text: string): number => Date.parse(text)
const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString())
const aWindow = (
  kind: PlanWindow['kind'],
  rrule: string,
  hours: number,
  more: Partial<PlanWindow> = {},
): PlanWindow => ({
  kind,
  rrule,
  timeZone: berlin,
  durationMs: hours * hour,
  ...more,
})
const nightly = 'DTSTART:20260101T220000\nRRULE:FREQ=DAILY'
const weekend = aWindow('deny', 'DTSTART:20260102T140000\nRRULE:FREQ=WEEKLY;BYDAY=FR', 64, { reason: 'weekend' })

describe('when changes may go out', () => {
  it('3.4.1: at any time without a window', () => {
    expect(windowAt([], at('2026-05-01T00:00Z'))).toEqual({ isOpen: true, text: '' })
  })

  it('3.4.1: not while a window denies them, and the answer says until when', () => {
    const friday = windowAt([weekend], at('2026-11-27T13:00Z'))
    expect(friday).toEqual({
      isOpen: false,
      text: 'weekend, until 2026-11-30 06:00 Europe/Berlin',
      changesAt: at('2026-11-30T05:00Z'),
    })
    expect(windowAt([weekend], at('2026-11-27T12:59:59.999Z'))).toEqual({
      isOpen: true,
      text: '',
      changesAt: at('2026-11-27T13:00Z'),
    })
    expect(windowAt([weekend], at('2026-11-30T05:00Z')).isOpen).toBe(true)
  })

  it('3.4.1: a window that denies wins over one that allows; where one allows, one of those has to be on', () => {
    const days = aWindow('allow', 'DTSTART:20260101T090000\nRRULE:FREQ=DAILY', 8)
    const open = (text: string, windows: readonly PlanWindow[]) => windowAt(windows, at(text)).isOpen
    const both = [days, weekend]
    expect([open('2026-11-26T09:00Z', both), open('2026-11-27T14:00Z', both), open('2026-11-26T20:00Z', both)]).toEqual(
      [true, false, false],
    )
    expect(windowAt([days], at('2026-11-26T20:00Z'))).toEqual({
      isOpen: false,
      text: 'changes go out at certain times only, until 2026-11-27 09:00 Europe/Berlin',
      changesAt: at('2026-11-27T08:00Z'),
    })
    const other = aWindow('allow', 'DTSTART:20260101T190000\nRRULE:FREQ=DAILY', 3)
    expect(open('2026-11-26T20:00Z', [days, other])).toBe(true)
  })

  it('3.4.1: a freeze may be there once, and is over then', () => {
    const holidays = aWindow('deny', 'DTSTART:20261223T180000', 240)
    expect(windowAt([holidays], at('2026-12-31T23:00Z'))).toMatchObject({
      isOpen: false,
      changesAt: at('2027-01-02T17:00Z'),
    })
    expect(windowAt([holidays], at('2027-01-02T17:00Z'))).toEqual({ isOpen: true, text: '' })
  })

  it('3.4.1: windows that touch are one, so that nobody begins in between', () => {
    const always = aWindow('deny', 'DTSTART:20260101T000000\nRRULE:FREQ=DAILY;COUNT=5', 24)
    expect(iso(windowAt([always], at('2026-01-02T12:00Z')).changesAt)).toBe('2026-01-05T23:00:00.000Z')
  })

  it.each([
    ['before clocks are put on', '2026-03-28T12:00Z', '2026-03-28T21:00:00.000Z'],
    ['after', '2026-03-29T12:00Z', '2026-03-29T20:00:00.000Z'],
    ['before they are put back', '2026-10-24T12:00Z', '2026-10-24T20:00:00.000Z'],
    ['after that', '2026-10-25T12:00Z', '2026-10-25T21:00:00.000Z'],
  ])('SR-1: a window begins by the clocks of its zone: %s', (_what, now, begins) => {
    expect(iso(windowAt([aWindow('deny', nightly, 8)], at(now)).changesAt)).toBe(begins)
  })

  it('3.4.1: a freeze whose start the clocks skip begins when they are put on, and none is lost', () => {
    const early = aWindow('deny', 'DTSTART:20260101T023000\nRRULE:FREQ=DAILY', 1)
    expect(iso(windowAt([early], at('2026-03-29T00:30Z')).changesAt)).toBe('2026-03-29T01:00:00.000Z')
    expect(windowAt([early], at('2026-03-29T01:59Z')).isOpen).toBe(false)
    expect(windowAt([early], at('2026-03-29T02:00Z')).isOpen).toBe(true)
  })

  it('3.4.1: one whose start the clocks show twice begins at the first, and once', () => {
    const early = aWindow('deny', 'DTSTART:20260101T023000\nRRULE:FREQ=DAILY', 1)
    const open = (text: string) => windowAt([early], at(text)).isOpen
    expect([
      open('2026-10-25T00:29Z'),
      open('2026-10-25T00:30Z'),
      open('2026-10-25T01:15Z'),
      open('2026-10-25T01:31Z'),
    ]).toEqual([true, false, false, true])
  })

  it('RFC 5545: UNTIL is in UTC', () => {
    const few = aWindow('deny', 'DTSTART:20260101T220000\nRRULE:FREQ=DAILY;UNTIL=20260103T210000Z', 1)
    expect(windowAt([few], at('2026-01-03T21:30Z')).isOpen).toBe(false)
    expect(windowAt([few], at('2026-01-04T21:30Z'))).toEqual({ isOpen: true, text: '' })
  })

  it('3.4.1: one that cannot be read keeps everything back', () => {
    expect(windowAt([aWindow('allow', 'FREQ=DAILY', 1), aWindow('allow', nightly, 24)], 0)).toMatchObject({
      isOpen: false,
      text: expect.stringContaining('cannot be read. Begin with a line like DTSTART') as string,
    })
  })

  it('is asked again only when the answer has ended', () => {
    let reads = 0
    const window = {
      ...weekend,
      get rrule() {
        reads++
        return weekend.rrule
      },
    }
    const watch = watchWindows([window])
    const first = watch(at('2026-11-27T13:00Z'))
    const before = reads
    expect(watch(at('2026-11-30T04:59:59Z'))).toBe(first)
    expect(reads).toBe(before)
    expect(watch(at('2026-11-30T05:00Z')).isOpen).toBe(true)
  })
})

describe('rules that somebody wrote', () => {
  const told = (rrule: string, timeZone = berlin): string => {
    const read = readStarts({ rrule, timeZone })
    return read.ok ? 'good' : read.error
  }
  const every = Array.from({ length: 60 }, (_, index) => index).join()
  it.each([
    ['no DTSTART', 'RRULE:FREQ=DAILY', /Begin with a line like DTSTART/],
    ['UTC', 'DTSTART:20260101T220000Z', /its zone is given in timeZone/],
    ['a zone', 'DTSTART;TZID=Europe/Berlin:20260101T220000', /its zone is given in timeZone/],
    ['month 99', 'DTSTART:20269901T220000', /cannot be read: .*20269901/],
    ['exceptions', 'DTSTART:20260101T220000\nEXDATE:20260102T220000', /nothing but DTSTART and one line like RRULE/],
    ['every second', 'DTSTART:20260101T220000\nRRULE:FREQ=SECONDLY', /DAILY, WEEKLY, MONTHLY or YEARLY/],
    ['every hour', 'DTSTART:20260101T220000\nRRULE:FREQ=HOURLY', /DAILY, WEEKLY, MONTHLY or YEARLY/],
    ['a hundred million times', 'DTSTART:20260101T220000\nRRULE:FREQ=DAILY;COUNT=100000000', /COUNT up to 1000/],
    ['every minute', `DTSTART:20260101T220000\nRRULE:FREQ=DAILY;BYMINUTE=${every}`, /BYMINUTE one value/],
    ['seconds', `DTSTART:20260101T220000\nRRULE:FREQ=DAILY;BYSECOND=${every}`, /Leave BYSECOND out/],
    ['the 30th of February', 'DTSTART:20260101T220000\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', /cannot be read/],
    ['an interval of 0', 'DTSTART:20260101T220000\nRRULE:FREQ=DAILY;INTERVAL=0', /cannot be read/],
    ['an end before the start', 'DTSTART:20260101T220000\nRRULE:FREQ=DAILY;UNTIL=20250101T000000Z', /never begins/],
    ['no weekday', 'DTSTART:20260101T220000\nRRULE:FREQ=DAILY;BYDAY=XX', /BYDAY/],
    ['a long list', `DTSTART:20260101T220000\nRRULE:FREQ=DAILY;BYHOUR=${'1,'.repeat(400)}1`, /Begin with a line/],
  ])('are refused with what to write: %s', (_what, rrule, words) => {
    const began = performance.now()
    expect(told(rrule)).toMatch(words)
    expect(performance.now() - began).toBeLessThan(5_000)
  })

  it('are answered for in bounded time: the last day of February, every hour, from long ago', () => {
    const hourly = aWindow(
      'deny',
      `DTSTART:19000101T000000\nRRULE:FREQ=DAILY;BYHOUR=${Array.from({ length: 24 }, (_, index) => index).join()}`,
      1,
    )
    const leap = aWindow('deny', 'DTSTART:20000101T000000\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', 24)
    const began = performance.now()
    expect([
      windowAt([hourly], at('2026-11-28T10:30Z')).isOpen,
      iso(windowAt([leap], at('2026-11-28T10:30Z')).changesAt),
    ]).toEqual([false, '2028-02-28T23:00:00.000Z'])
    expect(performance.now() - began).toBeLessThan(5_000)
  })
})
