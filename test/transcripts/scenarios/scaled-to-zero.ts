import { blueGreen, canary, healthyOn, patch, rollout, scale, service, setImage } from '../manifests.ts'
import type { Scenario } from '../scenario.ts'

const spec = canary([{ setWeight: 50 }, { pause: {} }, { setWeight: 75 }, { pause: {} }])
const preview = { replicas: 2, ...blueGreen({ autoPromotionEnabled: false, previewReplicaCount: 1 }) }

export const scaledToZero: Scenario = {
  title: 'scaled to zero and back while paused: by a step, by hand, before the cut-over; and promoted at zero',
  steps: [
    { controller: 'start' },
    { apply: [rollout('1', spec)] },
    { until: healthyOn('1') },
    { run: setImage('2') },
    { until: { phase: 'Paused', step: '1/4', up: '1:2/2 2:2/2' } },
    { from: 'here' },
    { run: scale(0) },
    { until: { up: '', scale: '' }, rule: 'CAN-30', says: 'at 0 nothing is left of either' },
    {
      stays: { phase: 'Paused', step: '1/4', pauses: 'CanaryPauseStep' },
      seconds: 1,
      rule: 'REC-32',
      says: 'the pause goes on',
    },
    { run: scale(4) },
    { until: { up: '1:2/2 2:2/2' }, rule: 'CAN-79, CAN-21', says: 'back to the split of the step' },
    { told: 'step', is: [], rule: 'REC-32', says: 'at the same step' },
    {
      told: 'event',
      is: Array.from({ length: 5 }, () => 'ScalingReplicaSet'),
      rule: 'REC-33',
      says: 'one Event for each change of a size',
    },

    { run: scale(0) },
    { until: { up: '', scale: '' } },
    { run: 'argosy promote shop' },
    { until: { phase: 'Paused', step: '3/4' }, rule: 'CAN-79c', says: 'at 0 a weight is reached at once' },
    { run: scale(4) },
    { until: { up: '1:1/1 2:3/3' }, rule: 'CAN-79', says: 'and the split of the later step comes up' },
    { run: patch({ spec: { paused: true } }) },
    { until: { message: 'manually paused' } },
    { run: scale(0) },
    { stays: { up: '1:1/1 2:3/3' }, seconds: 2, rule: 'CAN-70', says: 'paused by hand, nothing is scaled at all' },
    { run: patch({ spec: { paused: false } }) },
    { until: { up: '', phase: 'Paused', step: '3/4' }, rule: 'CAN-70', says: 'let go, it is, and stands at its step' },
    { run: 'argosy promote shop' },
    { until: { ...healthyOn('2'), up: '' }, rule: 'CAN-79c', says: 'an update ends at 0' },
    { run: scale(2) },
    { until: { ...healthyOn('2'), up: '2:2/2' }, rule: 'CAN-4', says: 'and comes up whole' },

    { apply: [service('active'), service('preview'), rollout('2', preview)] },
    { until: { ...healthyOn('2'), 'svc active': '2' }, rule: 'BG-67', says: 'stable is cut over to without an update' },
    { run: setImage('3') },
    { until: { phase: 'Paused', message: 'BlueGreenPause', up: '2:2/2 3:1/1' } },
    { run: scale(0) },
    { until: { up: '3:1/1' }, rule: 'BG-66', says: 'the preview keeps previewReplicaCount' },
    { stays: { phase: 'Paused', 'svc active': '2' }, seconds: 1, rule: 'BG-30', says: 'and the pause goes on' },
    { run: scale(3) },
    { until: { up: '2:3/3 3:1/1', phase: 'Paused' }, rule: 'BG-12', says: 'stable comes back at the new size' },
    { run: scale(0) },
    { until: { up: '3:1/1' } },
    { run: 'argosy promote shop' },
    {
      until: { ...healthyOn('3'), 'svc active': '3', up: '' },
      rule: 'BG-14, BG-40',
      says: 'promoted at 0: nothing is a full size too',
    },
    { run: scale(3) },
    { until: { ...healthyOn('3'), up: '3:3/3' }, rule: 'BG-12', says: 'and comes up whole' },
  ],
}
