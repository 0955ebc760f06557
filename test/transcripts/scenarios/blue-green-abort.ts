import { blueGreen, healthyOn, patch, rollout, service, setImage } from '../manifests.ts'
import type { Scenario } from '../scenario.ts'

const spec = {
  replicas: 3,
  ...blueGreen({
    autoPromotionEnabled: false,
    previewReplicaCount: 1,
    scaleDownDelaySeconds: 90,
    abortScaleDownDelaySeconds: 5,
  }),
}
const promotes = 'has(object.status.stableRS) && object.status.stableRS != oldObject.status.stableRS'

/** Without an analysis afterwards, cut-over and promotion are one round: only a crash leaves a moment between them. */
export const blueGreenAbort: Scenario = {
  title: 'blue-green: abort after the cut-over, retry, abort once promoted, back within the scale-down delay',
  steps: [
    { controller: 'start' },
    { apply: [service('active'), service('preview'), rollout('1', spec)] },
    { until: { ...healthyOn('1'), 'svc active': '1', 'svc preview': '1' } },
    { from: 'here' },
    { run: setImage('2') },
    { until: { phase: 'Paused', message: 'BlueGreenPause', up: '1:3/3 2:1/1', 'svc active': '1', 'svc preview': '2' } },
    { refuse: promotes },
    { run: 'argosy promote shop' },
    {
      until: { 'svc active': '2', up: '1:3/3 2:3/3', stable: '1' },
      rule: 'BG-71',
      says: 'full size, then the cut-over',
    },
    { controller: 'kill' },
    { run: 'argosy abort shop --wait 0' },
    { refuse: 'nothing' },
    { controller: 'start' },
    {
      until: { phase: 'Degraded', 'svc active': '1', 'svc preview': '2', active: '1', stable: '1', delayed: '2' },
      within: 60,
      rule: 'BG-74, BG-63',
      says: 'another engine brings the traffic back, and the aborted pods stay for a while',
    },
    { until: { up: '1:3/3', sizes: '1×3' }, rule: 'REC-116', says: 'and go after abortScaleDownDelaySeconds' },

    { from: 'here' },
    { run: 'argosy retry shop' },
    { until: { ...healthyOn('2'), 'svc active': '2', delayed: '1' }, rule: 'BG-75', says: 'a retry completes it' },
    { told: 'pauses', is: [], rule: 'BG-40', says: 'without another pause: the preview had been approved' },

    { from: 'here' },
    { run: 'argosy abort shop', exit: 1, prints: /./, rule: 'CAN-59', says: 'there is nothing to abort any more' },
    { run: 'kubectl patch rollout shop --subresource status --type merge -p \'{"status":{"abort":true}}\'' },
    { until: { abort: '', phase: 'Healthy' }, rule: 'CAN-59', says: 'by force neither' },
    { told: 'phase', is: [], rule: 'CAN-59', says: 'and it stays Healthy throughout' },

    { from: 'here' },
    { run: setImage('1') },
    {
      until: { phase: 'Paused', message: 'BlueGreenPause', up: '1:1/1 2:3/3', 'svc active': '2', 'svc preview': '1' },
      rule: 'BG-13, BG-76',
      says: 'with previewReplicaCount, back within the delay is an update like any other, as with the reference',
    },
    { run: patch({ spec: { strategy: { blueGreen: { previewReplicaCount: null } } } }) },
    { until: { up: '1:3/3 2:3/3', phase: 'Paused' } },
    { run: 'argosy promote shop --wait 0' },
    { until: { ...healthyOn('1'), 'svc active': '1', delayed: '2' }, rule: 'BG-71', says: 'and needs its approval' },
    { run: setImage('2') },
    {
      until: { phase: 'Paused', message: 'BlueGreenPause', up: '1:3/3 2:3/3', 'svc active': '1' },
      rule: 'REC-90a',
      says: 'forth again is no rollback, whether or not its pods are still there',
    },
    { run: 'argosy promote shop --wait 0' },
    { until: { ...healthyOn('2'), 'svc active': '2', delayed: '1' } },
    { from: 'here' },
    { run: setImage('1') },
    {
      until: { ...healthyOn('1'), 'svc active': '1', 'svc preview': '1', up: '1:3/3 2:3/3', delayed: '2' },
      rule: 'BG-76',
      says: 'back is one: the traffic is there at once',
    },
    { told: 'pauses', is: [], rule: 'BG-76', says: 'without a pause' },
    { told: 'sizes', is: [], rule: 'BG-76', says: 'and without a new pod' },
  ],
}
