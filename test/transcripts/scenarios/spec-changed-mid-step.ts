import { canary, healthyOn, patch, podQuota, rollout, setImage } from '../manifests.ts'
import type { Scenario } from '../scenario.ts'

const steps = [{ setWeight: 20 }, { pause: {} }, { setWeight: 40 }, { pause: {} }, { setWeight: 80 }]
const spec = { replicas: 5, ...canary(steps) }

/** A quota holds the second pod of the 40 % step back whenever something is changed. */
export const specChangedMidStep: Scenario = {
  title: 'another template, other steps and an earlier template, each in the middle of a 40 % step',
  steps: [
    { controller: 'start' },
    { apply: [rollout('1', spec)] },
    { until: healthyOn('1') },
    { apply: [rollout('2', spec)] },
    { until: { phase: 'Paused', step: '1/5' } },
    { apply: [podQuota(5)] },
    { run: 'argosy promote shop --wait 0' },
    { until: { step: '2/5', up: '1:4/4 2:1/2' }, rule: 'CAN-33', says: 'the canary grows by what may surge' },
    { from: 'here' },
    { apply: [rollout('3', spec)] },
    { until: { current: '3', step: '0/5' } },
    { run: 'kubectl delete resourcequota shop' },
    { until: { phase: 'Paused', step: '1/5', current: '3' }, within: 120 },
    { told: 'step', is: ['0/5', '1/5'], rule: 'REC-96', says: 'another template begins at its first step' },
    {
      told: 'sizes',
      is: ['1×4 2×1', '1×4 2×1 3×1', '1×4 3×1'],
      rule: 'CAN-77, CAN-61',
      says: 'the intermediate revision loses its unready pod at once, the other when 3 can stand in',
    },
    { range: 'available', min: 5, rule: 'CAN-11', says: 'never fewer than 5 pods available' },
    { range: 'pods', max: 6, rule: 'CAN-11', says: 'never more than 6 pods' },

    { apply: [podQuota(5)] },
    { run: 'argosy promote shop --wait 0' },
    { until: { step: '2/5', up: '1:4/4 3:1/2' } },
    { from: 'here' },
    { run: patch({ spec: canary([{ setWeight: 60 }, { pause: {} }]) }) },
    { until: { step: '0/2' } },
    { run: 'kubectl delete resourcequota shop' },
    { until: { phase: 'Paused', step: '1/2', up: '1:2/2 3:3/3' }, within: 120 },
    { told: 'step', is: ['2/2', '0/2', '1/2'], rule: 'CAN-79a', says: 'other steps begin at the first one' },
    { told: 'revisions', is: [], rule: 'CAN-79a', says: 'with the same ReplicaSet in the same revision' },
    { range: 'available', min: 5, rule: 'CAN-11', says: 'never fewer than 5 pods available' },

    { from: 'here' },
    { apply: [rollout('2', spec)] },
    { until: { phase: 'Paused', step: '1/5', current: '2', up: '1:4/4 2:1/1' } },
    { told: 'revisions', is: ['1:1 2:4 3:3'], rule: 'REC-54', says: 'the earlier ReplicaSet comes back as revision 4' },
    { run: setImage('4') },
    { run: setImage('5') },
    { until: { phase: 'Paused', step: '1/5', current: '5', up: '1:4/4 5:1/1' } },
    { run: 'argosy promote shop --full' },
    { until: { ...healthyOn('5'), up: '5:5/5' }, rule: 'REC-99', says: 'a full promotion ends all of it' },
  ],
}
