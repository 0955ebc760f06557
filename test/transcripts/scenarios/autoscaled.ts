import { canary, healthyOn, rollout, scale, setImage } from '../manifests.ts'
import type { Scenario } from '../scenario.ts'

const spec = { replicas: 1, ...canary([{ setWeight: 25 }, { pause: {} }], { maxSurge: '25%', maxUnavailable: '25%' }) }
const autoscaler = (minReplicas: number, maxReplicas: number) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'shop' },
  spec: {
    scaleTargetRef: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'shop' },
    minReplicas,
    maxReplicas,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
    behavior: { scaleDown: { stabilizationWindowSeconds: 0 } },
  },
})

export const autoscaled: Scenario = {
  title: 'scaled through /scale in the middle of an update, by hand and by an autoscaler',
  steps: [
    { controller: 'start' },
    { apply: [rollout('1', spec)] },
    { until: healthyOn('1') },
    { run: setImage('2') },
    { until: { phase: 'Paused', step: '1/2', up: '1:1/1 2:1/1' } },
    { from: 'here' },
    { run: scale(8) },
    { until: { up: '1:6/6 2:2/2' } },
    { run: scale(4) },
    { until: { up: '1:3/3 2:1/1' } },
    {
      told: 'sizes',
      is: ['1×6 2×1', '1×6 2×2', '1×4 2×2', '1×4 2×1', '1×3 2×1'],
      rule: 'CAN-79, E43',
      says: 'by these sizes',
    },
    { told: 'step', is: [], rule: 'REC-32', says: 'at the same step' },
    {
      run: 'kubectl get --raw /apis/argoproj.io/v1alpha1/namespaces/$(kubectl config view --minify -o jsonpath={..namespace})/rollouts/shop/scale',
      prints: /"spec":\{"replicas":4\},"status":\{"replicas":4,"selector":"app=shop"\}/,
      rule: 'REC-36a, API-2',
      says: 'the scale subresource counts all pods',
    },
    { apply: [autoscaler(6, 9)] },
    {
      until: { up: /^1:5\/5 2:2\/2$|^1:4\/4 2:2\/2$/, scale: /^[67]$/ },
      rule: 'REC-36a',
      says: 'an autoscaler raises it in mid-step',
    },
    { apply: [autoscaler(1, 2)] },
    { until: { up: /^1:2\/2 2:1\/1$|^1:1\/1 2:1\/1$/ }, rule: 'REC-36a', says: 'and lowers it' },
    { run: 'argosy promote shop' },
    { until: { ...healthyOn('2'), up: '2:2/2' }, rule: 'CAN-53', says: 'the update ends at the size of then' },
  ],
}
