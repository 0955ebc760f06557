import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'
import type { Happening, HappeningKind } from './happenings.ts'

export interface DesktopNotice {
  readonly title: string
  readonly body: string
  /** Where a click leads. */
  readonly address: string
}

interface Options {
  readonly clock: Clock
  readonly show: (notice: DesktopNotice) => void
}

/** Nothing new for so long, and what was gathered is shown. */
const quietMs = 2000
/** It never waits longer for the rest of a burst. */
const burstMs = 12_000
/** From one notification to the next. */
const apartMs = 15_000
/** What comes and goes is told once in this time. */
const againMs = 10 * 60_000
/** More are only counted. */
const gatheredMax = 1000
const linesMax = 5

/** Makes few notifications of many happenings: a burst is one, and there are never more than four a minute. */
export class NoticeBatches {
  readonly #options: Options
  readonly #told = new Map<string, EpochMs>()
  #gathered: Happening[] = []
  #more = 0
  #firstAt: EpochMs = 0
  #shownAt: EpochMs = Number.NEGATIVE_INFINITY
  #alarm: Dispose | undefined

  constructor(options: Options) {
    this.#options = options
  }

  add(happenings: readonly Happening[]): void {
    const now = this.#options.clock.now()
    for (const [id, at] of this.#told) if (now - at >= againMs) this.#told.delete(id)
    const fresh = happenings.filter(({ id }) => !this.#told.has(id))
    if (fresh.length === 0) return
    for (const { id } of fresh) this.#told.set(id, now)
    if (this.#gathered.length === 0) this.#firstAt = now
    const room = gatheredMax - this.#gathered.length
    this.#gathered.push(...fresh.slice(0, room))
    this.#more += Math.max(0, fresh.length - room)
    this.#alarm?.()
    const due = Math.max(Math.min(now + quietMs, this.#firstAt + burstMs), this.#shownAt + apartMs)
    this.#alarm = this.#options.clock.after(Math.max(0, due - now), () => this.#show())
  }

  /** Forgets what was not shown. */
  clear(): void {
    this.#alarm?.()
    this.#alarm = undefined
    this.#gathered = []
    this.#more = 0
  }

  #show(): void {
    const notice = noticeOf(this.#gathered, this.#more)
    this.#shownAt = this.#options.clock.now()
    this.clear()
    if (notice !== undefined) this.#options.show(notice)
  }
}

const said: Readonly<Record<HappeningKind, string>> = {
  degraded: 'is degraded',
  aborted: 'was aborted',
  waits: 'waits for you',
  leaseAsked: 'is asked for',
  leaseKept: 'is not handed over',
  leaseLost: 'is not driven here any more',
  planHeld: 'is held',
  planFailed: 'has failed',
}

const sentence = ({ what, kind }: Happening): string => `${what} ${said[kind]}`

/** One says itself what it is; several are counted, the first of them by name. @param more than those that are given */
export function noticeOf(happenings: readonly Happening[], more = 0): DesktopNotice | undefined {
  const [first, ...others] = happenings
  if (first === undefined) return undefined
  if (others.length === 0 && more === 0) return { title: sentence(first), body: first.detail, address: first.address }
  const count = happenings.length + more
  const lines = happenings.slice(0, linesMax).map(sentence)
  if (count > linesMax) lines.push(`and ${count - linesMax} more`)
  const isOnePlace = others.every(({ address }) => address === first.address)
  return {
    title: `${count} things to look at`,
    body: lines.join('\n'),
    address: isOnePlace ? first.address : '#/fleet',
  }
}
