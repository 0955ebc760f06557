import { analysisBy, analysisTemplate, canary, healthyOn, rollout, setImage, share } from '../manifests.ts'
import type { Scenario } from '../scenario.ts'

const smoke = analysisTemplate('smoke', [share('errors', { failureCondition: 'result[0] > 0.2' })])
const spec = canary([{ setWeight: 25 }, { analysis: analysisBy('smoke') }, { setWeight: 50 }])
const undecided = {
  phase: 'Paused',
  message: 'InconclusiveAnalysisRun',
  step: '1/3',
} as const

export const analysisInconclusive: Scenario = {
  title: 'an analysis that cannot tell: paused; promoted without it, and resumed to be measured anew',
  steps: [
    { controller: 'start' },
    { metrics: { errors: 0.1 } },
    { apply: [smoke, rollout('1', spec)] },
    { until: healthyOn('1') },
    { run: setImage('2') },
    {
      until: { ...undecided, up: '1:3/3 2:1/1', 'run 2-1': /^Inconclusive; errors 1 inconclusive; / },
      rule: 'ANA-1112',
      says: 'neither good nor bad: it waits for a person',
    },
    { stays: undecided, seconds: 3, rule: 'ANA-1121', says: 'for as long as that takes' },
    { from: 'here' },
    { run: 'argosy promote shop' },
    { until: { ...healthyOn('2'), up: '2:4/4' }, rule: 'ACT-33', says: 'who promotes goes on without it' },
    { told: 'run 2-1.1', is: [], rule: 'ACT-33', says: 'nothing was measured anew' },

    { run: setImage('3') },
    { until: { ...undecided, up: '2:3/3 3:1/1' } },
    { metrics: { errors: 0.01 } },
    { run: 'argosy resume shop' },
    {
      until: { ...healthyOn('3'), up: '3:4/4', 'run 3-1.1': 'Successful; errors 1 successful' },
      rule: 'ANA-1111, ACT-73',
      says: 'who resumes has it measured anew, and good it goes on',
    },
  ],
}
