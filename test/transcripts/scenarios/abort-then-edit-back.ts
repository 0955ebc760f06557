import { canary, healthyOn, rollout, setImage } from '../manifests.ts'
import type { Scenario } from '../scenario.ts'

const spec = canary([{ setWeight: 75 }, { pause: {} }])

export const abortThenEditBack: Scenario = {
  title: 'abort in the middle of a step, then the template edited back to stable',
  steps: [
    { controller: 'start' },
    { apply: [rollout('1', spec)] },
    { until: healthyOn('1') },
    { run: setImage('2-hang') },
    { until: { step: '0/2', up: '1:4/4 2-hang:0/1' } },
    { from: 'here' },
    { run: 'argosy abort shop' },
    {
      until: { phase: 'Degraded', message: 'RolloutAborted: Rollout aborted update to revision 2', abort: 'yes' },
      rule: 'REC-63',
      says: 'the abort is told with its revision',
    },
    { until: { up: '1:4/4' }, rule: 'CAN-73', says: 'the canary that never got ready is gone' },
    { apply: [rollout('1', spec)] },
    { until: healthyOn('1') },
    {
      until: { abort: '', message: '', 'if Progressing': 'True NewReplicaSetAvailable', 'if Completed': /^True/ },
      rule: 'REC-96, CAN-59',
      says: 'the abort is over without a retry',
    },
    { told: 'step', is: ['2/2'], rule: 'CAN-52', says: 'going back to stable takes no steps' },
    { told: 'revisions', is: ['1:3 2-hang:2'], rule: 'REC-54', says: 'stable is revision 3 now' },
    {
      run: `kubectl get rs -l app=shop -o jsonpath='{.items[*].metadata.annotations.rollout\\.argoproj\\.io/revision-history}'`,
      prints: /^1$/,
      rule: 'REC-54',
      says: 'and was revision 1',
    },
    {
      told: 'event',
      is: ['ScalingReplicaSet', 'RolloutAborted', 'RolloutUpdated', 'SkipSteps'],
      rule: 'REC-63',
      says: 'Events tell it in this order; nothing was completed',
    },

    { run: setImage('3') },
    { until: { phase: 'Paused', step: '1/2', up: '1:1/1 3:3/3' } },
    { from: 'here' },
    { run: 'argosy abort shop --wait 0' },
    { until: { sizes: '1×2 3×3' } },
    { apply: [rollout('1', spec)] },
    { until: { ...healthyOn('1'), up: '1:4/4', abort: '' }, rule: 'CAN-78', says: 'stable is back at full size' },
    { range: 'available', min: 4, rule: 'CAN-11', says: 'never fewer than 4 pods available' },
    { range: 'pods', max: 5, rule: 'CAN-11', says: 'never more than 5 pods' },
    {
      told: 'step',
      is: ['0/2', '2/2'],
      rule: 'REC-95',
      says: 'from the first step, where the abort had put it, to the end',
    },
  ],
}
