import { describe, expect, it } from 'vitest'
import type { Pod } from '#api/core.ts'
import type { Rollout, RolloutCondition, RolloutStatus } from '#api/rollout.ts'
import { actionNames, type ShownStatus } from '#contract/views.ts'
import { reasonsText } from '#lib/reason.ts'
import { projectRollout } from '#main/fleet/project-rollout.ts'
import type { RolloutParts } from '#main/fleet/rollout-parts.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aPodTemplate, aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aPod } from '#test/support/builders/service.ts'
import { someParts } from '#test/support/fleet-parts.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const at = (minutesAgo: number) => new Date(T0 - minutesAgo * 60_000).toISOString().replace('.000', '')
const ago = (minutes: number) => T0 - minutes * 60_000

const condition = (
  type: RolloutCondition['type'],
  status: RolloutCondition['status'],
  reason: string,
  message: string,
): RolloutCondition => ({ type, status, reason, message, lastUpdateTime: at(3), lastTransitionTime: at(3) })

const v1 = aReplicaSet({ hash: 'v1', image: 'web:1.0', size: 7, desired: 10, revision: 47 })
const v2 = aReplicaSet({ hash: 'v2', image: 'web:2.0', size: 3, desired: 10, revision: 48 })
const moving: RolloutStatus = {
  observedGeneration: '1',
  currentPodHash: 'v2',
  stableRS: 'v1',
  replicas: 10,
  updatedReplicas: 3,
  readyReplicas: 10,
  availableReplicas: 10,
  currentStepIndex: 1,
  phase: 'Progressing',
  message: 'more replicas need to be updated',
}
const steps = [setWeight(30), pause(600), setWeight(60), pause()]
const canary = (status: RolloutStatus, spec: Partial<Rollout['spec']> = {}) =>
  aRollout({ image: 'web:2.0', replicas: 10, steps, spec, status: { ...moving, ...status } })
const blueGreen = (status: RolloutStatus, more: object = {}) =>
  aRollout({
    image: 'web:2.0',
    replicas: 6,
    blueGreen: { activeService: 'a', previewService: 'p', ...more },
    status: { ...moving, ...status },
  })
const viewOf = (rollout: Rollout, parts: Partial<RolloutParts> = {}, closed?: string) =>
  projectRollout(someParts({ rollout, replicaSets: [v1, v2], ...parts }), T0, { closed }).view

const paused = (reason: NonNullable<RolloutStatus['pauseConditions']>[number]['reason'], more: RolloutStatus = {}) => ({
  phase: 'Paused' as const,
  message: reason,
  pauseConditions: [{ reason, startTime: at(2) }],
  controllerPause: true,
  ...more,
})
const crashing: Pod = {
  ...aPod(v2, 1),
  metadata: { ...aPod(v2, 1).metadata, labels: { 'rollouts-pod-template-hash': 'v2' } },
  status: {
    phase: 'Running',
    containerStatuses: [
      { name: 'web', ready: false, restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } } },
    ],
  },
}
const refused = {
  ...v2,
  status: {
    ...v2.status,
    conditions: [{ type: 'ReplicaFailure', status: 'True' as const, message: 'exceeded quota: team' }],
  },
}
const short = aReplicaSet({ hash: 'v2', image: 'web:2.0', size: 3, available: 1, revision: 48 })
const tooLate = condition('Progressing', 'False', 'ProgressDeadlineExceeded', 'has timed out progressing')
const aborted = condition('Progressing', 'False', 'RolloutAborted', 'Rollout aborted update to revision 48')
const run = (status: string) => ({ name: 'web-v2-48-1', status })

