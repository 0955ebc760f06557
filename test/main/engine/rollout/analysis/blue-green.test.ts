import { describe, expect, it } from 'vitest'
import type { BlueGreenStrategy } from '#api/rollout.ts'
import { settlePods } from '#test/support/apply-decision.ts'
import { deployed, serves } from '#test/support/blue-green-journey.ts'
import { aMetric, anAnalysisTemplate, templateSource } from '#test/support/builders/analysis.ts'
import type { RolloutJourney } from '#test/support/rollout-journey.ts'

const templates = templateSource([anAnalysisTemplate('smoke', { metrics: [aMetric()] })])
const smoke = { templates: [{ templateName: 'smoke' }] }

/** Healthy on `web:1`, and asked for `web:2`. */
function updating(blueGreen: BlueGreenStrategy, isReady = true): RolloutJourney {
  const journey = deployed({ replicas: 2, blueGreen, templates })
  if (!isReady) journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image === 'web:1'
  return journey.setImage('web:2').settle()
}

const reasons = (journey: RolloutJourney) => (journey.status.pauseConditions ?? []).map(({ reason }) => reason)

describe('an analysis before the cut-over', () => {
  it('ANA-1118, ANA-1101, BG-43: is begun once the preview is ready, and holds the cut-over back', () => {
    const journey = updating({ prePromotionAnalysis: smoke }, false)
    expect(journey.runs).toEqual([])
    journey.isReady = () => true
    journey.world = settlePods(journey.world)
    journey.settle()
    expect(journey.runs).toEqual(['2-pre'])
    expect(journey.run('-pre').metadata.labels?.['rollout-type']).toBe('PrePromotion')
    expect(serves(journey)).toBe('web:1')
    journey.endRun('-pre', 'Running').settle().endRun('-pre', 'Successful').settle()
    expect(serves(journey)).toBe('web:2')
    expect(journey.status).toMatchObject({
      phase: 'Healthy',
      blueGreen: { prePromotionAnalysisRunStatus: { status: 'Successful' } },
    })
  })

  it('ANA-1111, ANA-1109: retried after an abort, which leaves the failed run in the status, it is analysed anew', () => {
    const journey = updating({ prePromotionAnalysis: smoke }).endRun('-pre', 'Failed').settle()
    expect(journey.status).toMatchObject({
      abort: true,
      blueGreen: { prePromotionAnalysisRunStatus: { status: 'Failed' } },
    })
    journey.retry().settle()
    expect(journey.runs).toEqual(['2-pre', '2-pre.1'])
    journey.endRun('-pre.1', 'Successful').settle()
    expect(serves(journey)).toBe('web:2')
  })

  it('ANA-1505, BG-32: the time to the promotion counts from its success', () => {
    const journey = updating({ prePromotionAnalysis: smoke, autoPromotionSeconds: 10 }).pass(60)
    expect(reasons(journey)).toEqual([])
    journey.endRun('-pre', 'Successful').settle()
    expect(reasons(journey)).toEqual(['BlueGreenPause'])
    expect(serves(journey.pass(9))).toBe('web:1')
    expect(serves(journey.pass(2))).toBe('web:2')
  })

  it('ANA-1118, BG-73: Failed, it aborts, and traffic never moves', () => {
    const journey = updating({ prePromotionAnalysis: smoke }).endRun('-pre', 'Failed', 'too slow').settle()
    expect(journey.phase).toContain('Blue/green pre-promotion analysis phase error/failed: too slow')
    expect(serves(journey)).toBe('web:1')
    // ANA-1109: it stays on show.
    expect(journey.status.blueGreen?.prePromotionAnalysisRunStatus).toMatchObject({ status: 'Failed' })
  })

  it('ANA-1118, ANA-1111, BG-46: Inconclusive, it pauses until somebody resumes, and is then begun anew', () => {
    const journey = updating({ prePromotionAnalysis: smoke }).endRun('-pre', 'Inconclusive').settle()
    expect(journey.phase).toBe('Paused: InconclusiveAnalysisRun')
    journey.promote().settle()
    expect(journey.runs).toEqual(['2-pre', '2-pre.1'])
    journey.endRun('-pre.1', 'Successful').settle()
    expect(serves(journey)).toBe('web:2')
  })

  it('BG-45: pods that are lost do not end a run that has begun', () => {
    const journey = updating({ prePromotionAnalysis: smoke })
    journey.isReady = (rs) => rs.spec.template.spec?.containers[0]?.image === 'web:1'
    journey.world = {
      ...journey.world,
      replicaSets: journey.world.replicaSets.map((rs) => ({
        ...rs,
        status: { ...rs.status, replicas: 2, availableReplicas: 0 },
      })),
    }
    journey.pass(1)
    expect(journey.runs).toEqual(['2-pre'])
  })

  it('BG-40, ANA-1118: a small preview is analysed at its size, and grows after that', () => {
    const journey = updating({ prePromotionAnalysis: smoke, previewReplicaCount: 1 })
    expect(journey.size('web:2')).toBe(1)
    expect(journey.runs).toEqual(['2-pre'])
    journey.endRun('-pre', 'Successful').settle()
    expect(journey.size('web:2')).toBe(2)
    expect(serves(journey)).toBe('web:2')
  })

  it('BG-79, BG-41, ANA-1109: promoted in full, it is ended, and none follows', () => {
    const journey = updating({ prePromotionAnalysis: smoke, postPromotionAnalysis: smoke }).promoteFull().settle()
    expect(journey.runs).toEqual(['2-pre!'])
    expect(journey.status.phase).toBe('Healthy')
    expect(serves(journey)).toBe('web:2')
  })

  it('ANA-1118: without templates it never gets a run, and traffic never moves', () => {
    const journey = updating({ prePromotionAnalysis: { templates: [] } }).pass(3_600)
    expect(journey.runs).toEqual([])
    expect(serves(journey)).toBe('web:1')
  })
})

