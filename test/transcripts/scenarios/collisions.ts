import { podTemplateHash } from '#engine/pod-hash/pod-template-hash.ts'
import { canary, healthyOn, rollout, setImage, template } from '../manifests.ts'
import type { Scenario } from '../scenario.ts'

const spec = canary([{ setWeight: 25 }, { pause: {} }])

/** Not ours: its labels do not match. */
const squatter = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name, labels: { app: 'squatter' } },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'squatter' } },
    template: { ...template('9'), metadata: { labels: { app: 'squatter' } } },
  },
})

/** As a controller leaves it that computes other hashes. */
const orphan = (tag: string, hash: string) => {
  const labels = { app: 'shop', 'rollouts-pod-template-hash': hash }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: `shop-${hash}`, labels },
    spec: { replicas: 0, selector: { matchLabels: labels }, template: { ...template(tag), metadata: { labels } } },
  }
}

export const collisions: Scenario = {
  title: 'two updates within a second, a ReplicaSet adopted, a name that is taken',
  steps: [
    { controller: 'start' },
    { apply: [rollout('1', spec)] },
    { until: healthyOn('1') },
    { from: 'here' },
    { run: `${setImage('2')}; ${setImage('3')}` },
    {
      until: { phase: 'Paused', step: '1/2', current: '3', up: '1:3/3 3:1/1' },
      rule: 'REC-97',
      says: 'the later one counts',
    },
    { range: 'available', min: 4, rule: 'CAN-11', says: 'never fewer than 4 available' },
    { run: 'argosy promote shop' },
    { until: { ...healthyOn('3'), up: '3:4/4' } },

    { from: 'here' },
    { run: 'kubectl delete rollout shop --cascade=orphan' },
    { stays: { up: '3:4/4' }, seconds: 1, rule: 'REC-2', says: 'deleted without its ReplicaSets, its pods go on' },
    { run: 'kubectl get pods -l app=shop -o name | sort > before.txt' },
    { apply: [rollout('3', spec)] },
    { until: { ...healthyOn('3'), up: '3:4/4' }, rule: 'REC-35, REC-37', says: 'created again, it adopts them' },
    {
      run: 'kubectl get pods -l app=shop -o name | sort | diff before.txt -',
      rule: 'REC-35',
      says: 'and keeps every pod',
    },
    {
      run: "kubectl get rs -l app=shop -o jsonpath='{.items[*].metadata.ownerReferences[*].kind}'",
      prints: /^Rollout( Rollout)+$/,
      rule: 'REC-35',
      says: 'all of them are its own',
    },

    { apply: [squatter(`shop-${podTemplateHash(template('4'), undefined)}`)] },
    { from: 'here' },
    { run: setImage('4') },
    {
      until: { collisions: '1', current: '4', phase: 'Paused', up: '3:3/3 4:1/1' },
      rule: 'REC-50',
      says: 'a taken name is a collision: another hash',
    },
    {
      run: `kubectl get rs shop-${podTemplateHash(template('4'), 1)} -o jsonpath='{.spec.replicas}'`,
      prints: /^1$/,
      rule: 'REC-40',
      says: 'the hash with the count',
    },
    { run: setImage('3') },
    {
      until: { ...healthyOn('3'), up: '3:4/4' },
      rule: 'REC-37',
      says: 'a revision of before the collision is found by its template',
    },
    { apply: [orphan('5', 'legacy')] },
    { run: setImage('5') },
    {
      until: { phase: 'Paused', current: '5', up: '3:3/3 5:1/1' },
      rule: 'REC-35, REC-37',
      says: 'an orphan with the same template under another hash is adopted',
    },
    {
      run: "kubectl get rollout shop -o jsonpath='{.status.currentPodHash}'",
      prints: /^legacy$/,
      rule: 'REC-38',
      says: 'and its label is the hash of the revision',
    },
  ],
}