describe('projectRollout: shown status and why', () => {
  it.each<[string, Rollout, Partial<RolloutParts>, ShownStatus, string]>([
    [
      'the spec is not observed',
      { ...canary({}), metadata: { ...canary({}).metadata, generation: 2 } },
      {},
      'Progressing',
      'Its controller has not acted on the last change yet.',
    ],
    [
      'aborted',
      canary({ abort: true, phase: 'Degraded', conditions: [aborted] }),
      {},
      'Aborted',
      'Rollout aborted update to revision 48. Revision 47 serves all traffic, revision 48 is not live.',
    ],
    [
      'an analysis without verdict',
      canary(paused('InconclusiveAnalysisRun', { canary: { currentStepAnalysisRunStatus: run('Inconclusive') } })),
      {},
      'Inconclusive',
      'web-v2-48-1 neither passed nor failed. It stays as it is until someone decides.',
    ],
    [
      'an experiment without verdict',
      canary(paused('InconclusiveExperiment')),
      {},
      'Inconclusive',
      'An experiment neither passed nor failed. It stays as it is until someone decides.',
    ],
    [
      'a spec that is refused',
      canary({
        phase: 'Degraded',
        conditions: [condition('InvalidSpec', 'True', 'InvalidSpec', 'the field is required')],
      }),
      {},
      'Degraded',
      'The spec is invalid: The field is required.',
    ],
    [
      'no time left, pods crash',
      canary({ phase: 'Degraded', conditions: [tooLate] }),
      { pods: [aPod(v2, 0), crashing] },
      'Degraded',
      '1 of 2 pods of revision 48 will not stay up: container web ends with CrashLoopBackOff. Deadline of 600 s passed.',
    ],
    [
      'no time left, for no known cause',
      canary({ phase: 'Degraded', message: 'ProgressDeadlineExceeded: x', conditions: [tooLate] }),
      {},
      'Degraded',
      'ProgressDeadlineExceeded: x. Deadline of 600 s passed.',
    ],
    [
      'paused by hand',
      canary({ phase: 'Paused' }, { paused: true }),
      {},
      'Paused',
      'Paused by hand. It goes on when someone resumes it.',
    ],
    ['a timed pause', canary(paused('CanaryPauseStep')), {}, 'Paused', 'Pause of 10 min after setWeight 30.'],
    [
      'a pause without timer',
      canary(paused('CanaryPauseStep', { currentStepIndex: 3 })),
      {},
      'Paused',
      '3 of 4 steps done. The pause has no timer and waits for a person.',
    ],
    [
      'a preview that waits for a person',
      blueGreen(paused('BlueGreenPause'), { autoPromotionEnabled: false }),
      {},
      'Paused',
      'The preview is up. The switch waits for a person.',
    ],
    [
      'a preview that waits for its timer',
      blueGreen(paused('BlueGreenPause'), { autoPromotionSeconds: 600 }),
      {},
      'Paused',
      'The preview is up. The switch follows when the timer ends.',
    ],
    [
      'someone resumed it',
      canary({ controllerPause: true }),
      {},
      'Progressing',
      'Its controller has not acted on the last change yet.',
    ],
    [
      'pods that cannot be created',
      canary({}),
      { replicaSets: [v1, refused] },
      'Progressing',
      'Pods cannot be created, quota team is used up: Exceeded quota: team.',
    ],
    [
      'a pod that crashes',
      canary({}),
      { pods: [crashing] },
      'Progressing',
      '1 of 1 pods of revision 48 will not stay up: container web ends with CrashLoopBackOff.',
    ],
    [
      'an analysis that runs',
      canary({ canary: { currentStepAnalysisRunStatus: run('Running') } }),
      {},
      'Progressing',
      'Waits for the analysis web-v2-48-1.',
    ],
    [
      'pods that come up',
      canary({}),
      { replicaSets: [v1, short] },
      'Progressing',
      'Waits for 2 of 3 pods of revision 48.',
    ],
    [
      'preview pods that come up',
      blueGreen({}),
      { replicaSets: [v1, short] },
      'Progressing',
      'Waits for 2 of 3 pods of revision 48.',
    ],
    [
      'old pods that stop',
      canary({ stableRS: 'v2', replicas: 12, message: 'old replicas are pending termination' }),
      {},
      'Progressing',
      'Waits for old pods to stop.',
    ],
    [
      'anything else in its own words',
      canary({ message: 'more replicas need to be updated' }),
      {},
      'Progressing',
      'More replicas need to be updated.',
    ],
    ['settled', canary({ phase: 'Healthy', message: '', stableRS: 'v2' }), {}, 'Healthy', ''],
    [
      'nobody looks after it',
      aRollout({ status: { phase: 'Strange' as 'Healthy' } }),
      {},
      'Unknown',
      'No controller has reported on it yet.',
    ],
  ])('VIEW-224, UI-STAT-1: %s', (_title, rollout, parts, status, why) => {
    const view = viewOf(rollout, parts)
    expect([view.status, reasonsText(view.why)]).toEqual([status, why])
  })

  it('UI-STAT-2: the raw phase and message stay beside the refined status', () => {
    const message = 'RolloutAborted: Rollout aborted update to revision 48'
    const view = viewOf(canary({ abort: true, phase: 'Degraded', message }))
    expect(view).toMatchObject({ status: 'Aborted', phase: 'Degraded', message })
  })

  it.each<[string, Rollout, number]>([
    ['Aborted: when it was', canary({ abort: true, abortedAt: at(9) }), ago(9)],
    ['Paused: when the pause began', canary(paused('CanaryPauseStep')), ago(2)],
    ['Degraded: when progress ended', canary({ phase: 'Degraded', conditions: [tooLate] }), ago(3)],
    ['Progressing: when the update began', canary({ duration: { rolloutStartedAt: at(5) } }), ago(5)],
    [
      'Healthy: when it became so',
      canary({ phase: 'Healthy', conditions: [condition('Healthy', 'True', 'RolloutHealthy', '')] }),
      ago(3),
    ],
    ['else its creation', canary({}), ago(60)],
  ])('since, %s', (_title, rollout, since) => {
    expect(viewOf(rollout).since).toBe(since)
  })
})

