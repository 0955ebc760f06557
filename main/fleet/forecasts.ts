import { resources } from '#api/resources.ts'
import type { ForecastView, RolloutKey } from '#contract/views.ts'
import type { PastRun } from '#engine/forecast/past-runs.ts'
import type { Clock, Dispose } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { forecastView } from '#main/controller/forecast-view.ts'
import { workloadResource } from '#main/controller/read-workload.ts'
import { completionTimes } from './detail/steps.ts'
import { factsOf } from './rollout-facts.ts'
import type { RolloutParts } from './rollout-parts.ts'

export interface ForecastsOptions {
  readonly clock: Clock
  readonly log: Log
  readonly pastRuns: (key: RolloutKey) => readonly PastRun[]
  /** Called when a forecast that was put off is due. */
  readonly again: (key: RolloutKey) => void
}

interface Known {
  readonly view: ForecastView
  /** What it was made from; the same objects give the same forecast. */
  readonly from: readonly unknown[]
  readonly podHash: string | undefined
  readonly pastRuns: readonly PastRun[]
  readonly madeAt: number
  readonly costMs: number
}

/** Details looked at one after the other; more are made anew. */
const knownMax = 20

/** Of the time, one part in so many goes to forecasts of one rollout at most, however often it changes. */
const restFactor = 10

/** Forecasts of the rollouts that are looked at: made when one is opened or has changed, and never because time goes by. */
export class Forecasts {
  readonly #options: ForecastsOptions
  readonly #known = new Map<RolloutKey, Known>()
  readonly #alarms = new Map<RolloutKey, Dispose>()

  constructor(options: ForecastsOptions) {
    this.#options = options
  }

  /** @param closed why nothing can be known of its cluster now, if so */
  of(key: RolloutKey, cluster: Cluster, parts: RolloutParts, closed: string | undefined): ForecastView {
    if (closed !== undefined) return { state: 'notKnown', why: 'unreachable' }
    const missing = whatIsMissing(cluster, parts)
    if (missing !== undefined) return { state: 'notKnown', why: missing }
    const stepEnds = completionTimes(factsOf(parts))
    const from = [...objectsOf(parts), ...[...stepEnds].flat()]
    const known = this.#known.get(key)
    if (known !== undefined && isSame(known.from, from)) return known.view
    const restMs = known === undefined ? 0 : known.madeAt + known.costMs * restFactor - this.#options.clock.elapsed()
    if (known !== undefined && restMs > 0) {
      this.#askLater(key, restMs)
      return known.view
    }
    return this.#make(key, parts, { from, stepEnds })
  }

  stop(): void {
    for (const cancel of this.#alarms.values()) cancel()
    this.#alarms.clear()
    this.#known.clear()
  }

  #make(
    key: RolloutKey,
    parts: RolloutParts,
    { from, stepEnds }: Pick<Known, 'from'> & { readonly stepEnds: ReadonlyMap<number, number> },
  ): ForecastView {
    const { clock } = this.#options
    const begin = clock.elapsed()
    const podHash = parts.rollout.status?.currentPodHash
    const before = this.#known.get(key)
    const pastRuns = before?.podHash === podHash && before !== undefined ? before.pastRuns : this.#options.pastRuns(key)
    const view = this.#foresee(key, () => forecastView({ world: parts, now: clock.now(), pastRuns, stepEnds }))
    this.#known.delete(key)
    const [oldest] = this.#known.keys()
    if (oldest !== undefined && this.#known.size >= knownMax) this.#known.delete(oldest)
    const madeAt = clock.elapsed()
    this.#known.set(key, { view, from, podHash, pastRuns, madeAt, costMs: madeAt - begin })
    return view
  }

  /** A bug there costs the forecast, and nothing else on the page. */
  #foresee(key: RolloutKey, make: () => ForecastView): ForecastView {
    try {
      return make()
    } catch (error) {
      this.#options.log('error', 'forecast failed', { key, error: String(error) })
      return { state: 'notKnown', why: 'failed' }
    }
  }

  #askLater(key: RolloutKey, delayMs: number): void {
    if (this.#alarms.has(key)) return
    const cancel = this.#options.clock.after(delayMs, () => {
      this.#alarms.delete(key)
      this.#options.again(key)
    })
    this.#alarms.set(key, cancel)
  }
}

function whatIsMissing(cluster: Cluster, { rollout, readRoutes }: RolloutParts): 'loading' | 'workload' | undefined {
  const workload = workloadResource(rollout)
  const kinds = ['rollouts', 'replicaSets', 'pods', 'services'] as const
  const needed = workload === resources.deployments ? ([...kinds, 'deployments'] as const) : kinds
  if ([...(readRoutes?.unread.values() ?? [])].some(({ kind }) => kind === 'NotSynced')) return 'loading'
  if (!needed.every((kind) => cluster.cache(kind).synced)) return 'loading'
  return workload === undefined || workload === resources.deployments ? undefined : 'workload'
}

const objectsOf = ({ rollout, workload, replicaSets, pods, services, routes }: RolloutParts): readonly unknown[] => [
  rollout,
  workload,
  ...replicaSets,
  ...pods,
  ...Object.values(services),
  ...[...(routes?.objects.values() ?? [])].map(({ object }) => object),
]

const isSame = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((each, index) => each === b[index])
