import { canary, healthyOn, rollout, setImage } from '../manifests.ts'
import type { Scenario } from '../scenario.ts'

const spec = { progressDeadlineSeconds: 10, ...canary([{ setWeight: 50 }]) }
const quota = (pods: number, replicaSets = 9) => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'shop' },
  spec: { hard: { pods: `${pods}`, 'count/replicasets.apps': `${replicaSets}` } },
})
const counted = (what: string, count: number) => ({
  run: `kubectl wait resourcequota/shop --for=jsonpath='{.status.hard.${what}}'=${count} --timeout=60s`,
})

export const quotaRaised: Scenario = {
  title: 'a ResourceQuota that stops pods, then ReplicaSets, and is raised',
  steps: [
    { controller: 'start' },
    { apply: [quota(4), rollout('1', spec)] },
    counted('pods', 4),
    { until: healthyOn('1') },
    { run: setImage('2') },
    {
      until: { 'if ReplicaFailure': 'True FailedCreate', up: '1:4/4 2:0/1', phase: 'Progressing' },
      rule: 'REC-63',
      says: 'the pod that cannot be created is told',
    },
    {
      run: 'kubectl get rollout shop -o jsonpath=\'{.status.conditions[?(@.type=="ReplicaFailure")].message}\'',
      prints: /exceeded quota: shop, requested: pods=1, used: pods=4, limited: pods=4/,
      rule: 'REC-63',
      says: 'with the reason',
    },
    {
      until: { phase: 'Degraded', message: /^ProgressDeadlineExceeded/ },
      rule: 'REC-71',
      says: 'after its deadline it is Degraded',
    },
    { apply: [quota(9)] },
    {
      until: { ...healthyOn('2'), up: '2:4/4', 'if ReplicaFailure': '' },
      within: 120,
      rule: 'REC-63, REC-71',
      says: 'raised, it goes on by itself, and nothing of it is left',
    },
    { apply: [quota(9, 2)] },
    counted('count/replicasets\\.apps', 2),
    { from: 'here' },
    { run: setImage('3') },
    {
      until: { 'if Progressing': 'False ReplicaSetCreateError' },
      rule: 'REC-50',
      says: 'a ReplicaSet that cannot be created is told',
    },
    {
      run: 'argosy status shop --watch=false',
      prints: /^Progressing/m,
      rule: 'REC-77',
      says: 'and nobody reads Healthy of a template without pods',
    },
    { apply: [quota(9, 3)] },
    { until: { ...healthyOn('3'), up: '3:4/4' }, within: 120, rule: 'REC-50', says: 'raised, it is created' },
  ],
}
