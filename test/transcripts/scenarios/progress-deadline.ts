import { canary, healthyOn, patch, rollout, setImage } from '../manifests.ts'
import type { Scenario } from '../scenario.ts'

const spec = {
  replicas: 2,
  progressDeadlineSeconds: 5,
  progressDeadlineAbort: true,
  ...canary([{ setWeight: 50 }, { pause: {} }, { setWeight: 100 }]),
}

export const progressDeadline: Scenario = {
  title: 'progressDeadlineSeconds with pauses, progressDeadlineAbort, and a retry',
  steps: [
    { controller: 'start' },
    { apply: [rollout('1', spec)] },
    { until: healthyOn('1') },
    { run: setImage('2') },
    { until: { phase: 'Paused', step: '1/3' } },
    {
      stays: { phase: 'Paused', abort: '' },
      seconds: 7,
      rule: 'REC-69',
      says: 'a pause may last longer than the deadline',
    },
    { run: setImage('3-hang') },
    { until: { step: '0/3', up: /3-hang:0\/1/ } },
    { run: patch({ spec: { paused: true } }) },
    { until: { message: 'manually paused' } },
    {
      stays: { abort: '', phase: 'Paused' },
      seconds: 7,
      rule: 'REC-69',
      says: 'paused by hand, a stuck update has no deadline',
    },
    { from: 'here' },
    { run: patch({ spec: { paused: false } }) },
    {
      stays: { abort: '', 'if Progressing': /RolloutResumed|RolloutPaused/ },
      seconds: 2,
      rule: 'REC-71',
      says: 'resumed, it has all of its time again',
    },
    {
      until: {
        abort: 'yes',
        message:
          /^RolloutAborted: Rollout aborted update to revision 3: ReplicaSet "shop-\w+" has timed out progressing\.$/,
      },
      within: 15,
      rule: 'REC-72',
      says: 'then it is aborted, and says why',
    },
    { until: { up: '1:2/2' }, rule: 'CAN-73', says: 'and stable is back' },
    { from: 'here' },
    { run: 'argosy retry shop' },
    { until: { abort: '', up: '1:2/2 3-hang:0/1' }, rule: 'CAN-75', says: 'a retry begins again' },
    {
      until: { abort: 'yes', up: '1:2/2' },
      within: 15,
      rule: 'REC-72, CAN-75',
      says: 'and is aborted after another deadline',
    },
    {
      told: 'if Progressing',
      is: ['Unknown RolloutRetry', 'True ReplicaSetUpdated', 'False RolloutAborted'],
      rule: 'REC-70',
      says: 'as its condition tells',
    },
    { run: patch({ spec: { progressDeadlineAbort: false } }) },
    { run: 'argosy retry shop' },
    {
      until: {
        phase: 'Degraded',
        message: /^ProgressDeadlineExceeded: ReplicaSet "shop-\w+" has timed out progressing\.$/,
        abort: '',
        up: '1:2/2 3-hang:0/1',
      },
      within: 15,
      rule: 'REC-71',
      says: 'without progressDeadlineAbort it is Degraded, and stays where it is',
    },
    { run: patch({ spec: { progressDeadlineAbort: true } }) },
    {
      until: { abort: 'yes', up: '1:2/2' },
      within: 15,
      rule: 'REC-72',
      says: 'switched on afterwards, it aborts at once',
    },
    { run: setImage('4') },
    { until: { phase: 'Paused', step: '1/3', current: '4' }, rule: 'REC-95', says: 'another template ends the abort' },
  ],
}
