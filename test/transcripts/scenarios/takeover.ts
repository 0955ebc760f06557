import { canary, healthyOn, rollout, service, setImage } from '../manifests.ts'
import type { Scenario } from '../scenario.ts'

const spec = canary([{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: 5 } }], {
  stableService: 'stable',
  canaryService: 'canary',
})

/** Each dies when everything before a write was done; another waits for the lease all the while. */
export const takeover: Scenario = {
  title: 'the engine killed between two writes, three times, and another process goes on',
  steps: [
    { controller: 'start', name: 'a' },
    { apply: [service('stable'), service('canary'), rollout('1', spec)] },
    { until: { ...healthyOn('1'), 'svc stable': '1', 'svc canary': '1' } },
    { controller: 'start', name: 'b' },
    { from: 'here' },
    { refuse: 'object.status.conditions.exists(c, c.reason == "NewReplicaSetCreated")' },
    { run: setImage('2') },
    { until: { revisions: '1:1 2:2' } },
    { controller: 'kill', name: 'a' },
    { refuse: 'nothing' },
    {
      until: { phase: 'Paused', step: '1/4', up: '1:3/3 2:1/1', 'svc canary': '2' },
      rule: 'REC-150',
      says: 'a died between the new ReplicaSet and its condition: b takes the lease and goes on',
    },
    { told: 'revisions', is: ['1:1 2:2'], rule: 'REC-150, REC-50', says: 'nothing was created twice' },

    { controller: 'start', name: 'c' },
    { refuse: 'object.status.currentStepIndex == 3' },
    { run: 'argosy promote shop --wait 0' },
    { until: { up: '1:2/2 2:2/2', step: '2/4' } },
    { controller: 'kill', name: 'b' },
    { refuse: 'nothing' },
    { refuse: 'has(oldObject.status.stableRS) && object.status.stableRS != oldObject.status.stableRS' },
    {
      until: { phase: 'Paused', step: '3/4', up: '1:2/2 2:2/2' },
      rule: 'REC-150, CAN-51',
      says: 'b died with the pods of a step done and the step not recorded: c records it',
    },

    { controller: 'start', name: 'd' },
    { until: { up: '2:4/4', step: '4/4', stable: '1' } },
    { controller: 'kill', name: 'c' },
    { refuse: 'nothing' },
    {
      until: { ...healthyOn('2'), up: '2:4/4', 'svc stable': '2', 'svc canary': '2' },
      rule: 'REC-150, CAN-53',
      says: 'c died with all pods moved and nothing promoted: d promotes',
    },
    { told: 'step', is: ['0/4', '1/4', '2/4', '3/4', '4/4'], rule: 'REC-150', says: 'every step was taken once' },
    { told: 'stable', is: ['2'], rule: 'REC-150', says: 'and stable changed once' },
    { range: 'available', min: 4, rule: 'CAN-11', says: 'never fewer than 4 pods available' },
    { range: 'pods', max: 5, rule: 'CAN-11', says: 'never more than 5 pods' },
  ],
}
