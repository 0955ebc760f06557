import { describe, expect, it } from 'vitest'
import type { CanaryStep, RolloutStatus } from '#api/rollout.ts'
import { assess } from '#engine/rollout/situation.ts'
import type { StatusFields } from '#engine/rollout/status/draft.ts'
import { isIndefinite, madeProgress, stuckCheckAt } from '#engine/rollout/status/progress.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const blueGreen = { activeService: 'active' }
const situation = (options: Parameters<typeof aRollout>[0]) =>
  assess(aWorld({ rollout: aRollout(options), replicaSets: [aReplicaSet()] }), T0)
const fields = ({ canary, blueGreen: colours, ...status }: RolloutStatus): StatusFields => ({
  ...status,
  canary: canary ?? {},
  blueGreen: colours ?? {},
})

describe('REC-68: progress', () => {
  const stored: RolloutStatus = {
    replicas: 4,
    updatedReplicas: 2,
    readyReplicas: 3,
    availableReplicas: 3,
    stableRS: 'v1',
    currentStepHash: 'steps',
    currentStepIndex: 1,
    blueGreen: { activeSelector: 'v1', previewSelector: 'v2' },
  }
  it.each<[string, RolloutStatus, boolean, boolean]>([
    ['nothing moved', {}, false, false],
    ['more updated pods', { updatedReplicas: 3, replicas: 5 }, true, true],
    ['fewer updated pods', { updatedReplicas: 1, replicas: 3 }, true, true],
    ['fewer old pods', { replicas: 3 }, true, true],
    ['more old pods', { replicas: 5 }, false, false],
    ['more ready pods', { readyReplicas: 4 }, true, true],
    ['fewer ready pods', { readyReplicas: 2 }, false, false],
    ['more available pods', { availableReplicas: 4 }, true, true],
    ['fewer available pods', { availableReplicas: 2 }, false, false],
    ['another stable ReplicaSet', { stableRS: 'v2' }, true, false],
    ['other steps', { currentStepHash: 'others' }, true, false],
    ['another step', { currentStepIndex: 2 }, true, false],
    ['another active selector', { blueGreen: { activeSelector: 'v2', previewSelector: 'v2' } }, false, true],
    ['another preview selector', { blueGreen: { activeSelector: 'v1', previewSelector: 'v3' } }, false, true],
  ])('REC-68: %s', (_what, change, ofCanary, ofBlueGreen) => {
    const next = fields({ ...stored, ...change })
    expect(madeProgress(situation({ status: stored }), next)).toBe(ofCanary)
    expect(madeProgress(situation({ status: stored, blueGreen }), next)).toBe(ofBlueGreen)
  })

  it('REC-68: a step index that appears or goes is none', () => {
    const { currentStepIndex: _none, ...without } = stored
    expect(madeProgress(situation({ status: stored }), fields(without))).toBe(false)
    expect(madeProgress(situation({ status: without }), fields(stored))).toBe(false)
  })
})

describe('REC-69: a step that may take its time', () => {
  const paused = { type: 'Paused', status: 'True', reason: 'RolloutPaused', message: '' } as const
  const times = { lastUpdateTime: formatSeconds(T0), lastTransitionTime: formatSeconds(T0) }
  it.each<[string, CanaryStep, boolean]>([
    ['pause', pause('10s'), true],
    ['analysis', { analysis: {} }, true],
    ['experiment', { experiment: { templates: [] } }, true],
    ['setWeight', setWeight(20), false],
    ['setCanaryScale', { setCanaryScale: { replicas: 1 } }, false],
    ['setHeaderRoute', { setHeaderRoute: { name: 'route' } }, false],
    ['plugin', { plugin: { name: 'step' } }, false],
  ])('REC-69: %s', (_kind, step, indefinite) => {
    const at = (currentStepIndex: number) => situation({ steps: [setWeight(1), step], status: { currentStepIndex } })
    expect(isIndefinite(at(1))).toBe(indefinite)
    expect(isIndefinite(at(0))).toBe(false)
  })

  it.each<['True' | 'False', boolean]>([
    ['True', true],
    ['False', false],
  ])('REC-69: condition Paused %s', (status, indefinite) => {
    const conditions = [{ ...paused, status, ...times }]
    expect(isIndefinite(situation({ blueGreen, status: { conditions } }))).toBe(indefinite)
  })
})

describe('REC-73: the alarm of an update that may be stuck', () => {
  const progressing = (reason: string, secondsAgo: number): RolloutStatus => ({
    observedGeneration: '1',
    updatedReplicas: 0,
    conditions: [
      {
        type: 'Progressing',
        status: 'True',
        reason,
        message: '',
        lastUpdateTime: formatSeconds(T0 - secondsAgo * 1000),
        lastTransitionTime: formatSeconds(T0 - 3_600_000),
      },
    ],
  })
  const alarm = (status: RolloutStatus, more: Parameters<typeof aRollout>[0] = {}) =>
    stuckCheckAt(situation({ ...more, status }), fields(status))

  it('REC-73: a second after the deadline: updated three minutes ago, in seven minutes and a second', () => {
    expect(alarm(progressing('ReplicaSetUpdated', 180))).toBe(T0 + 421_000)
    expect(alarm(progressing('ReplicaSetUpdated', 180), { spec: { progressDeadlineSeconds: 200 } })).toBe(T0 + 21_000)
  })

  it.each<[string, RolloutStatus, Parameters<typeof aRollout>[0]]>([
    ['without that condition', {}, {}],
    ['past the deadline', progressing('ProgressDeadlineExceeded', 700), {}],
    ['paused by hand', progressing('ReplicaSetUpdated', 180), { spec: { paused: true } }],
    [
      'paused by a step',
      {
        ...progressing('ReplicaSetUpdated', 180),
        pauseConditions: [{ reason: 'CanaryPauseStep', startTime: formatSeconds(T0) }],
      },
      {},
    ],
    ['aborted', { ...progressing('ReplicaSetUpdated', 180), abort: true }, {}],
    ['at a pause', { ...progressing('ReplicaSetUpdated', 180), currentStepIndex: 0 }, { steps: [pause()] }],
    [
      'healthy',
      {
        ...progressing('ReplicaSetUpdated', 180),
        updatedReplicas: 1,
        availableReplicas: 1,
        replicas: 1,
        stableRS: 'v1',
        currentPodHash: 'v1',
      },
      {},
    ],
  ])('REC-73: there is none %s', (_when, status, more) => {
    expect(alarm(status, more)).toBeUndefined()
  })
})
