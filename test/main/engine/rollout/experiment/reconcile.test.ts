import { describe, expect, it } from 'vitest'
import type { Experiment } from '#api/experiment.ts'
import type { RolloutStatus } from '#api/rollout.ts'
import type { Write } from '#engine/decision.ts'
import { newExperiment } from '#engine/rollout/experiment/new-experiment.ts'
import { reconcileExperiments } from '#engine/rollout/experiment/reconcile.ts'
import type { Release } from '#engine/rollout/situation.ts'
import { pause, setWeight } from '#test/support/builders/rollout.ts'
import { aStepExperiment, atExperimentStep, twoTemplates } from '#test/support/experiment-step.ts'

const name = 'web-v2-2-0'
const since = '2026-01-15T09:50:00Z'

const summaries = (writes: readonly Write[]) => writes.map(({ summary }) => summary)

/** The Experiment of this step, as it was made. */
function asMade(release: Release, status: Experiment['status'] = {}): Experiment {
  const { stableRS } = release
  const outcome = stableRS && newExperiment({ ...release, stableRS }, twoTemplates)
  if (outcome?.ok !== true) throw new Error('it can be made')
  return { ...outcome.value, status }
}

const running = (more: RolloutStatus = {}): RolloutStatus => ({ canary: { currentExperiment: name }, ...more })

describe('EXP-802: an Experiment is made', () => {
  it('at its step, and its name recorded at once', () => {
    const outcome = reconcileExperiments(atExperimentStep(), [])
    expect(outcome).toMatchObject({ currentExperiment: name, isStepComplete: false, isInconclusive: false })
    expect(outcome.writes).toMatchObject([
      { kind: 'create', ref: { namespace: 'shop', name }, because: 'EXP-802', summary: `Create Experiment ${name}` },
      { kind: 'event', type: 'Normal', reason: 'ExperimentCreated', message: `Created Experiment '${name}'` },
    ])
  })

  it('not in a first deploy, which waits', () => {
    const outcome = reconcileExperiments(atExperimentStep({ isFirstDeploy: true }), [])
    expect(outcome).toMatchObject({ writes: [], currentExperiment: undefined, isStepComplete: false })
  })

  it('not when it cannot be: why is told', () => {
    const release = atExperimentStep({ step: { templates: [{ name: 'a', specRef: 'x' }] } })
    expect(reconcileExperiments(release, [])).toMatchObject({
      writes: [],
      error: 'Invalid template step SpecRef: must be canary or stable',
    })
  })
})

describe('EXP-808: when the name is there already', () => {
  it('the one that is alike and not done is taken over, whether it was asked to end or not', () => {
    const release = atExperimentStep()
    const there = asMade(release, { phase: 'Running' })
    for (const each of [there, { ...there, spec: { ...there.spec, terminate: true } }])
      expect(reconcileExperiments(release, [each])).toMatchObject({ writes: [], currentExperiment: name })
  })

  it.each<[string, (there: Experiment) => Experiment]>([
    ['done', (there) => ({ ...there, status: { phase: 'Successful' } })],
    ['of another spec', (there) => ({ ...there, spec: { ...there.spec, duration: '1h' } })],
    ['of another owner', (there) => ({ ...there, metadata: { ...there.metadata, ownerReferences: [] } })],
  ])('one that is %s leaves it the next free name', (_what, changed) => {
    const release = atExperimentStep()
    const there = changed(asMade(release))
    const second = {
      ...there,
      metadata: { ...there.metadata, name: `${name}-1` },
      status: { phase: 'Failed' as const },
    }
    expect(reconcileExperiments(release, [there]).currentExperiment).toBe(`${name}-1`)
    expect(reconcileExperiments(release, [there, second]).currentExperiment).toBe(`${name}-2`)
  })
})

