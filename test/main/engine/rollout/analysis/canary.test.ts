import { describe, expect, it } from 'vitest'
import { labels } from '#api/keys.ts'
import type { CanaryStep, CanaryStrategy } from '#api/rollout.ts'
import { aMetric, anAnalysisTemplate, templateSource } from '#test/support/builders/analysis.ts'
import { aPodTemplate, aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'

const templates = templateSource([
  anAnalysisTemplate('smoke', { metrics: [aMetric()], args: [{ name: 'hash' }] }),
  anAnalysisTemplate('errors', { metrics: [aMetric({ name: 'errors', interval: '1m' })] }),
])
const smoke: CanaryStep = {
  analysis: {
    templates: [{ templateName: 'smoke' }],
    args: [{ name: 'hash', valueFrom: { podTemplateHashValue: 'Latest' } }],
  },
}
const background = { templates: [{ templateName: 'errors' }] }

/** Healthy on `web:1`, and asked for `web:2`. */
function updating(steps: readonly CanaryStep[], canary: CanaryStrategy = {}): RolloutJourney {
  const world = aWorld({ rollout: aRollout({ replicas: 4, steps, canary }), templates })
  const journey = new RolloutJourney(world).settle()
  journey.now += 3_600_000
  journey.events = []
  return journey.setImage('web:2').settle()
}
const entry = (journey: RolloutJourney) => journey.status.canary?.currentStepAnalysisRunStatus

describe('an analysis step of a canary', () => {
  it('ANA-1101, ANA-1102, ANA-1103, ANA-304, API-151: starts a run of its own when it is reached', () => {
    const journey = updating([setWeight(25), smoke])
    const hash = journey.status.currentPodHash ?? ''
    expect(journey.run('-2-1')).toMatchObject({
      metadata: {
        name: `web-${hash}-2-1`,
        namespace: 'shop',
        labels: { [labels.podTemplateHash]: hash, 'rollout-type': 'Step', 'step-index': '1', app: 'web' },
        annotations: { 'rollout.argoproj.io/revision': '2' },
        ownerReferences: [{ kind: 'Rollout', uid: 'uid-web', controller: true, blockOwnerDeletion: true }],
      },
      spec: { metrics: [aMetric()], args: [{ name: 'hash', value: hash }] },
    })
    expect(entry(journey)).toEqual({ name: `web-${hash}-2-1`, status: '' })
  })

  it('ANA-1102: metadata of the spec goes over our labels, and the selector of the Rollout over that', () => {
    const analysisRunMetadata = { labels: { 'rollout-type': 'mine', app: 'other' }, annotations: { team: 'a' } }
    const journey = updating([{ analysis: { ...smoke.analysis, analysisRunMetadata } }])
    expect(journey.run('-2-0').metadata.labels).toMatchObject({ 'rollout-type': 'mine', app: 'web' })
    expect(journey.run('-2-0').metadata.annotations).toMatchObject({ team: 'a' })
  })

  it('ANA-1107, ANA-1113: is done when its run is Successful, and shows it until then', () => {
    const journey = updating([setWeight(25), smoke, pause()])
    journey.endRun('-2-1', 'Running').settle()
    expect(entry(journey)).toMatchObject({ status: 'Running' })
    expect(journey.status.currentStepIndex).toBe(1)
    journey.endRun('-2-1', 'Successful').settle()
    expect(journey.status.currentStepIndex).toBe(2)
    expect(entry(journey)).toBeUndefined()
    expect(journey.runs).toEqual(['2-1'])
  })

  it('ANA-1122: phases are told in Events, each once', () => {
    const journey = updating([smoke, pause()])
    journey.endRun('-2-0', 'Running').settle().endRun('-2-0', 'Successful').settle()
    const told = journey.rounds
      .flatMap(({ writes }) => writes)
      .filter((write) => write.kind === 'event' && write.reason.startsWith('AnalysisRun'))
    const name = journey.run('-2-0').metadata.name
    expect(told.map((write) => write.summary)).toEqual([
      `Step Analysis Run '${name}' Status New: 'Running' Previous: ''`,
      `Step Analysis Run '${name}' Status New: 'Successful' Previous: 'Running'`,
    ])
  })

  it.each(['Failed', 'Error'] as const)(
    'ANA-1112, ANA-1121: %s aborts the update, with the message of the run',
    (phase) => {
      const journey = updating([setWeight(50), smoke])
        .endRun('-2-1', phase, 'Metric "rate" …')
        .settle()
      expect(journey.status).toMatchObject({ abort: true, currentStepIndex: 0, phase: 'Degraded' })
      expect(journey.phase).toBe(
        'Degraded: RolloutAborted: Rollout aborted update to revision 2: Step-based analysis phase error/failed: Metric "rate" …',
      )
      expect(journey.size('web:1')).toBe(4)
      expect(journey.size('web:2')).toBe(0)
      expect(journey.events).toContain('RolloutAborted')
    },
  )

  it('ANA-1112, ANA-1114, CAN-3: Inconclusive pauses before anything is scaled', () => {
    const journey = updating([setWeight(25), smoke, setWeight(50)])
      .endRun('-2-1', 'Inconclusive')
      .settle()
    expect(journey.status.pauseConditions).toMatchObject([{ reason: 'InconclusiveAnalysisRun' }])
    expect(journey.phase).toBe('Paused: InconclusiveAnalysisRun')
    expect(journey.events).toContain('RolloutPaused')
    expect(journey.size('web:2')).toBe(1)
    expect(journey.runs).toEqual(['2-1'])
  })

  it('REC-96, REC-32: another template ends that pause, also when the size has changed with it', () => {
    const journey = updating([setWeight(25), smoke, setWeight(50)])
      .endRun('-2-1', 'Inconclusive')
      .settle()
    journey.patchSpec({ replicas: 8 }).setImage('web:3').settle()
    expect(journey.status.pauseConditions).toBeUndefined()
    expect(journey.status.currentPodHash).toBe(
      journey.replicaSet('web:3').metadata.labels?.['rollouts-pod-template-hash'],
    )
    expect(journey.size('web:3')).toBe(2)
  })

  it('ANA-1111: resumed after that, it is analysed anew, under the next name', () => {
    const journey = updating([smoke, pause()]).endRun('-2-0', 'Inconclusive').settle().promote().settle()
    expect(journey.runs).toEqual(['2-0', '2-0.1'])
    expect(entry(journey)?.name).toMatch(/-2-0\.1$/)
    journey.endRun('-2-0.1', 'Successful').settle()
    expect(journey.status.currentStepIndex).toBe(1)
  })

  it('ANA-1111, ACT-61: retried after an abort, it is analysed anew', () => {
    const journey = updating([smoke, pause()]).endRun('-2-0', 'Failed').settle()
    expect(entry(journey)).toBeUndefined()
    journey.retry().settle()
    expect(journey.runs).toEqual(['2-0', '2-0.1'])
    expect(journey.status.abortedAt).toBeUndefined()
  })

  it('ANA-1112: promoted past it, its run is ended', () => {
    const journey = updating([smoke, setWeight(25), pause()])
    journey.patchStatus({ currentStepIndex: 1 }).settle()
    expect(journey.runs).toEqual(['2-0!'])
    expect(journey.status.currentStepIndex).toBe(2)
  })

  it('ANA-1112: promoted to another analysis, the one before is ended and that one begun', () => {
    const journey = updating([smoke, smoke, pause()])
    journey.patchStatus({ currentStepIndex: 1 }).settle()
    expect(journey.runs).toEqual(['2-0!', '2-1'])
    expect(entry(journey)?.name).toMatch(/-2-1$/)
  })

  it('ANA-1113: without templates it never gets a run, and never ends', () => {
    const journey = updating([{ analysis: { templates: [] } }, setWeight(50)])
    expect(journey.runs).toEqual([])
    expect(journey.status.currentStepIndex).toBe(0)
  })

  it('ANA-1123, ANA-1110, REC-101: another template ends the runs of the one before', () => {
    const journey = updating([smoke]).setImage('web:3').settle()
    expect(journey.runs).toEqual(['2-0!', '3-0'])
  })

  it.each<[string, (journey: RolloutJourney) => void]>([
    ['aborted by hand', (journey) => journey.abort()],
    ['promoted in full', (journey) => journey.promoteFull()],
    ['set back to stable', (journey) => journey.setImage('web:1')],
  ])('ANA-1109, ANA-1120: %s, its run is ended, and no longer shown', (_, act) => {
    const journey = updating([smoke])
    act(journey)
    journey.settle()
    expect(journey.runs).toEqual(['2-0!'])
    expect(entry(journey)).toBeUndefined()
  })

  it('ANA-1104: a run that was made although nobody wrote it down is taken over', () => {
    const journey = updating([smoke])
    journey.patchStatus({ canary: { currentStepAnalysisRunStatus: null } }).settle()
    expect(journey.runs).toEqual(['2-0'])
    expect(entry(journey)?.name).toMatch(/-2-0$/)
  })

  it('ANA-1105: an argument that cannot be read stops the update, and is told', () => {
    const args = [{ name: 'hash', valueFrom: { fieldRef: { fieldPath: 'spec.nothing' } } }]
    const journey = updating([{ analysis: { ...smoke.analysis, args } }])
    expect(journey.phase).toBe(
      'Degraded: InvalidSpec: The Rollout "web" is invalid: invalid path spec.nothing in rollout',
    )
    expect(journey.runs).toEqual([])
    journey.patchSpec({ template: aPodTemplate('web:1') }).settle()
    expect(journey.status.phase).toBe('Healthy')
  })
})

describe('an analysis in the background of a canary', () => {
  it('ANA-1115, ANA-1101: goes on through all steps, and is ended with the update', () => {
    const journey = updating([setWeight(25), pause()], { analysis: background })
    const hash = journey.status.currentPodHash
    expect(journey.status.canary?.currentBackgroundAnalysisRunStatus?.name).toBe(`web-${hash}-2`)
    expect(journey.run('-2').metadata.labels?.['rollout-type']).toBe('Background')
    journey.endRun('-2', 'Running').settle().promote().settle()
    expect(journey.status.phase).toBe('Healthy')
    // ANA-1117
    expect(journey.runs).toEqual(['2!'])
    expect(journey.status.canary?.currentBackgroundAnalysisRunStatus).toBeUndefined()
  })

  it('ANA-1115: Successful, it is not begun again', () => {
    const journey = updating([setWeight(25), pause()], { analysis: background })
      .endRun('-2', 'Successful')
      .settle()
    expect(journey.runs).toEqual(['2'])
    expect(journey.status).toMatchObject({ phase: 'Paused', currentStepIndex: 1 })
  })

  it('ANA-1115: Failed, it aborts even in a pause', () => {
    const journey = updating([setWeight(25), pause()], { analysis: background })
      .endRun('-2', 'Failed')
      .settle()
    expect(journey.phase).toContain('Background analysis phase error/failed')
    expect(journey.size('web:2')).toBe(0)
  })

  it('ANA-1115, ANA-1111: Inconclusive, it pauses; the step before goes on once somebody resumes', () => {
    const journey = updating([setWeight(25), pause(60), setWeight(50), pause()], { analysis: background })
    journey.endRun('-2', 'Inconclusive').settle()
    expect(journey.status.pauseConditions?.map(({ reason }) => reason)).toEqual([
      'CanaryPauseStep',
      'InconclusiveAnalysisRun',
    ])
    journey.promote().settle()
    expect(journey.runs).toEqual(['2', '2.1'])
    expect(journey.size('web:2')).toBe(2)
  })

  it('ANA-1116: begins at its step, and is ended when somebody goes back before that', () => {
    const journey = updating([pause(), setWeight(25), pause()], { analysis: { ...background, startingStep: 1 } })
    expect(journey.runs).toEqual([])
    journey.promote().settle()
    expect(journey.runs).toEqual(['2'])
    journey.patchStatus({ currentStepIndex: 0 }).settle()
    expect(journey.runs).toEqual(['2!'])
  })

  it('ANA-1109: is not begun on the first deploy', () => {
    const world = aWorld({ rollout: aRollout({ steps: [setWeight(25)], canary: { analysis: background } }), templates })
    expect(new RolloutJourney(world).settle().runs).toEqual([])
  })
})

describe('runs of the past', () => {
  it('ANA-1201, ANA-1202, ANA-1203: as many as the limits allow, by how they ended', () => {
    const analysis = { successfulRunHistoryLimit: 1, unsuccessfulRunHistoryLimit: 0 }
    const journey = updating([smoke, smoke, smoke, pause()]).patchSpec({ analysis })
    journey.endRun('-2-0', 'Successful').pass(1)
    expect(journey.runs).toEqual(['2-0', '2-1'])
    journey.endRun('-2-1', 'Successful').pass(1)
    expect(journey.runs).toEqual(['2-1', '2-2'])
    journey.endRun('-2-2', 'Failed').settle()
    expect(journey.runs).toEqual(['2-1'])
  })

  it('ANA-1201, REC-101: none whose ReplicaSet is gone', () => {
    const journey = updating([smoke]).endRun('-2-0', 'Successful').settle()
    journey.setImage('web:3').settle().endRun('-3-0', 'Successful').settle()
    expect(journey.runs).toEqual(['2-0', '3-0'])
    const [first] = journey.world.replicaSets
    journey.world = { ...journey.world, replicaSets: journey.world.replicaSets.filter((rs) => rs !== first) }
    journey.patchSpec({ revisionHistoryLimit: 0 }).settle()
    expect(journey.runs).toEqual(['3-0'])
  })
})
