import { expect, it } from 'vitest'
import { intentOf, movedOn } from '#engine/actions/intent.ts'
import { aRollout } from '#test/support/builders/rollout.ts'

const seen = aRollout({ status: { currentPodHash: 'v2', stableRS: 'v1', currentStepIndex: 2, abort: false } })
const intent = intentOf(seen)

it('ACT-12: captures what a person saw', () => {
  expect(intent).toEqual({
    uid: 'uid-web',
    currentPodHash: 'v2',
    stableRS: 'v1',
    stepIndex: 2,
    abort: false,
    paused: false,
  })
})

it('ACT-12: holds while object, revision and step are the same, whatever else changed', () => {
  const scaled = { ...seen, spec: { ...seen.spec, replicas: 9 }, metadata: { ...seen.metadata, resourceVersion: '8' } }
  expect(movedOn(intent, scaled)).toEqual([])
})

it('ACT-12: words what moved on', () => {
  const status = { ...seen.status, currentPodHash: 'v3', currentStepIndex: 3 }
  expect(movedOn(intent, { ...seen, status })).toEqual(['pod template v2 → v3', 'step 2 → 3'])
  expect(movedOn(intent, { ...seen, metadata: { ...seen.metadata, uid: 'other' } })).toEqual([
    'deleted and created anew',
  ])
})

it('takes an absent index for the first step', () => {
  const fresh = aRollout()
  expect(movedOn(intentOf(fresh), aRollout({ status: { currentStepIndex: 0 } }))).toEqual([])
  expect(movedOn({ uid: 'uid-web' }, fresh)).toEqual([])
})
