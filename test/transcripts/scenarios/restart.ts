import { canary, healthyOn, rollout, setImage } from '../manifests.ts'
import type { Scenario } from '../scenario.ts'

const spec = { replicas: 3, ...canary([{ setWeight: 34 }, { pause: {} }]) }
const budget = (minAvailable: number) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'shop' },
  spec: { minAvailable, selector: { matchLabels: { app: 'shop' } } },
})
const names = 'kubectl get pods -l app=shop -o name --sort-by=.metadata.creationTimestamp'

export const restart: Scenario = {
  title: 'restart against a disruption budget, in the middle of an update, and cut short by another one',
  steps: [
    { controller: 'start' },
    { apply: [budget(3), rollout('1', spec)] },
    { until: healthyOn('1') },
    { run: 'kubectl wait pdb/shop --for=jsonpath={.status.currentHealthy}=3 --timeout=60s' },
    { run: `${names} > before.txt; sleep 1` },
    { run: 'argosy restart shop --wait 0' },
    {
      until: { restart: 'pending', phase: 'Progressing', message: 'rollout is restarting' },
      rule: 'REC-76',
      says: 'the restart is told',
    },
    { stays: { restart: 'pending', up: '1:3/3' }, seconds: 3, rule: 'REC-125', says: 'the budget lets no pod go' },
    { run: `${names} | diff before.txt -`, rule: 'REC-125', says: 'all pods are those of before', prints: /^$/ },
    { run: setImage('2') },
    {
      until: { phase: 'Paused', step: '1/2', up: '1:2/2 2:1/1' },
      rule: 'CAN-2, REC-127',
      says: 'an update is not held up by it',
    },
    { until: { restart: 'done' }, rule: 'REC-96', says: 'and ends the restart that was pending' },
    { run: 'argosy promote shop' },
    { until: { ...healthyOn('2'), up: '2:3/3' } },

    { run: `${names} > before.txt; sleep 1` },
    { run: 'argosy restart shop --wait 0' },
    { until: { restart: 'pending', message: 'rollout is restarting' } },
    { from: 'here' },
    { apply: [budget(2)] },
    {
      until: { ...healthyOn('2'), restart: 'done', up: '2:3/3' },
      within: 180,
      rule: 'REC-125, REC-126',
      says: 'a budget that lets one go at a time: all go, one after the other, tried again within 30 s',
    },
    { range: 'available', min: 2, rule: 'REC-124', says: 'never fewer than 2 available' },
    {
      run: `${names} > after.txt; grep -c -F -f before.txt after.txt`,
      exit: 1,
      prints: /^0$/m,
      rule: 'REC-125',
      says: 'no pod is one of before',
    },
  ],
}
