import { analysisBy, analysisTemplate, canary, healthyOn, rollout, setImage, share } from '../manifests.ts'
import type { Scenario } from '../scenario.ts'

const smoke = analysisTemplate('smoke', [share('errors', { count: 3, interval: '1s', failureLimit: 1 })])
const spec = canary([{ setWeight: 25 }, { analysis: analysisBy('smoke') }, { setWeight: 50 }])

export const analysisStep: Scenario = {
  title: 'an analysis as a step: good, then bad and aborted by itself, then retried and good',
  steps: [
    { controller: 'start' },
    { metrics: { errors: 0.01 } },
    { apply: [smoke, rollout('1', spec)] },
    { until: healthyOn('1') },
    { from: 'here' },
    { run: setImage('2') },
    { until: { ...healthyOn('2'), up: '2:4/4' }, rule: 'ANA-1113', says: 'good, the update goes on to its end' },
    {
      told: 'run 2-1',
      is: ['Running', 'Successful; errors 3 successful'],
      rule: 'ANA-1112, ANA-801',
      says: 'it was measured as often as its template says',
    },
    { told: 'step', is: ['0/3', '1/3', '2/3', '3/3'], rule: 'ANA-1113', says: 'every step was taken' },

    { metrics: { errors: 0.4 } },
    { from: 'here' },
    { run: setImage('3') },
    {
      until: {
        abort: 'yes',
        phase: 'Degraded',
        message:
          'RolloutAborted: Rollout aborted update to revision 3: Step-based analysis phase error/failed: Metric "errors" assessed Failed due to failed (2) > failureLimit (1)',
      },
      rule: 'ANA-1112, ANA-1121',
      says: 'one failure is borne, the second aborts by itself and says why',
    },
    { until: { up: '2:4/4', stable: '2' }, rule: 'CAN-73', says: 'and stable is back' },
    {
      told: 'run 3-1',
      is: ['Running', 'Failed; errors 2 failed; Metric "errors" assessed Failed due to failed (2) > failureLimit (1)'],
      rule: 'ANA-801, ANA-807',
      says: 'the run keeps what was counted',
    },
    { range: 'available', min: 4, rule: 'CAN-11', says: 'never fewer than 4 available' },

    { metrics: { errors: 0.02 } },
    { run: 'argosy retry shop' },
    {
      until: { ...healthyOn('3'), up: '3:4/4', 'run 3-1.1': 'Successful; errors 3 successful' },
      rule: 'ANA-1111, CAN-75',
      says: 'mended and retried, it is measured anew',
    },
  ],
}