describe('projectRollout: facts', () => {
  it('VIEW-70…76: counts, steps, revisions and versions', () => {
    expect(viewOf(canary({}))).toMatchObject({
      key: 'eu/shop/web',
      uid: 'uid-web',
      strategy: 'canary',
      stepIndex: 1,
      stepCount: 4,
      replicas: { desired: 10, current: 10, updated: 3, ready: 10, available: 10 },
      revision: 48,
      stableRevision: 47,
      version: '2.0',
      stableVersion: '1.0',
      currentPodHash: 'v2',
      stableRS: 'v1',
      preview: undefined,
      drift: false,
    })
  })

  it('VIEW-71: blue-green has no steps, and a preview until it is switched', () => {
    const active = (hash: string) => ({ blueGreen: { activeSelector: hash } })
    expect(viewOf(blueGreen(active('v1')))).toMatchObject({
      strategy: 'blueGreen',
      stepIndex: undefined,
      stepCount: 0,
      preview: { ready: 3, desired: 6 },
    })
    expect(viewOf(blueGreen(active('v1'), { previewReplicaCount: 2 })).preview).toEqual({ ready: 3, desired: 2 })
    expect(viewOf(blueGreen(active('v2'))).preview).toBeUndefined()
  })

  it.each<[string, Rollout, object | undefined]>([
    [
      'with its end',
      canary(paused('CanaryPauseStep')),
      { reason: 'CanaryPauseStep', startedAt: ago(2), resumesAt: ago(2) + 600_000 },
    ],
    [
      'without timer',
      canary(paused('CanaryPauseStep', { currentStepIndex: 3 })),
      { reason: 'CanaryPauseStep', startedAt: ago(2), resumesAt: undefined },
    ],
    [
      'by hand, which no timer ends',
      canary(paused('CanaryPauseStep'), { paused: true }),
      { reason: 'manual', startedAt: undefined, resumesAt: undefined },
    ],
    [
      'before the switch',
      blueGreen(paused('BlueGreenPause'), { autoPromotionSeconds: 300 }),
      { reason: 'BlueGreenPause', startedAt: ago(2), resumesAt: ago(2) + 300_000 },
    ],
    ['that is none', canary({}), undefined],
  ])('UI-STAT-3: a pause %s', (_title, rollout, expected) => {
    expect(viewOf(rollout).pause).toEqual(expected)
  })

  it('VIEW-77: the template of a workloadRef is the one that counts', () => {
    const workload = {
      apiVersion: 'apps/v1',
      kind: 'Deployment' as const,
      metadata: { name: 'web', namespace: 'shop', generation: 4 },
      spec: { selector: { matchLabels: { app: 'web' } }, template: aPodTemplate('web:3.1') },
    }
    const { template: _none, ...spec } = canary({}).spec
    const rollout = {
      ...canary({}),
      spec: { ...spec, workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
    }
    const own = projectRollout(someParts({ rollout: canary({}) }), T0)
    const borrowed = projectRollout(someParts({ rollout, workload }), T0)
    expect(borrowed.view.version).toBe('3.1')
    expect(borrowed.print).toEqual(expect.any(String))
    expect(borrowed.print).not.toBe(own.print)
    expect(projectRollout(someParts({ rollout }), T0)).toMatchObject({ print: undefined, view: { version: undefined } })
  })

  it('UI-ACT-4: closed says why for every action; else the state of the rollout decides', () => {
    expect(viewOf(canary({})).actions).toMatchObject({ abort: { open: true }, retry: { open: false } })
    const { actions } = viewOf(canary({}), {}, 'eu is unreachable')
    for (const name of actionNames) expect(actions[name]).toEqual({ open: false, reason: 'eu is unreachable' })
    expect(viewOf(canary({}), { replicaSets: [v2] }).actions.undo.open).toBe(false)
  })

  it.each<[string, object]>([
    ['nothing but a name', {}],
    [
      'fields of the wrong type',
      { spec: { replicas: 'x', template: { spec: 7 }, strategy: { canary: { steps: 'all' } } }, status: 'up' },
    ],
    [
      'a template without containers',
      { spec: { template: { spec: {} }, strategy: { blueGreen: null } }, status: { conditions: [null, {}] } },
    ],
  ])('OPS-82: shows a rollout with %s', (_title, body) => {
    const { apiVersion, kind, metadata } = aRollout()
    const rollout = { apiVersion, kind, metadata, ...body } as unknown as Rollout
    expect(projectRollout(someParts({ rollout }), T0).view).toMatchObject({ name: 'web', version: undefined })
  })
})