describe('an analysis after the cut-over', () => {
  it('ANA-1119, BG-44, BG-15: the new version is stable only when it succeeded, and the old one stays up until then', () => {
    const journey = updating({ postPromotionAnalysis: smoke })
    expect(serves(journey)).toBe('web:2')
    expect(journey.runs).toEqual(['2-post'])
    expect(journey.phase).toBe('Progressing: waiting for analysis to complete')
    journey.pass(600)
    expect(journey.size('web:1')).toBe(2)
    expect(journey.status.stableRS).not.toBe(journey.status.currentPodHash)
    journey.endRun('-post', 'Successful').settle()
    expect(journey.status).toMatchObject({ phase: 'Healthy', stableRS: journey.status.currentPodHash })
    journey.pass(31)
    expect(journey.size('web:1')).toBe(0)
  })

  it('ANA-1119, BG-74: Failed, it aborts, and traffic goes back', () => {
    const journey = updating({ postPromotionAnalysis: smoke }).endRun('-post', 'Error').settle()
    expect(journey.phase).toContain('Blue/green post-promotion analysis phase error/failed')
    expect(serves(journey)).toBe('web:1')
  })

  it.each([
    [undefined, 2],
    [10, 0],
  ])('ANA-1119, BG-15: with a delay of %j a version before the old one is down to %i meanwhile', (delay, size) => {
    const scaleDownDelaySeconds = delay === undefined ? {} : { scaleDownDelaySeconds: delay }
    const journey = updating({ postPromotionAnalysis: smoke, ...scaleDownDelaySeconds })
    journey.endRun('-post', 'Failed').settle().setImage('web:3').settle()
    expect(journey.runs).toContain('3-post')
    journey.pass(40)
    expect(journey.size('web:1')).toBe(2)
    expect(journey.size('web:2')).toBe(size)
  })

  it('BG-72, BG-42: both analyses, and a pause between them', () => {
    const journey = updating({ prePromotionAnalysis: smoke, postPromotionAnalysis: smoke, autoPromotionSeconds: 10 })
    journey.endRun('-pre', 'Successful').settle().pass(11)
    expect(serves(journey)).toBe('web:2')
    expect(journey.runs).toEqual(['2-pre', '2-post'])
    journey.endRun('-post', 'Successful').settle()
    expect(journey.status.phase).toBe('Healthy')
  })

  it('ANA-1109, BG-76: a rollback within the delay is not analysed', () => {
    const journey = updating({ prePromotionAnalysis: smoke, postPromotionAnalysis: smoke })
    journey.endRun('-pre', 'Successful').settle().endRun('-post', 'Successful').settle()
    journey.now += 5_000
    journey.setImage('web:1').settle()
    expect(serves(journey)).toBe('web:1')
    expect(journey.status.phase).toBe('Healthy')
    expect(journey.runs).toEqual(['2-pre', '2-post'])
  })
})
