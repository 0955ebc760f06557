import { analysisBy, analysisTemplate, canary, healthyOn, rollout, setImage, share } from '../manifests.ts'
import type { Scenario } from '../scenario.ts'

const limit = { name: 'limit', valueFrom: { secretKeyRef: { name: 'limits', key: 'errors' } } }
const smoke = analysisTemplate(
  'smoke',
  [
    share('errors', { successCondition: 'result[0] < {{args.limit}}' }),
    share('latency', { successCondition: 'result[0] < 0.3' }),
  ],
  { args: [limit], dryRun: [{ metricName: 'latency' }] },
)
const spec = canary([{ setWeight: 25 }, { analysis: analysisBy('smoke') }])
const shown = 'kubectl get rollouts,analysisruns,analysistemplates,events -o yaml | grep -c 0.054321'

export const analysisArguments: Scenario = {
  title: 'an analysis with a limit from a Secret, and a metric on trial',
  steps: [
    { controller: 'start' },
    { metrics: { errors: 0.01, latency: 0.9 } },
    { apply: [smoke, rollout('1', spec)] },
    { until: healthyOn('1') },
    { run: setImage('2') },
    {
      until: {
        abort: 'yes',
        message:
          /: Step-based analysis phase error\/failed: Unable to resolve metric arguments: secrets "limits" not found$/,
      },
      rule: 'ANA-305',
      says: 'a Secret that is missing is named, and aborts',
    },
    { run: 'kubectl create secret generic limits --from-literal=errors=0.054321' },
    { run: 'argosy retry shop' },
    {
      until: { ...healthyOn('2'), 'run 2-1.1': 'Successful; errors 1 successful; latency (dry run) 1 failed' },
      rule: 'ANA-305, ANA-605, ANA-803',
      says: 'with it, the good metric decides; what the one on trial says is told and stops nothing',
    },
    { run: shown, exit: 1, prints: /^0$/m, rule: 'ANA-309', says: 'the limit is written nowhere' },

    { metrics: { errors: 0.054322 } },
    { run: setImage('3') },
    {
      until: { abort: 'yes', 'run 3-1': /^Failed; errors 1 failed; / },
      rule: 'ANA-305',
      says: 'just above the limit is bad',
    },
    { run: shown, exit: 1, prints: /^0$/m, rule: 'ANA-309', says: 'and still written nowhere' },
  ],
}
