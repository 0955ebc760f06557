import { analysisBy, analysisTemplate, canary, healthyOn, rollout, setImage, share } from '../manifests.ts'
import type { Scenario } from '../scenario.ts'

const watch = analysisTemplate('watch', [share('errors', { interval: '1s' })])
const analysis = { ...analysisBy('watch'), startingStep: 1 }
const spec = canary([{ setWeight: 25 }, { setWeight: 50 }, { pause: {} }], { analysis })

export const analysisBackground: Scenario = {
  title: 'an analysis in the background: turns bad in the middle of a pause; retried, it ends with the update',
  steps: [
    { controller: 'start' },
    { metrics: { errors: 0.01 } },
    { apply: [watch, rollout('1', spec)] },
    { until: healthyOn('1') },
    { run: setImage('2') },
    { until: { step: '0/3', up: '1:4/4 2:0/1', 'run 2': '' }, rule: 'ANA-1116', says: 'not before its first step' },
    { until: { phase: 'Paused', step: '2/3', up: '1:2/2 2:2/2', 'run 2': 'Running' } },
    {
      stays: { phase: 'Paused', 'run 2': 'Running' },
      seconds: 3,
      rule: 'ANA-1115',
      says: 'good, it goes on measuring',
    },
    { metrics: { errors: 0.4 } },
    {
      until: {
        abort: 'yes',
        message:
          'RolloutAborted: Rollout aborted update to revision 2: Background analysis phase error/failed: Metric "errors" assessed Failed due to failed (1) > failureLimit (0)',
      },
      within: 15,
      rule: 'ANA-1115',
      says: 'bad, it aborts although the update was only waiting',
    },
    {
      until: { up: '1:4/4', 'run 2': /^Failed; errors \d+ successful 1 failed; / },
      rule: 'CAN-73',
      says: 'and stable is back',
    },

    { metrics: { errors: 0.02 } },
    { run: 'argosy retry shop' },
    { until: { phase: 'Paused', step: '2/3', up: '1:2/2 2:2/2', 'run 2.1': 'Running' } },
    { run: 'argosy promote shop' },
    {
      until: { ...healthyOn('2'), up: '2:4/4', 'run 2.1': /^Successful; errors \d+ successful; Run Terminated$/ },
      rule: 'ANA-1117',
      says: 'promoted, what has no end of its own is ended',
    },
  ],
}
