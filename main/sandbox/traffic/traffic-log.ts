import type { EpochMs } from '#lib/clock.ts'
import { type Conduct, turnsOf } from './conduct.ts'
import type { Paced } from './latency.ts'
import { amountDuring, aWave, type Wave } from './wave.ts'

/** The traffic that reaches one version behind a Service while a split holds. */
export interface Flow {
  /** Pod template hash. */
  readonly hash: string
  /** Image tag. */
  readonly version: string
  /** Of the application's whole traffic, 0…1. */
  readonly share: number
  readonly conduct: Conduct
}

/** The traffic an application has on its own account. */
export interface Demand {
  /** Name under which it is seeded and shown. */
  readonly app: string
  readonly requestsPerSecond: number
  /** Median latency of a good version. */
  readonly latencySeconds: number
}

/** Since the series began. */
export interface Totals {
  readonly requests: number
  readonly errors: number
  /** The requests once more, by how fast they were answered. */
  readonly paces: readonly Paced[]
}

export interface CountedFlow {
  readonly flow: Flow
  readonly totals: Totals
  /** When it first had traffic, by which its conduct goes. */
  readonly since: EpochMs
  /** When traffic was last seen; the asked moment while it flows. */
  readonly until: EpochMs
}

interface Segment {
  readonly from: EpochMs
  readonly flows: readonly Flow[]
  /** Everything counted before `from`, by hash. */
  readonly before: ReadonlyMap<string, CountedFlow>
}

const segmentsMax = 256
/** A version without traffic is forgotten after this long. */
const forgottenAfterMs = 3_600_000
/** Share of requests that fall into the slow tail. */
const slowShare = 0.06

/**
 * How the traffic of one Service was split, since when: enough to count every request up to any moment of the past without
 * having stored one. Bounded: the oldest splits are dropped, and with them answers about their time.
 */
export class TrafficLog {
  readonly demand: Demand
  readonly #segments: Segment[] = []
  readonly #requests: Wave
  readonly #errors: Wave
  readonly #slow: Wave

  constructor(demand: Demand, seed: number) {
    this.demand = demand
    const rate = demand.requestsPerSecond
    const day = { depth: 0.2, periodMs: 86_400_000 }
    this.#requests = aWave(
      rate,
      [day, { depth: 0.06, periodMs: 2_200_000 }, { depth: 0.04, periodMs: 97_000 }],
      seed,
      demand.app,
    )
    this.#errors = aWave(
      rate,
      [
        { depth: 0.3, periodMs: 410_000 },
        { depth: 0.25, periodMs: 83_000 },
      ],
      seed,
      `${demand.app}/errors`,
    )
    this.#slow = aWave(
      rate * slowShare,
      [
        { depth: 0.35, periodMs: 530_000 },
        { depth: 0.2, periodMs: 71_000 },
      ],
      seed,
      `${demand.app}/slow`,
    )
  }

  /** Splits recorded and still known. */
  get length(): number {
    return this.#segments.length
  }

  /** From `at` on the traffic is split like this. A split equal to the present one is not recorded. */
  record(flows: readonly Flow[], at: EpochMs): void {
    const last = this.#segments.at(-1)
    if (JSON.stringify(last?.flows ?? []) === JSON.stringify(flows)) return
    const before = last === undefined ? new Map<string, CountedFlow>() : this.#count(last, at)
    const remembered = [...before].filter(([, each]) => each.until > at - forgottenAfterMs)
    this.#segments.push({ from: at, flows, before: new Map(remembered) })
    if (this.#segments.length > segmentsMax) this.#segments.shift()
  }

  /** What each version had counted at a moment; versions forgotten by then, or not yet seen, are absent. */
  at(moment: EpochMs): ReadonlyMap<string, CountedFlow> {
    const segment = this.#segments.findLast((each) => each.from <= moment)
    return segment === undefined ? new Map() : this.#count(segment, moment)
  }

  /** Versions the log knows anything about. */
  versions(): ReadonlyMap<string, Flow> {
    return new Map(this.#segments.flatMap((segment) => segment.flows.map((flow) => [flow.hash, flow] as const)))
  }

  #count(segment: Segment, to: EpochMs): ReadonlyMap<string, CountedFlow> {
    const counted = new Map(segment.before)
    for (const flow of segment.flows) {
      const earlier = counted.get(flow.hash)
      const since = earlier?.since ?? segment.from
      const more = this.#during(flow, since, segment.from, to)
      counted.set(flow.hash, { flow, since, until: to, totals: sum([...(earlier ? [earlier.totals] : []), ...more]) })
    }
    return counted
  }

  /** What each phase of its conduct added. */
  #during({ share, conduct }: Flow, since: EpochMs, from: EpochMs, to: EpochMs): readonly Totals[] {
    return turnsOf(conduct, since).map((turn) => {
      const of = (wave: Wave) => share * amountDuring(wave, turn, from, to)
      const [requests, slow] = [of(this.#requests), of(this.#slow)]
      const paces = turn.phase.modes.map((mode) => ({
        latencyFactor: mode.latencyFactor,
        requests: mode.share * requests,
        slow: mode.share * slow,
      }))
      return { requests, errors: turn.phase.errorRate * of(this.#errors), paces }
    })
  }
}

const sum = (totals: readonly Totals[]): Totals => ({
  requests: total(totals.map(({ requests }) => requests)),
  errors: total(totals.map(({ errors }) => errors)),
  paces: [
    ...Map.groupBy(
      totals.flatMap(({ paces }) => paces),
      ({ latencyFactor }) => latencyFactor,
    ),
  ].map(([latencyFactor, paces]) => ({
    latencyFactor,
    requests: total(paces.map(({ requests }) => requests)),
    slow: total(paces.map(({ slow }) => slow)),
  })),
})

const total = (numbers: readonly number[]): number => numbers.reduce((so, each) => so + each, 0)
