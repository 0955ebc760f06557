import type { Failure } from '#lib/failure.ts'
import type { Random } from './random.ts'
import type { SimulatedTime } from './simulated-time.ts'

/** What a network and an API server do to requests and watches now and then. A window of one kind lasts a while. */
export const windowKinds = [
  /** Somebody else was faster: 409. */
  'conflicts',
  /** 500 before anything was done. */
  'serverErrors',
  /** 429 with Retry-After. */
  'throttling',
  /** The request never arrives. */
  'lostRequests',
  /** The request is carried out, its answer never arrives. */
  'lostReplies',
  'slow',
  /** Watch events arrive seconds late: caches lag behind own writes. */
  'lateEvents',
  'duplicatedEvents',
  /** From some event on nothing arrives any more; then the watch ends with 410. */
  'droppedEvents',
] as const

export type WindowKind = (typeof windowKinds)[number]

interface Window {
  readonly kind: WindowKind
  readonly process: string
  readonly until: number
  /** Share of requests or events it hits. */
  readonly rate: number
}

/** How one request fares. Times in ms. */
export interface Fate {
  readonly travelMs: number
  readonly replyMs: number
  /** Answered instead of being carried out. */
  readonly refusal?: Failure
  readonly lost?: 'request' | 'reply'
}

/** After this a client gives up waiting. Shorter than the gap between renew deadline and lease duration (OPS-6). */
const timeoutMs = 3_000
const slowMsMax = 3_500
const lateMsMax = 8_000

/** The links between the processes and the API server. Without faults a request takes 1 to 20 ms. */
export class Network {
  readonly #time: SimulatedTime
  readonly #random: Random
  #windows: readonly Window[] = []
  readonly #cutUntil = new Map<string, number>()

  constructor(time: SimulatedTime, random: Random) {
    this.#time = time
    this.#random = random
  }

  open(window: {
    readonly kind: WindowKind
    readonly process: string
    readonly forMs: number
    readonly rate: number
  }): void {
    const { kind, process, forMs, rate } = window
    this.#windows = [...this.#windows, { kind, process, rate, until: this.#time.now() + forMs }]
  }

  cut(process: string, forMs: number): void {
    this.#cutUntil.set(process, this.#time.now() + forMs)
  }

  /** Ends every fault. */
  heal(): void {
    this.#windows = []
    this.#cutUntil.clear()
  }

  /** When a cut-off process is reached again; `undefined` when it is not cut off. */
  cutUntil(process: string): number | undefined {
    const until = this.#cutUntil.get(process) ?? 0
    return until > this.#time.now() ? until : undefined
  }

  fateOf(process: string, isWrite: boolean): Fate {
    const normal: Fate = { travelMs: this.#random.int(1, 20), replyMs: 0 }
    if (this.cutUntil(process) !== undefined) return { travelMs: timeoutMs, replyMs: 0, lost: 'request' }
    const hits = (kind: WindowKind): boolean => this.#hits(kind, process)
    if (hits('lostRequests')) return { travelMs: timeoutMs, replyMs: 0, lost: 'request' }
    if (hits('lostReplies')) return { ...normal, replyMs: timeoutMs, lost: 'reply' }
    if (hits('serverErrors'))
      return { ...normal, refusal: { kind: 'ServerError', message: 'etcdserver: leader changed', status: 500 } }
    if (hits('throttling'))
      return { ...normal, refusal: { kind: 'Throttled', message: 'too many requests', retryAfterMs: 1000 } }
    if (isWrite && hits('conflicts'))
      return { ...normal, refusal: { kind: 'Conflict', message: 'the object has been modified' } }
    if (hits('slow'))
      return { travelMs: this.#random.int(20, slowMsMax / 2), replyMs: this.#random.int(20, slowMsMax / 2) }
    return normal
  }

  /** Ms until a watch event arrives. */
  delayOf(process: string): number {
    return this.#hits('lateEvents', process) ? this.#random.int(100, lateMsMax) : this.#random.int(1, 30)
  }

  isDuplicated = (process: string): boolean => this.#hits('duplicatedEvents', process)

  isDropped = (process: string): boolean => this.#hits('droppedEvents', process)

  #hits(kind: WindowKind, process: string): boolean {
    if (this.#windows.length === 0) return false
    const now = this.#time.now()
    const open = this.#windows.find((each) => each.kind === kind && each.process === process && each.until > now)
    return open !== undefined && this.#random.chance(open.rate)
  }
}
