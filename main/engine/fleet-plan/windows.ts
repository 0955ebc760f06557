import { RRuleTemporal } from 'rrule-temporal'
import { Temporal } from 'temporal-polyfill'
import type { EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { PlanWindow } from './document.ts'
import type { FleetWorld } from './world.ts'

/** When changes may go out, and when that answer ends. */
export type WindowState = FleetWorld['window']

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
export const durationMaxMs = 366 * dayMs
/** So many starts of a rule are looked at for one answer; whoever writes a rule may be anybody. */
const startsMax = 32
const limits = { maxIterations: 2_000, maxCandidateEvaluations: 20_000 }
const lengthMax = 500
const countMax = 1_000
const frequencies = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY']
/** How many values each part may have; a part that is not here is not read. */
const parts: Readonly<Record<string, number>> = {
  FREQ: 1,
  INTERVAL: 1,
  COUNT: 1,
  UNTIL: 1,
  WKST: 1,
  BYMONTH: 12,
  BYMONTHDAY: 31,
  BYDAY: 14,
  BYHOUR: 24,
  BYMINUTE: 1,
  BYSETPOS: 4,
}

/** The starts of a window, in instants. */
export interface Starts {
  /** The last one at or before `now`. */
  readonly before: (now: EpochMs) => EpochMs | undefined
  /** The first one after `now`. */
  readonly after: (now: EpochMs) => EpochMs | undefined
}

/**
 * Reads the rule of a window: `DTSTART:20260105T220000`, and `RRULE:…` in a second line when it comes again. Times are those of clocks in
 * its zone. Failure: what to write instead.
 */
export function readStarts({ rrule, timeZone }: Pick<PlanWindow, 'rrule' | 'timeZone'>): Outcome<Starts, string> {
  const lines = rrule.split(/\r?\n/).filter((line) => line !== '')
  const dtstart = /^DTSTART:(\d{8}T\d{6})$/.exec(lines[0] ?? '')?.[1]
  if (dtstart === undefined || rrule.length > lengthMax)
    return failure('Begin with a line like DTSTART:20260105T220000; its zone is given in timeZone.')
  const rule = lines[1]
  if (lines.length > 2 || (rule !== undefined && !rule.startsWith('RRULE:')))
    return failure('Write nothing but DTSTART and one line like RRULE:FREQ=WEEKLY;BYDAY=FR.')
  const wrong = rule === undefined ? undefined : wrongPart(rule.slice('RRULE:'.length))
  if (wrong !== undefined) return failure(wrong)
  try {
    const first = wallOf(dtstart)
    return success(rule === undefined ? once(first, timeZone) : repeated(first, untilLocal(rule, timeZone), timeZone))
  } catch (cause) {
    return failure(`It cannot be read: ${textOf(cause)}.`)
  }
}

const textOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

function wrongPart(rule: string): string | undefined {
  const found = new Map(rule.split(';').map((part) => part.split('=') as [string, string | undefined]))
  if (!frequencies.includes(found.get('FREQ') ?? ''))
    return 'Give FREQ as DAILY, WEEKLY, MONTHLY or YEARLY: anything faster is no window.'
  if (Number(found.get('COUNT') ?? 1) > countMax) return `Give a COUNT up to ${countMax}, or UNTIL.`
  for (const [name, value = ''] of found) {
    const most = parts[name]
    if (most === undefined) return `Leave ${name} out: ${Object.keys(parts).join(', ')} are read.`
    if (value === '' || value.split(',').length > most)
      return `Give ${name} ${most === 1 ? 'one value' : `1 to ${most} values`}.`
  }
  return undefined
}

/** Rules are worked out on clocks of the zone as if they were UTC: a start that the zone skips is not lost that way. */
function repeated(first: Temporal.PlainDateTime, rule: string, timeZone: string): Starts {
  const rrule = new RRuleTemporal({ rruleString: `DTSTART:${compact(first)}Z\n${rule}`, strict: true, ...limits })
  const instant = (at: { readonly epochMilliseconds: number }): EpochMs =>
    instantOf(wallAt(at.epochMilliseconds, 'UTC'), timeZone)
  const asked = (now: EpochMs, byMs: number) =>
    new Date(wallAt(now, timeZone).toZonedDateTime('UTC').epochMilliseconds + byMs)
  if (rrule.next(new Date(first.toZonedDateTime('UTC').epochMilliseconds), true) === null)
    throw new Error('it never begins')
  return {
    before(now) {
      let start = rrule.previous(asked(now, aroundMs), true)
      for (let left = startsMax; start !== null && instant(start) > now && left > 0; left--)
        start = rrule.previous(new Date(start.epochMilliseconds), false)
      return start === null ? undefined : instant(start)
    },
    after(now) {
      let start = rrule.next(asked(now, -aroundMs), true)
      for (let left = startsMax; start !== null && instant(start) <= now && left > 0; left--)
        start = rrule.next(new Date(start.epochMilliseconds), false)
      return start === null ? undefined : instant(start)
    },
  }
}

/** Clocks of a zone are put on or back by no more. */
const aroundMs = 3 * 60 * minuteMs

function once(first: Temporal.PlainDateTime, timeZone: string): Starts {
  const at = instantOf(first, timeZone)
  return { before: (now) => (at <= now ? at : undefined), after: (now) => (at > now ? at : undefined) }
}

const wallOf = (text: string): Temporal.PlainDateTime => Temporal.PlainDateTime.from(text, { overflow: 'reject' })

const wallAt = (at: EpochMs, timeZone: string): Temporal.PlainDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDateTime()

const compact = (wall: Temporal.PlainDateTime): string =>
  wall.toString({ smallestUnit: 'second' }).replaceAll(/[-:]/g, '')

/** Where clocks are put on past a time it is the moment when that happens; where they show it twice, the first. */
function instantOf(wall: Temporal.PlainDateTime, timeZone: string): EpochMs {
  const earlier = wall.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  if (earlier.toPlainDateTime().equals(wall)) return earlier.epochMilliseconds
  const offset = (at: EpochMs) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).offset
  let [before, after] = [earlier.epochMilliseconds, wall.toZonedDateTime(timeZone).epochMilliseconds]
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (offset(middle) === earlier.offset) before = middle
    else after = middle
  }
  return after
}

