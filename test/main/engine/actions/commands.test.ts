import { expect, it } from 'vitest'
import type { RolloutSpec, RolloutStatus } from '#api/rollout.ts'
import type { ActionParameters, RolloutAction } from '#engine/actions/plan-action.ts'
import { planOf } from '#test/support/action-plan.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aPodTemplate, aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'

const steps = [setWeight(20), pause(), setWeight(60)]
const updating: RolloutStatus = { currentPodHash: 'v2', stableRS: 'v1', currentStepIndex: 1, observedGeneration: '1' }
const held: RolloutStatus = {
  pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-01-15T10:00:00Z' }],
  controllerPause: true,
}
const inconclusive: RolloutStatus = {
  pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime: '2026-01-15T10:00:00Z' }],
  controllerPause: true,
  canary: { currentStepAnalysisRunStatus: { name: 'run', status: 'Inconclusive' } },
}

interface Given {
  readonly status?: RolloutStatus
  readonly spec?: Partial<RolloutSpec>
  readonly parameters?: ActionParameters
}

/** `spec {…}` and `status {…}`, as they go over the wire. */
function sent(action: RolloutAction, { status = {}, spec = {}, parameters }: Given) {
  const rollout = aRollout({ image: 'web:2', steps, spec, status: { ...updating, ...status } })
  const replicaSets = [
    aReplicaSet({ hash: 'v1', image: 'web:1', revision: 1 }),
    aReplicaSet({ hash: 'v2', image: 'web:2', revision: 2 }),
  ]
  return planOf(action, aWorld({ rollout, replicaSets }), parameters).writes.map((write) =>
    write.kind === 'patch' ? [write.patchType, write.subresource ?? '', write.body] : [write.kind],
  )
}

const toStatus = (status: object) => ['merge', 'status', { status }]
const toSpec = (spec: object) => ['merge', '', { spec }]

it.each<[string, string, RolloutAction, Given, readonly unknown[]]>([
  ['API-160', 'pause', 'pause', {}, [toSpec({ paused: true })]],
  ['API-160', 'resume', 'resume', { spec: { paused: true } }, [toSpec({ paused: false })]],
  ['API-160', 'promote what is held', 'promote', { status: held }, [toStatus({ pauseConditions: null })]],
  [
    'API-160',
    'promote what is held and paused by hand',
    'promote',
    { status: held, spec: { paused: true } },
    [toStatus({ pauseConditions: null }), toSpec({ paused: false })],
  ],
  [
    'API-160',
    'promote past an inconclusive analysis',
    'promote',
    { status: inconclusive },
    [toStatus({ pauseConditions: null, controllerPause: false, currentStepIndex: 2 })],
  ],
  [
    'API-160',
    'promote what is not held',
    'promote',
    { status: { currentStepIndex: 0 } },
    [toStatus({ pauseConditions: null, currentStepIndex: 1 })],
  ],
  [
    'API-160',
    'promote at the last step',
    'promote',
    { status: { currentStepIndex: 2 } },
    [toStatus({ pauseConditions: null, currentStepIndex: 3 })],
  ],
  ['API-160', 'promote in full', 'promoteFull', {}, [toStatus({ promoteFull: true })]],
  ['API-160', 'abort', 'abort', {}, [toStatus({ abort: true })]],
  ['API-160', 'retry', 'retry', { status: { abort: true } }, [toStatus({ abort: false })]],
  ['API-160', 'restart', 'restart', {}, [toSpec({ restartAt: '2026-01-15T10:00:00Z' })]],
])('%s: %s', (_rule, _what, action, given, expected) => {
  expect(sent(action, given)).toEqual(expected)
})

it('API-160: undo puts back the template of a revision without its hash label', () => {
  const [[kind, , body] = []] = sent('undo', {})
  expect(kind).toBe('json')
  expect(body).toContainEqual({ op: 'replace', path: '/spec/template', value: aPodTemplate('web:1') })
})
