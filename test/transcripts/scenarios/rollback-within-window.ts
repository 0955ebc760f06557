import { canary, healthyOn, rollout, setImage } from '../manifests.ts'
import type { Scenario } from '../scenario.ts'

const spec = { ...canary([{ setWeight: 50 }, { pause: {} }]), rollbackWindow: { revisions: 1 } }

export const rollbackWithinWindow: Scenario = {
  title: 'back within and beyond rollbackWindow, and within it in the middle of going beyond',
  steps: [
    { controller: 'start' },
    { apply: [rollout('1', spec)] },
    { until: healthyOn('1') },
    ...['2', '3'].flatMap((tag) => [
      { run: setImage(tag) },
      { until: { phase: 'Paused', current: tag } },
      { run: 'argosy promote shop' },
      { until: { ...healthyOn(tag), up: `${tag}:4/4` } },
    ]),
    { from: 'here' },
    { run: 'argosy undo shop' },
    { until: { ...healthyOn('2'), up: '2:4/4' } },
    { told: 'step', is: ['0/2', '2/2'], rule: 'REC-90, CAN-52', says: 'within the window no step is taken' },
    { told: 'pauses', is: [], rule: 'REC-90', says: 'and nothing pauses' },
    { range: 'available', min: 4, rule: 'CAN-33', says: 'pods are exchanged as ever: never fewer than 4 available' },
    { range: 'pods', max: 5, rule: 'CAN-33', says: 'and never more than 5' },
    { told: 'revisions', is: ['1:1 2:4 3:3'], rule: 'REC-54', says: 'it is revision 4' },

    { run: setImage('3') },
    { until: { phase: 'Paused', current: '3' }, rule: 'REC-90', says: 'forth again is an update like any other' },
    { run: 'argosy promote shop' },
    { until: { ...healthyOn('3'), up: '3:4/4' } },
    { from: 'here' },
    { run: setImage('1') },
    {
      until: { phase: 'Paused', current: '1', step: '1/2' },
      rule: 'REC-90',
      says: 'revision 2 is between: 1 is beyond the window',
    },
    { run: setImage('2') },
    { until: { ...healthyOn('2'), up: '2:4/4' }, rule: 'REC-90', says: '2 is within, from the middle of going to 1' },
    { range: 'available', min: 4, rule: 'CAN-33', says: 'never fewer than 4 available' },
    { told: 'step', is: ['0/2', '1/2', '0/2', '2/2'], rule: 'CAN-52', says: 'again without a step' },
  ],
}
