import { expect, it } from 'vitest'
import { withExperiment } from '#engine/rollout/experiment/outcome.ts'
import { reconcileExperiments } from '#engine/rollout/experiment/reconcile.ts'
import type { Release } from '#engine/rollout/situation.ts'
import { fullDraft } from '#engine/rollout/status/draft.ts'
import { persist } from '#engine/rollout/status/persist.ts'
import { aStepExperiment, atExperimentStep } from '#test/support/experiment-step.ts'

const current = { canary: { currentExperiment: 'try' }, currentPodHash: 'v2', stableRS: 'v1', observedGeneration: '1' }

function told(release: Release, phase: 'Running' | 'Successful' | 'Inconclusive' | 'Failed', message = '') {
  const outcome = reconcileExperiments(release, [aStepExperiment('try', { phase, message })])
  const { writes } = persist(release, withExperiment(fullDraft(release), outcome))
  const patch = writes.find((write) => write.kind === 'patch')
  return patch?.kind === 'patch' ? (patch.body as { status: Record<string, unknown> }).status : {}
}

it('EXP-901: the name stays in the status, or goes', () => {
  const release = atExperimentStep({ status: current })
  expect(told(release, 'Running')).not.toHaveProperty('canary')
  expect(told(release, 'Successful')).toMatchObject({ canary: { currentExperiment: null } })
})

it('EXP-905: what cannot be told pauses the update, which says so', () => {
  expect(told(atExperimentStep({ status: current }), 'Inconclusive')).toMatchObject({
    canary: { currentExperiment: null },
    pauseConditions: [{ reason: 'InconclusiveExperiment', startTime: '2026-01-15T10:00:00Z' }],
    controllerPause: true,
    phase: 'Paused',
    message: 'InconclusiveExperiment',
  })
})

it('EXP-905: what failed aborts it, and the condition says why', () => {
  const release = atExperimentStep({ status: current })
  expect(told(release, 'Failed', 'too many errors')).toMatchObject({
    abort: true,
    conditions: expect.arrayContaining([
      expect.objectContaining({
        reason: 'RolloutAborted',
        message: 'Rollout aborted update to revision 2: Experiment analysis phase is error/failed: too many errors',
      }),
    ]),
  })
})
