import { analysisBy, analysisTemplate, blueGreen, healthyOn, rollout, service, setImage, share } from '../manifests.ts'
import type { Scenario } from '../scenario.ts'

const templates = [analysisTemplate('before', [share('preview_errors')]), analysisTemplate('after', [share('errors')])]
const spec = {
  replicas: 2,
  ...blueGreen({ prePromotionAnalysis: analysisBy('before'), postPromotionAnalysis: analysisBy('after') }),
}
const aborted = (revision: number, moment: string, metric: string) =>
  `RolloutAborted: Rollout aborted update to revision ${revision}: Blue/green ${moment}-promotion analysis phase error/failed: Metric "${metric}" assessed Failed due to failed (1) > failureLimit (0)`

export const analysisBlueGreen: Scenario = {
  title: 'blue-green, measured before and after the cut-over: good, bad before, bad after',
  steps: [
    { controller: 'start' },
    { metrics: { preview_errors: 0.01, errors: 0.01 } },
    { apply: [...templates, service('active'), service('preview'), rollout('1', spec)] },
    { until: { ...healthyOn('1'), 'svc active': '1' } },
    { from: 'here' },
    { run: setImage('2') },
    {
      until: { 'run 2-pre': 'Successful; preview_errors 1 successful', 'svc active': '2' },
      rule: 'ANA-1118, BG-72',
      says: 'good before, the traffic moves',
    },
    {
      until: { ...healthyOn('2'), 'svc active': '2', 'run 2-post': 'Successful; errors 1 successful' },
      rule: 'ANA-1119, BG-72',
      says: 'good after, it is stable',
    },
    { told: 'svc active', is: ['2'], rule: 'BG-72', says: 'the traffic moved once' },

    { metrics: { preview_errors: 0.4 } },
    { from: 'here' },
    { run: setImage('3') },
    {
      until: { abort: 'yes', message: aborted(3, 'pre', 'preview_errors') },
      rule: 'ANA-1118, BG-73',
      says: 'bad before, it is aborted by itself',
    },
    { stays: { 'svc active': '2', stable: '2' }, seconds: 2, rule: 'BG-73', says: 'and stable goes on serving' },
    { told: 'svc active', is: [], rule: 'BG-73', says: 'nobody ever saw the new version' },
    { told: 'run 3-post', is: [], rule: 'ANA-1119', says: 'there is no after' },

    { metrics: { preview_errors: 0.01, errors: 0.4 } },
    { from: 'here' },
    { run: setImage('4') },
    {
      until: { abort: 'yes', message: aborted(4, 'post', 'errors'), 'svc active': '2', stable: '2' },
      rule: 'ANA-1119, BG-74',
      says: 'bad after, it is aborted by itself, and the old version serves again',
    },
    { told: 'svc active', is: ['4', '2'], rule: 'BG-74', says: 'the traffic went there and back' },
    { told: 'stable', is: [], rule: 'BG-74', says: 'it never was stable' },
  ],
}
