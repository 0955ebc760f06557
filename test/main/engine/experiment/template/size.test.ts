import { describe, expect, it } from 'vitest'
import type { Experiment } from '#api/experiment.ts'
import { reconcileExperiment } from '#engine/experiment/reconcile.ts'
import {
  anExperiment,
  anExperimentTemplate,
  anExperimentWorld,
  aTemplateReplicaSet,
  aTemplateStatus,
} from '#test/support/builders/experiment.ts'
import { ExperimentJourney } from '#test/support/experiment-journey.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const done = (spec: Partial<Experiment['spec']> = {}, replicas?: number): Experiment =>
  anExperiment({
    templates: [anExperimentTemplate('bar', replicas === undefined ? {} : { replicas })],
    spec,
    status: {
      phase: 'Successful',
      templateStatuses: [aTemplateStatus('bar', { status: 'Successful', lastTransitionTime: '2026-01-15T09:00:00Z' })],
    },
  })

const decide = (experiment: Experiment, rs = aTemplateReplicaSet('bar')) => {
  const decision = reconcileExperiment(anExperimentWorld({ experiment, replicaSets: [rs] }), T0)
  const patch = decision.writes.find((write) => write.kind === 'patch' && write.ref.resource.kind === 'ReplicaSet')
  const moved = decision.writes.some((write) => JSON.stringify(write).includes('"templateStatuses"'))
  return { body: patch?.kind === 'patch' ? patch.body : undefined, requeueAt: decision.requeueAt, moved }
}

const annotation = (deadline: string | null) => ({ metadata: { annotations: { 'scale-down-deadline': deadline } } })

describe('EXP-410: a ReplicaSet that is to go', () => {
  it('gets a deadline, once, and keeps its pods until then', () => {
    expect(decide(done())).toEqual({ body: annotation('2026-01-15T10:00:30Z'), requeueAt: T0 + 30_000, moved: true })
    const waiting = aTemplateReplicaSet('bar', { deadline: '2026-01-15T10:00:30Z' })
    expect(decide(done(), waiting)).toEqual({ body: undefined, requeueAt: T0 + 30_000, moved: false })
  })

  it('gets one even without pods, for nobody to wait for', () => {
    const empty = aTemplateReplicaSet('bar', { size: 0 })
    expect(decide(done(), empty)).toMatchObject({ body: annotation('2026-01-15T10:00:30Z'), requeueAt: undefined })
  })

  it('gets one also as the template of no pods that still runs', () => {
    const templates = [anExperimentTemplate('bar', { replicas: 0 })]
    const body = decide(anExperiment({ templates }), aTemplateReplicaSet('bar', { size: 0 })).body
    expect(body).toEqual(annotation('2026-01-15T10:00:30Z'))
  })

  it('goes at once without a delay, and a deadline goes with it', () => {
    const marked = aTemplateReplicaSet('bar', { deadline: '2026-01-15T10:00:30Z' })
    const spec = { scaleDownDelaySeconds: 0 }
    expect(decide(done(spec)).body).toEqual({ spec: { replicas: 0 } })
    expect(decide(done(spec), marked).body).toEqual({ ...annotation(null), spec: { replicas: 0 } })
  })

  it('that is wanted again drops the deadline of the earlier try', () => {
    const marked = aTemplateReplicaSet('bar', { deadline: '2026-01-15T10:00:30Z' })
    expect(decide(anExperiment(), marked).body).toEqual(annotation(null))
  })
})

describe('EXP-411: a ReplicaSet of another size', () => {
  it('is scaled up, with an Event', () => {
    const experiment = anExperiment({ templates: [anExperimentTemplate('bar', { replicas: 3 })] })
    const { writes } = reconcileExperiment(
      anExperimentWorld({ experiment, replicaSets: [aTemplateReplicaSet('bar', { size: 1 })] }),
      T0,
    )
    expect(writes.slice(0, 2)).toMatchObject([
      {
        kind: 'patch',
        body: { spec: { replicas: 3 } },
        precondition: { uid: 'uid-try-bar', resourceVersion: '1' },
        because: 'EXP-411',
        summary: 'Scale up ReplicaSet try-bar from 1 to 3',
      },
      {
        kind: 'event',
        reason: 'ScalingReplicaSet',
        message: 'Scaled up ReplicaSet try-bar from 1 to 3',
        type: 'Normal',
      },
    ])
  })

  it.each([
    ['at its deadline', '2026-01-15T10:00:00Z'],
    ['when the deadline cannot be read', 'soon'],
  ])('is scaled down %s', (_when, deadline) => {
    expect(decide(done(), aTemplateReplicaSet('bar', { deadline }))).toEqual({
      body: { spec: { replicas: 0 } },
      requeueAt: undefined,
      moved: true,
    })
  })

  it('waits with the number of pods its template says', () => {
    const waiting = aTemplateReplicaSet('bar', { size: 3, deadline: '2026-01-15T10:00:01Z' })
    expect(decide(done({}, 2), waiting).body).toEqual({ spec: { replicas: 2 } })
  })

  it('EXP-1305: tells the time of the wait once', () => {
    const journey = new ExperimentJourney(anExperimentWorld()).settle().terminate()
    const since = () => journey.status.templateStatuses?.[0]?.lastTransitionTime
    const before = since()
    expect(journey.pass(10).rounds.at(-1)?.writes).toEqual([])
    expect(since()).toBe(before)
    journey.pass(20)
    expect([journey.sizes, since()]).toEqual([['try-bar 0'], '2026-01-15T10:00:30Z'])
  })
})
