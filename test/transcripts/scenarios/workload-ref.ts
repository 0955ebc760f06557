import { canary, deployment, healthyOn, podQuota, rollout } from '../manifests.ts'
import type { Manifest, Scenario } from '../scenario.ts'

const {
  template: _template,
  selector: _selector,
  ...own
} = rollout('', canary([{ setWeight: 25 }, { pause: {} }])).spec
const borrowing: Manifest & { readonly spec: object } = {
  ...rollout('', {}),
  spec: {
    ...own,
    progressDeadlineSeconds: 30,
    workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'base', scaleDown: 'progressively' },
  },
}
const patchBase = (body: object) => ({ run: `kubectl patch deployment base --type merge -p '${JSON.stringify(body)}'` })
const setBaseImage = (tag: string) => ({ run: `kubectl set image deployment/base shop=registry.example/shop:${tag}` })

export const workloadRef: Scenario = {
  title: 'workloadRef with scaleDown: progressively; the Deployment scaled, edited and deleted under it',
  steps: [
    { apply: [deployment('1', 4)] },
    { run: 'kubectl wait deployment/base --for=condition=Available --timeout=60s' },
    { controller: 'start' },
    { from: 'here' },
    { apply: [borrowing] },
    {
      until: { ...healthyOn('1'), 'deploy base': '0', up: '1:4/4' },
      rule: 'REC-85',
      says: 'its pods move to the Rollout',
    },
    { range: 'available', max: 4, rule: 'REC-85', says: 'the Rollout has its own number of pods' },
    { run: 'kubectl scale deployment base --replicas 2' },
    { until: { 'deploy base': '0' }, rule: 'REC-85, REC-7', says: 'scaled up by hand, it is scaled down again' },
    {
      run: "kubectl get rollout shop -o jsonpath='{.spec.template}{.spec.selector}'",
      prints: /^$/,
      rule: 'REC-83',
      says: 'nothing of it is stored',
    },

    setBaseImage('2'),
    {
      until: { phase: 'Paused', step: '1/2', current: '2', up: '1:3/3 2:1/1' },
      rule: 'REC-82',
      says: 'its template is an update',
    },
    { run: 'kubectl scale deployment base --replicas 1' },
    {
      stays: { 'deploy base': '1', phase: 'Paused' },
      seconds: 3,
      rule: 'REC-86',
      says: 'a later revision leaves its size alone',
    },

    { from: 'here' },
    setBaseImage('3'),
    {
      until: { phase: 'Paused', step: '1/2', current: '3', up: '1:3/3 3:1/1' },
      rule: 'CAN-77',
      says: 'edited in mid-update, it begins again',
    },
    { run: 'kubectl delete deployment base' },
    {
      until: {
        phase: 'Degraded',
        message: /^InvalidSpec: The Rollout "shop" is invalid: deployments\.apps "[\w-]+\/base" not found$/,
      },
      rule: 'REC-80, API-133',
      says: 'deleted, it is missed',
    },
    { stays: { up: '1:3/3 3:1/1', step: '1/2' }, seconds: 2, rule: 'API-92', says: 'and nothing is touched' },
    { apply: [deployment('3', 0)] },
    {
      until: { phase: 'Paused', step: '1/2', current: '3', up: '1:3/3 3:1/1', 'if InvalidSpec': '' },
      rule: 'API-133, REC-60',
      says: 'created again, the update goes on where it was',
    },
    { run: 'argosy promote shop' },
    { until: { ...healthyOn('3'), up: '3:4/4' }, rule: 'CAN-53', says: 'to its end' },
    patchBase({ metadata: { labels: { touched: 'yes' } } }),
    { stays: { ...healthyOn('3') }, seconds: 2, rule: 'REC-7', says: 'other changes of the Deployment mean nothing' },
  ],
}

export const workloadRefWithoutRoom: Scenario = {
  title: 'workloadRef with scaleDown: progressively where there is no room for both; the Deployment edited half-way',
  steps: [
    { apply: [podQuota(6), deployment('1-slow-stop', 4)] },
    { run: 'kubectl wait deployment/base --for=condition=Available --timeout=60s' },
    { controller: 'start' },
    { apply: [borrowing] },
    {
      until: { up: '1-slow-stop:2/4', 'deploy base': '2', 'if ReplicaFailure': 'True FailedCreate' },
      rule: 'REC-85',
      says: 'as many pods of the Deployment go as are ready here',
    },
    setBaseImage('2'),
    { until: { current: '2' } },
    {
      stays: { 'deploy base': '2', stable: '1-slow-stop' },
      seconds: 3,
      rule: 'REC-86',
      says: 'edited half-way, the Deployment keeps its size',
    },
    { apply: [podQuota(20)] },
    {
      until: {
        phase: 'Paused',
        step: '1/2',
        current: '2',
        up: '1-slow-stop:3/3 2:1/1',
        'deploy base': '2',
        'if ReplicaFailure': '',
      },
      within: 120,
      rule: 'REC-82, REC-86',
      says: 'with room, the update stands at its step; the Deployment is left to people',
    },
  ],
}