describe('EXP-901, EXP-902: the phase of the current Experiment', () => {
  const at = (phase: NonNullable<Experiment['status']>['phase'], message?: string, paused = false) =>
    reconcileExperiments(atExperimentStep({ status: running(), spec: { paused } }), [
      aStepExperiment(name, { phase: phase ?? '', ...(message !== undefined && { message }) }),
    ])

  it.each(['', 'Pending', 'Running'] as const)('"%s": it stays current', (phase) => {
    expect(at(phase)).toMatchObject({ writes: [], currentExperiment: name, isStepComplete: false })
  })

  it('Successful: the step is complete, and it is recorded no more', () => {
    expect(at('Successful')).toMatchObject({ writes: [], currentExperiment: undefined, isStepComplete: true })
  })

  it('EXP-1303: Successful while paused by hand: it stays current, and the step waits', () => {
    expect(at('Successful', undefined, true)).toMatchObject({
      writes: [],
      currentExperiment: name,
      isStepComplete: false,
    })
  })

  it('Inconclusive: the update pauses', () => {
    expect(at('Inconclusive')).toMatchObject({ writes: [], currentExperiment: undefined, isInconclusive: true })
  })

  it.each([
    ['Failed', undefined, 'Experiment analysis phase is error/failed'],
    ['Error', 'too many', 'Experiment analysis phase is error/failed: too many'],
  ] as const)('%s: the update is aborted', (phase, message, abortMessage) => {
    expect(at(phase, message)).toMatchObject({ writes: [], currentExperiment: undefined, abortMessage })
  })
})

describe('EXP-901: nothing is tried', () => {
  const unfinished = [
    aStepExperiment(name, { phase: 'Running' }),
    aStepExperiment('other', { phase: 'Pending' }),
    aStepExperiment('asked', { phase: 'Running', spec: { terminate: true } }),
    aStepExperiment('done', { phase: 'Failed', hash: 'gone' }),
  ]

  it.each<[string, RolloutStatus]>([
    ['after an abort', { abort: true }],
    ['during a full promotion', { promoteFull: true }],
  ])('%s: all are ended, once', (_when, status) => {
    const outcome = reconcileExperiments(atExperimentStep({ status: running(status) }), unfinished)
    expect(outcome).toMatchObject({ currentExperiment: undefined })
    expect(outcome.writes).toMatchObject([
      { kind: 'patch', body: { spec: { terminate: true } }, precondition: { uid: `uid-${name}` }, because: 'EXP-901' },
      { ref: { name: 'other' } },
    ])
  })

  it('while an inconclusive analysis pauses the update; what is there goes on, and its name is dropped', () => {
    const pauseConditions = [{ reason: 'InconclusiveAnalysisRun' as const, startTime: since }]
    const outcome = reconcileExperiments(atExperimentStep({ status: running({ pauseConditions }) }), unfinished)
    expect(outcome).toMatchObject({ writes: [], currentExperiment: undefined })
  })

  it('EXP-1302: while an inconclusive Experiment pauses the update; once resumed another one is made', () => {
    const release = atExperimentStep()
    const last = asMade(release, { phase: 'Inconclusive' })
    const pauseConditions = [{ reason: 'InconclusiveExperiment' as const, startTime: since }]
    const status = { pauseConditions, controllerPause: true }
    const paused = { ...last, metadata: { ...last.metadata, labels: { 'rollouts-pod-template-hash': 'v2' } } }
    expect(reconcileExperiments(atExperimentStep({ status }), [paused])).toMatchObject({
      writes: [],
      currentExperiment: undefined,
      isInconclusive: false,
    })
    const resumed = atExperimentStep({ status: { controllerPause: true } })
    expect(reconcileExperiments(resumed, [paused]).currentExperiment).toBe(`${name}-1`)
  })
})

describe('EXP-901, EXP-903: Experiments of the past', () => {
  it('those of other steps are ended, and so is the current one once the update is past its step', () => {
    const steps = [{ experiment: twoTemplates }, pause()]
    const others = [aStepExperiment(name, { phase: 'Running' }), aStepExperiment('other', { phase: 'Running' })]
    const atStep = reconcileExperiments(atExperimentStep({ steps, status: running() }), others)
    expect(summaries(atStep.writes)).toEqual(['Terminate Experiment other'])
    const past = reconcileExperiments(atExperimentStep({ steps, status: running({ currentStepIndex: 1 }) }), others)
    expect(summaries(past.writes)).toEqual([`Terminate Experiment ${name}`, 'Terminate Experiment other'])
    expect(past.currentExperiment).toBeUndefined()
  })

  it('those of another Rollout are left alone, whatever their name', () => {
    const foreign = aStepExperiment(name, { phase: 'Running', owner: 'uid-other' })
    const outcome = reconcileExperiments(atExperimentStep({ status: running(), steps: [setWeight(20)] }), [foreign])
    expect(outcome.writes).toEqual([])
  })
})

it('EXP-906: tried again after an abort, the step gets a new Experiment', () => {
  const release = atExperimentStep({ status: { abort: false, abortedAt: since } })
  const failed = asMade(release, { phase: 'Failed' })
  expect(reconcileExperiments(release, [failed]).currentExperiment).toBe(`${name}-1`)
})
