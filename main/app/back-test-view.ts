import type { AnalysisRunStatus } from '#api/analysis.ts'
import type { Rollout } from '#api/rollout.ts'
import type {
  BackTestSum,
  BackTestVerdictView,
  TriedAnalysisView,
  TriedReleaseView,
  TriedView,
} from '#contract/back-test-views.ts'
import { type NamedAnalysis, namedAnalyses } from '#engine/rollout/validation/analysis.ts'
import type { Outcome } from '#lib/outcome.ts'
import { redactText } from '#lib/redact-text.ts'
import { phaseView } from '#main/fleet/detail/analysis.ts'
import { clip } from '#main/fleet/detail/metric.ts'
import type { PastRelease } from '#main/history/past-releases.ts'
import { summarised } from '#main/metrics/back-test.ts'

interface Tried {
  readonly state: TriedView['state']
  readonly rollout: Rollout
  /** Of each analysis that the rollout names; a failure says why it can be told of no release. */
  readonly trials: readonly Outcome<unknown, string>[]
  readonly releases: readonly PastRelease[]
  /** Of the first releases, what each analysis would have come to. */
  readonly tried: readonly (readonly Outcome<AnalysisRunStatus, string>[])[]
}

/** A back-test as the window may see it: no secret, no object of the cluster. */
export function backTestView({ state, rollout, trials, releases, tried }: Tried): TriedView {
  const analyses = namedAnalyses(rollout).map((named, at) => analysisView(named, trials[at]))
  const shown = releases.map((release, at) => releaseView(release, tried[at], analyses))
  return { state, analyses, releases: shown, sum: sumOf(shown) }
}

const analysisView = (
  { kind, stepIndex, analysis }: NamedAnalysis,
  trial: Outcome<unknown, string> | undefined,
): TriedAnalysisView => ({
  kind,
  stepIndex,
  templates: (analysis.templates ?? []).map(({ templateName = '' }) => templateName),
  problem: trial?.ok === false ? shownText(trial.error) : undefined,
})

const shownText = (text: string): string => clip(redactText(text), 500)

function releaseView(
  { id, version, from, to, outcome }: PastRelease,
  tried: readonly Outcome<AnalysisRunStatus, string>[] | undefined,
  analyses: readonly TriedAnalysisView[],
): TriedReleaseView {
  // What is wrong with an analysis in all releases is said once.
  const verdicts = (tried ?? [])
    .map((each, analysis) => verdictView(each, analysis))
    .filter(({ analysis }) => analyses[analysis]?.problem === undefined)
  const phases = verdicts.map(({ phase }) => phase)
  return {
    ...{ id, version, from, to, outcome },
    would: tried === undefined ? undefined : wouldOf(phases),
    verdicts: verdicts.filter(({ phase }) => phase !== 'Successful'),
  }
}

const verdictView = (outcome: Outcome<AnalysisRunStatus, string>, analysis: number): BackTestVerdictView =>
  outcome.ok
    ? { analysis, phase: phaseView(outcome.value.phase), message: shownText(outcome.value.message ?? '') }
    : { analysis, phase: 'Unknown', message: shownText(outcome.error) }

function wouldOf(phases: readonly BackTestVerdictView['phase'][]): NonNullable<TriedReleaseView['would']> {
  if (phases.some((phase) => phase === 'Failed' || phase === 'Error')) return 'abort'
  if (phases.includes('Inconclusive')) return 'pause'
  return phases.some((phase) => phase !== 'Successful') ? 'unknown' : 'pass'
}

const phaseOf = { pass: 'Successful', abort: 'Failed', pause: 'Inconclusive' } as const

function sumOf(releases: readonly TriedReleaseView[]): BackTestSum {
  const told = releases.flatMap(({ would, outcome }) =>
    would === undefined || would === 'unknown'
      ? []
      : [{ phase: phaseOf[would], wasCompleted: outcome === 'Completed' }],
  )
  return {
    ...summarised(told),
    abortsByError: releases.filter(isAbortedByError).length,
    unknown: releases.filter(({ would }) => would === 'unknown').length,
  }
}

const isAbortedByError = ({ would, verdicts }: TriedReleaseView): boolean =>
  would === 'abort' && !verdicts.some(({ phase }) => phase === 'Failed')
