import { blueGreen, canary, healthyOn, type RolloutManifest, rollout, service, setImage } from '../manifests.ts'
import type { Scenario } from '../scenario.ts'

const green = (readyAfter?: number) => ({
  replicas: 3,
  ...blueGreen({ autoPromotionEnabled: false, scaleDownDelaySeconds: 5 }),
  ...(readyAfter !== undefined && { readyAfter }),
})
const steps = [{ setWeight: 34 }, { pause: {} }, { setWeight: 67 }, { pause: {} }]
const yellow = (readyAfter: number, services = {}) => ({ replicas: 3, readyAfter, ...canary(steps, services) })
/** An apply would leave both strategies in place. */
const replace = (to: RolloutManifest) => ({ run: `kubectl replace -f - <<'E'\n${JSON.stringify(to)}\nE` })

export const strategyChanged: Scenario = {
  title: 'blue-green → canary → blue-green, always in the middle of an update',
  steps: [
    { controller: 'start' },
    { apply: [service('active'), service('preview'), rollout('1', green())] },
    { until: { ...healthyOn('1'), 'svc active': '1' } },
    { apply: [rollout('2', green(10))] },
    { until: { phase: 'Paused', message: 'BlueGreenPause', up: '1:3/3 2:3/3', 'svc active': '1', 'svc preview': '2' } },
    { from: 'here' },
    replace(rollout('2', yellow(10))),
    {
      until: { phase: 'Paused', step: '1/4', up: '1:2/2 2:1/1', active: '', pauses: 'CanaryPauseStep' },
      rule: 'CAN-79a',
      says: 'it goes on as a canary, from its first step',
    },
    { range: 'available', min: 3, rule: 'CAN-11', says: 'never fewer than 3 available' },
    {
      until: { 'svc active': 'all', 'svc preview': 'all' },
      rule: 'REC-14',
      says: 'the Services are let go, and select both',
    },

    { from: 'here' },
    replace(rollout('2', green(10))),
    { until: { up: '1:3/3 2:1/3' }, rule: 'BG-12', says: 'back to blue-green, both get their full size' },
    {
      stays: { stable: '1', delayed: '' },
      seconds: 7,
      rule: 'BG-67',
      says: 'stable is stable until the cut-over (the reference scales it down after its delay)',
    },
    {
      until: { ...healthyOn('2'), 'svc active': '2', 'svc preview': '2' },
      rule: 'BG-67, BG-35',
      says: 'a Service that selects no hash is cut over without approval, once all pods are there',
    },
    { range: 'available', min: 3, rule: 'BG-12', says: 'never fewer than 3 available' },
    { until: { up: '2:3/3' }, rule: 'BG-15', says: 'and what was stable goes after its delay' },

    replace(rollout('2', yellow(10, { stableService: 'active', canaryService: 'preview' }))),
    { until: { ...healthyOn('2'), step: '4/4' } },
    { run: setImage('3') },
    { until: { phase: 'Paused', step: '1/4', up: '2:2/2 3:1/1', 'svc active': '2', 'svc preview': '3' } },
    replace(rollout('3', green(10))),
    {
      until: { phase: 'Paused', pauses: 'BlueGreenPause', up: '2:3/3 3:3/3', 'svc active': '2', 'svc preview': '3' },
      rule: 'BG-30, BG-31',
      says: 'with the same Services, the cut-over waits for approval: the pause of a step is none',
    },
    { run: 'argosy promote shop' },
    { until: { ...healthyOn('3'), 'svc active': '3' }, rule: 'BG-71', says: 'given, it is done' },
  ],
}
