import { analysisBy, analysisTemplate, canary, healthyOn, rollout, setImage, share } from '../manifests.ts'
import type { Scenario } from '../scenario.ts'

const smoke = (query: string) =>
  analysisTemplate('smoke', [
    share('errors', { interval: '1s', count: 1, consecutiveErrorLimit: 2, provider: { prometheus: { query } } }),
  ])
const spec = canary([{ setWeight: 25 }, { analysis: analysisBy('smoke') }])

export const analysisErrors: Scenario = {
  title: 'an analysis that cannot be measured: too many errors abort; mended and retried',
  steps: [
    { controller: 'start' },
    { metrics: { errors: 0.01 } },
    { apply: [smoke('errors{'), rollout('1', spec)] },
    { until: healthyOn('1') },
    { from: 'here' },
    { run: setImage('2') },
    {
      until: {
        abort: 'yes',
        phase: 'Degraded',
        message:
          /^RolloutAborted: .*: Metric "errors" assessed Error due to consecutiveErrors \(3\) > consecutiveErrorLimit \(2\): "Error Message: bad_data: /,
      },
      rule: 'ANA-801, PRV-208',
      says: 'two errors are borne, the third aborts with what Prometheus said',
    },
    { until: { up: '1:4/4', 'run 2-1': /^Error; errors 3 error; / }, rule: 'CAN-73', says: 'and stable is back' },
    { apply: [smoke('errors')] },
    {
      stays: { abort: 'yes', up: '1:4/4' },
      seconds: 2,
      rule: 'ANA-602',
      says: 'a template that is mended changes no run',
    },
    { run: 'argosy retry shop' },
    {
      until: { ...healthyOn('2'), up: '2:4/4', 'run 2-1.1': 'Successful; errors 1 successful' },
      rule: 'ANA-1111',
      says: 'a retry measures by it',
    },
  ],
}
