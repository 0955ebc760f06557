import type { GuardView } from '#contract/guard-views.ts'
import type { Input } from '#contract/requests.ts'
import type { ActionPreview, Intent, RolloutView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { parseGoDuration } from '#lib/go-duration.ts'
import { whatFollows } from './fixture-forecast.ts'

/** A protected context in a freeze, and an analysis that nobody can be sure of. */
const frozen = (now: EpochMs): GuardView => ({
  typedName: true,
  again: true,
  reasonFor: 'its analysis says Inconclusive',
  closed: {
    why: 'frozen until 2026-12-27T07:00:00Z: year-end close, only fixes that the on-call lead has agreed to may go out',
    until: now + 3 * 24 * 3_600_000,
  },
})

/** The request a promote, an abort and so on would send; only its shape matters here. */
export function preview(
  view: RolloutView,
  { action, parameters }: Input<'action.preview'>,
  now: EpochMs,
): ActionPreview {
  const availability = view.actions[action]
  if (!availability.open) return { key: view.key, open: false, reason: availability.reason }
  const { delay = '0s', images = [] } = parameters
  if (!parseGoDuration(delay).ok) return { key: view.key, open: false, reason: `invalid duration "${delay}"` }
  if (action === 'rerunAnalysis') return { key: view.key, open: true, ...dryRun(view, parameters.run ?? '') }
  if (action === 'terminateAnalysis') return { key: view.key, open: true, ...termination(view, parameters.run ?? '') }
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${view.namespace}/rollouts/${view.name}/status`
  const body = action === 'abort' ? '{"status":{"abort":true}}' : '{"status":{"pauseConditions":null}}'
  return {
    key: view.key,
    open: true,
    intent: intentOf(view),
    writes: [
      {
        method: 'PATCH',
        path,
        contentType: 'application/merge-patch+json',
        body,
        kubectl: `kubectl --context ${view.context} -n ${view.namespace} patch rollout ${view.name} --subresource status --type merge -p '${body}'`,
        because: 'ACT-20',
        summary: `${action} ${view.name}`,
      },
    ],
    effects:
      action === 'abort'
        ? [
            `All traffic goes back to ${view.stableVersion ?? 'the stable version'} at once.`,
            '5 canary pods stop 30 s later.',
            'Retry starts again from step 1.',
          ]
        : action === 'setImage'
          ? images.map(({ container, image }) => `Container ${container}: its image → ${image}`)
          : ['Goes on with step 6 of 8, set weight 60%.', 'About 3 more canary pods start.'],
    follows: whatFollows(view, action, now),
    ...(action === 'promoteFull' && { guard: frozen(now) }),
    ...(action === 'promote' && { reach: Math.min(100, view.actualWeight + 20) }),
    ...(action === 'abort' && { reach: 0 }),
    warnings: view.context === 'prod-ap-ne' ? ['Data is 38 s late; the object is read again first.'] : [],
  }
}

const intentOf = (view: RolloutView): Intent => ({
  uid: view.uid,
  currentPodHash: view.currentPodHash,
  stableRS: view.stableRS,
  stepIndex: view.stepIndex,
  abort: false,
  paused: view.status === 'Paused',
})

type OpenPreview = Omit<ActionPreview & { readonly open: true }, 'key' | 'open'>

/** As main says it of a background analysis of which nothing has failed. */
function termination(view: RolloutView, run: string): OpenPreview {
  const body = '{"spec":{"terminate":true},"metadata":{"uid":"uid-of-the-run","resourceVersion":"4711"}}'
  return {
    intent: intentOf(view),
    writes: [
      {
        method: 'PATCH',
        path: `/apis/argoproj.io/v1alpha1/namespaces/${view.namespace}/analysisruns/${run}`,
        contentType: 'application/merge-patch+json',
        body,
        kubectl: `kubectl --context ${view.context} -n ${view.namespace} patch analysisrun ${run} --type merge -p '${body}'`,
        because: 'ACT-142',
        summary: `Terminate AnalysisRun ${run}`,
      },
    ],
    effects: ['Nothing of it is measured any more', 'It ends Successful, for no metric has failed'],
    warnings: [`Rollout ${view.name} counts it as passed and goes on without it. To go back, abort the rollout`],
    follows: undefined,
  }
}

/** As main says it. */
function dryRun(view: RolloutView, run: string): OpenPreview {
  const name = `${run}-rerun-1`
  const metadata = {
    ...{ name, namespace: view.namespace, labels: { 'argosy.dev/rerun-for': view.uid } },
    annotations: { 'argosy.dev/rerun-of': run, 'rollout.argoproj.io/revision': '48' },
  }
  const metrics = [
    {
      name: 'success-rate',
      ...{ interval: '1m', count: 5, failureCondition: 'result[0] > 1', failureLimit: 2 },
      provider: { prometheus: { address: 'http://prometheus.monitoring:9090', query: 'sum(rate(http_errors[2m]))' } },
    },
  ]
  const spec = { metrics, dryRun: [{ metricName: '.*' }], ttlStrategy: { secondsAfterCompletion: 3600 } }
  const body = JSON.stringify({ apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisRun', metadata, spec })
  return {
    intent: intentOf(view),
    writes: [
      {
        method: 'POST',
        path: `/apis/argoproj.io/v1alpha1/namespaces/${view.namespace}/analysisruns`,
        contentType: 'application/json',
        body,
        kubectl: `kubectl --context ${view.context} -n ${view.namespace} create -f - <<'EOF'\n${body}\nEOF`,
        because: 'ANA-605',
        summary: `Create AnalysisRun ${name}: a dry run of ${run}`,
      },
    ],
    effects: [
      'Its metrics are measured once more, now. The outcome decides nothing: the rollout does not look at it',
      'It is deleted an hour after its end',
    ],
    warnings: ['Measured 5 times, for they would go on until somebody stops them: success-rate'],
    follows: undefined,
  }
}
