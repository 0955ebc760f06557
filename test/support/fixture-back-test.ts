import type { BackTestView, TriedReleaseView, TriedView } from '#contract/back-test-views.ts'
import type { HistoryOutcome, RolloutView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'

const HOUR = 3_600_000
const MINUTE = 60_000

const failed = (metric: string, count: number) =>
  `Metric "${metric}" assessed Failed due to failed (${count}) > failureLimit (${count - 1})`

const told: readonly (Pick<TriedReleaseView, 'outcome' | 'would' | 'verdicts'> & { readonly minutes: number })[] = [
  { outcome: 'Aborted', would: 'abort', minutes: 9, verdicts: verdict(1, 'Failed', failed('success-rate', 3)) },
  { outcome: 'Completed', would: 'pass', minutes: 42, verdicts: [] },
  {
    ...{ outcome: 'Completed', would: 'abort', minutes: 40 },
    verdicts: [
      ...verdict(
        0,
        'Inconclusive',
        'Metric "conversion" assessed Inconclusive due to inconclusive (2) > inconclusiveLimit (1)',
      ),
      ...verdict(1, 'Failed', failed('latency-canary', 2)),
    ],
  },
  { outcome: 'Completed', would: 'pass', minutes: 44, verdicts: [] },
  {
    ...{ outcome: 'Completed', would: 'pause', minutes: 51 },
    verdicts: verdict(
      0,
      'Inconclusive',
      'Metric "conversion" assessed Inconclusive due to inconclusive (2) > inconclusiveLimit (1)',
    ),
  },
  { outcome: 'RolledBack', would: 'pass', minutes: 21, verdicts: [] },
  { outcome: 'Completed', would: 'pass', minutes: 39, verdicts: [] },
]

function verdict(analysis: number, phase: 'Failed' | 'Inconclusive' | 'Error', message: string) {
  return [{ analysis, phase, message }]
}

/** Seven releases, of which `tried` were tried. */
function aTrial(now: EpochMs, state: TriedView['state'], tried: number): TriedView {
  const releases = told.map(({ minutes, outcome, would, verdicts }, at): TriedReleaseView => {
    const from = now - (at + 1) * 26 * HOUR
    const version = `2.${30 - at}.${at === 2 ? '1-hotfix-payment-timeouts' : '0'}`
    const known = at < tried ? { would, verdicts } : { would: undefined, verdicts: [] }
    return { id: `r${at}`, version, from, to: from + minutes * MINUTE, outcome, ...known }
  })
  const those = (would: TriedReleaseView['would'], outcome?: HistoryOutcome) =>
    releases.filter((each) => each.would === would && (outcome ?? each.outcome) === each.outcome).length
  return {
    state,
    releases,
    analyses: [
      { kind: 'Step', stepIndex: 2, templates: ['smoke-http', 'conversion'], problem: undefined },
      { kind: 'Background', stepIndex: undefined, templates: ['success-rate'], problem: undefined },
      {
        ...{ kind: 'PostPromotion', stepIndex: undefined, templates: ['synthetic-orders'] },
        problem: 'orders: the provider tells of now only, so the past cannot be tried out',
      },
    ],
    sum: {
      releases: tried,
      aborts: those('abort'),
      abortsOfGood: those('abort', 'Completed'),
      abortsByError: 0,
      pauses: those('pause'),
      unknown: 0,
    },
  }
}

/** What main would tell of the applications of the fixture fleet, each in another state. */
export function aBackTest(view: RolloutView | undefined, now: EpochMs): BackTestView {
  switch (view?.name) {
    case undefined:
      return { state: 'impossible', because: 'gone' }
    case 'checkout-api':
      return aTrial(now, 'done', 7)
    case 'search-index':
      return aTrial(now, 'running', 2)
    case 'payments-gw':
      return aTrial(now, 'outOfTime', 4)
    case 'media-encoder':
      return { state: 'failed', failure: { kind: 'Unreachable', message: 'connection refused', since: now - MINUTE } }
    case 'ledger':
      return { state: 'impossible', because: 'noAnalysis' }
    default:
      return { state: 'impossible', because: 'noRelease' }
  }
}
