import { randomUUID } from 'node:crypto'
import type { AnalysisRunStatus } from '#api/analysis.ts'
import type { Rollout } from '#api/rollout.ts'
import type { BackTestView } from '#contract/back-test-views.ts'
import { parseRolloutKey } from '#contract/keys.ts'
import type { RolloutKey } from '#contract/views.ts'
import { namedAnalyses } from '#engine/rollout/validation/analysis.ts'
import type { Clock, Dispose } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { Outcome } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { Cache } from '#main/cluster/cluster.ts'
import { type PastRelease, pastReleases } from '#main/history/past-releases.ts'
import type { History } from '#main/history/store.ts'
import type { MetricsAt } from '#main/metrics/back-test.ts'
import { readTemplates, type Trial } from '#main/metrics/trial-run.ts'
import { trialOf, tryOn } from './back-test-rollout.ts'
import { backTestView } from './back-test-view.ts'

/** The last releases are tried; more would keep the store of metrics busy for long. */
const releasesMax = 20
/** What was tried by then is told, the rest is left. */
export const backTestTimeMaxMs = 120_000

export interface BackTestParts {
  readonly sessions: { get(context: string): BackTestTarget | undefined }
  readonly history: History
  readonly clock: Clock
  readonly log: Log
}

/** As much of a cluster as it takes. */
export interface BackTestTarget {
  readonly cluster: { cache(kind: 'rollouts'): Pick<Cache<Rollout>, 'get'> }
  readonly client: ClusterClient
  /** As of the time that a clock tells. */
  readonly metrics: { readonly at: MetricsAt }
}

type Tell = (view: BackTestView) => void

/**
 * Tries the analyses of a rollout on its past releases, newest first, and tells after each (W6). Asks the cluster for templates and its
 * store for metrics, one question at a time; writes nothing.
 *
 * @returns ends it after the question at hand; nothing is told then
 */
export function followBackTest(parts: BackTestParts, key: RolloutKey, send: Tell): Dispose {
  const stopping = new AbortController()
  const tell: Tell = (view) => {
    if (!stopping.signal.aborted) send(view)
  }
  play(parts, key, { tell, stopping }).catch((thrown: unknown) => {
    const id = randomUUID().slice(0, 8)
    parts.log('error', 'bug', { id, where: 'analysis.backTest', error: thrown })
    const message = `Argosy made a mistake in a back-test. The log tells more under ${id}.`
    tell({ state: 'failed', failure: { kind: 'ServerError', status: 500, message } })
  })
  return () => stopping.abort()
}

interface Course {
  readonly tell: Tell
  readonly stopping: AbortController
}

async function play({ sessions, history, clock }: BackTestParts, key: RolloutKey, course: Course): Promise<void> {
  const { tell } = course
  const at = parseRolloutKey(key)
  const session = at === undefined ? undefined : sessions.get(at.context)
  const rollout = session?.cluster.cache('rollouts').get(`${at?.namespace}/${at?.name}`)
  if (session === undefined || rollout === undefined) return tell({ state: 'impossible', because: 'gone' })
  if (namedAnalyses(rollout).length === 0) return tell({ state: 'impossible', because: 'noAnalysis' })
  const releases = pastReleases(history, key, releasesMax)
  if (releases.length === 0) return tell({ state: 'impossible', because: 'noRelease' })
  const source = await readTemplates(session.client, rollout.metadata.namespace)
  if (!source.ok) return tell({ state: 'failed', failure: source.error })
  const trials = namedAnalyses(rollout).map(({ analysis }) => trialOf(rollout, analysis, source.value))
  await tryAll({ rollout, trials, releases, metricsAt: session.metrics.at, clock }, course)
}

interface Plan {
  readonly rollout: Rollout
  /** Of each of the analyses that the rollout names. */
  readonly trials: readonly Outcome<Trial, string>[]
  readonly releases: readonly PastRelease[]
  readonly metricsAt: MetricsAt
  readonly clock: Clock
}

async function tryAll(
  { rollout, trials, releases, metricsAt, clock }: Plan,
  { tell, stopping }: Course,
): Promise<void> {
  const { signal } = stopping
  const tried: (readonly Outcome<AnalysisRunStatus, string>[])[] = []
  const view = (state: 'running' | 'done' | 'outOfTime') => backTestView({ state, rollout, trials, releases, tried })
  if (!trials.some(({ ok }) => ok)) return tell(view('done'))
  const endAlarm = clock.after(backTestTimeMaxMs, () => {
    tell(view('outOfTime'))
    stopping.abort()
  })
  try {
    for (const release of releases) {
      tell(view('running'))
      const outcomes: Outcome<AnalysisRunStatus, string>[] = []
      for (const trial of trials)
        outcomes.push(trial.ok ? await tryOn(trial.value, release, { clock, metricsAt, signal }) : trial)
      if (signal.aborted) return
      tried.push(outcomes)
    }
    tell(view('done'))
  } finally {
    endAlarm()
  }
}