/** `UNTIL` is in UTC beside a zone (RFC 5545, 3.3.10). */
function untilLocal(rule: string, timeZone: string): string {
  return rule.replace(/UNTIL=([^;]*)/, (_all, until: string) => {
    const wall = until.endsWith('Z')
      ? wallAt(Temporal.Instant.from(until).epochMilliseconds, timeZone)
      : wallOf(until.includes('T') ? until : `${until}T235959`)
    return `UNTIL=${compact(wall)}Z`
  })
}

/**
 * Whether changes may go out: no window that denies them is on, and where some allow them one of those is. A window that cannot be read
 * keeps everything back.
 */
export function windowAt(windows: readonly PlanWindow[], now: EpochMs): WindowState {
  const all = windows.map((window) => ({ window, ...spanAt(window, now) }))
  const changesAt = Math.min(...all.flatMap((each) => each.changesAt ?? []))
  const state = (text: string): WindowState => ({
    isOpen: text === '',
    text,
    ...(changesAt < Number.POSITIVE_INFINITY && { changesAt }),
  })
  const broken = all.find(({ error }) => error !== undefined)
  if (broken !== undefined) return state(`a window of the plan cannot be read. ${broken.error}`)
  const denied = all.find(({ window, isOn }) => window.kind === 'deny' && isOn)
  if (denied !== undefined) return state(`${denied.window.reason ?? 'no changes at this time'}${until(denied)}`)
  const allows = all.filter(({ window }) => window.kind === 'allow')
  if (allows.length === 0 || allows.some(({ isOn }) => isOn)) return state('')
  const next = allows.toSorted((a, b) => (a.changesAt ?? Infinity) - (b.changesAt ?? Infinity))[0]
  return state(`changes go out at certain times only${next === undefined ? '' : until(next)}`)
}

interface Span {
  readonly isOn: boolean
  /** When it ends or begins; absent: never. */
  readonly changesAt?: EpochMs
  readonly error?: string
}

function spanAt(window: PlanWindow, now: EpochMs): Span {
  const starts = readStarts(window)
  if (!starts.ok) return { isOn: false, error: starts.error }
  try {
    return spanOf(starts.value, window.durationMs, now)
  } catch (cause) {
    return { isOn: false, error: `${textOf(cause)}.` }
  }
}

/** Windows that touch are one. */
function spanOf({ before, after }: Starts, durationMs: number, now: EpochMs): Span {
  const last = before(now)
  if (last === undefined || last + durationMs <= now) {
    const next = after(now)
    return { isOn: false, ...(next !== undefined && { changesAt: next }) }
  }
  let [start, end] = [last, last + durationMs]
  for (let left = startsMax; left > 0; left--) {
    const next = after(start)
    if (next === undefined || next > end) break
    ;[start, end] = [next, next + durationMs]
  }
  return { isOn: true, changesAt: end }
}

const until = ({ window: { timeZone }, changesAt }: Span & { readonly window: PlanWindow }): string =>
  changesAt === undefined
    ? ''
    : `, until ${wallAt(changesAt, timeZone).toString({ smallestUnit: 'minute' }).replace('T', ' ')} ${timeZone}`

/** As `windowAt`, worked out anew only when the last answer has ended. */
export function watchWindows(windows: readonly PlanWindow[] = []): (now: EpochMs) => WindowState {
  let known: { readonly from: EpochMs; readonly state: WindowState } | undefined
  return (now) => {
    const isKnown =
      known !== undefined && now >= known.from && now < (known.state.changesAt ?? Number.POSITIVE_INFINITY)
    if (!isKnown) known = { from: now, state: windowAt(windows, now) }
    return known?.state ?? windowAt(windows, now)
  }
}
