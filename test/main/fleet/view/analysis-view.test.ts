import { expect, it } from 'vitest'
import { runUnderWay } from '#main/fleet/view/analysis-view.ts'

const ref = (name: string, status: string) => ({ name, status })

it('ANA-1106: of the runs a Rollout tells of, the one that decides most', () => {
  const canary = (step: string, background: string) => ({
    canary: {
      currentStepAnalysisRunStatus: ref('step', step),
      currentBackgroundAnalysisRunStatus: ref('back', background),
    },
  })
  expect(runUnderWay({})).toBeUndefined()
  expect(runUnderWay(canary('Successful', 'Running'))).toEqual({ name: 'back', kind: 'Background', phase: 'Running' })
  expect(runUnderWay(canary('Running', 'Running'))).toMatchObject({ name: 'step', kind: 'Step' })
  expect(runUnderWay(canary('Running', 'Failed'))).toMatchObject({ name: 'back', phase: 'Failed' })
  expect(runUnderWay(canary('Successful', ''))).toMatchObject({ name: 'back', phase: 'Unknown' })
  const blueGreen = { postPromotionAnalysisRunStatus: ref('post', 'Pending') }
  expect(runUnderWay({ blueGreen })).toEqual({ name: 'post', kind: 'PostPromotion', phase: 'Pending' })
})
