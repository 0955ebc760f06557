import { describe, expect, it } from 'vitest'
import type { Write } from '#engine/decision.ts'
import { reconcileExperiment } from '#engine/experiment/reconcile.ts'
import type { ExperimentWorld } from '#engine/experiment/world.ts'
import { isAwaited, type RefusedWrite, reportWriteError } from '#engine/experiment/write-error.ts'
import type { Failure } from '#lib/failure.ts'
import {
  anExperiment,
  anExperimentWorld,
  aRun,
  aServedTemplate,
  aTemplateReplicaSet,
  aTemplateService,
  aTemplateStatus,
  runsOf,
} from '#test/support/builders/experiment.ts'
import { applyExperimentWrites, ExperimentJourney } from '#test/support/experiment-journey.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const forbidden: Failure = { kind: 'Forbidden', message: 'no', verb: 'create', resource: 'x', namespace: 'shop' }
const taken: Failure = { kind: 'AlreadyExists', message: 'replicasets.apps "try-bar" already exists' }

/** What follows when the first write of this kind of object in the next round is refused. */
function refuse(world: ExperimentWorld, kind: string, cause: Failure = forbidden) {
  const isOf = (write: Write): write is RefusedWrite['write'] =>
    write.kind !== 'event' && write.ref.resource.kind === kind
  const write = reconcileExperiment(world, T0).writes.find(isOf)
  if (write === undefined) throw new Error(`the round writes a ${kind}`)
  return reportWriteError(world, { write, cause }, T0)
}

const told = (writes: readonly Write[]): readonly unknown[] =>
  writes.map((write) => (write.kind === 'event' ? `${write.type} ${write.reason}: ${write.message}` : write.kind))

const errorsIn = (writes: readonly Write[]): unknown =>
  writes.flatMap((write) => (write.kind === 'patch' ? [write.body] : []))[0]

const done = anExperiment({
  templates: [aServedTemplate('bar')],
  status: { phase: 'Successful', templateStatuses: [aTemplateStatus('bar', { status: 'Successful' })] },
})

describe('reportWriteError', () => {
  it('EXP-406: a ReplicaSet that may not be created', () => {
    const writes = refuse(anExperimentWorld(), 'ReplicaSet')
    expect(told(writes)).toEqual([
      'Normal ReplicaSetCreateError: Failed to create new replica set "try-bar": no',
      'patch',
      "Warning TemplateError: Template 'bar' transitioned from  -> Error: Failed to create ReplicaSet for template 'bar': no",
    ])
    expect(errorsIn(writes)).toMatchObject({
      status: { templateStatuses: [{ name: 'bar', status: 'Error', replicas: 0 }] },
    })
  })

  it('EXP-405: a ReplicaSet whose name turns out to be taken', () => {
    expect(errorsIn(refuse(anExperimentWorld(), 'ReplicaSet', taken))).toMatchObject({
      status: {
        templateStatuses: [
          { message: `Failed to create ReplicaSet for template 'bar': ${taken.message}`, status: 'Error' },
        ],
      },
    })
  })

  it('EXP-406: a failure that may pass is no Error', () => {
    const passing: readonly Failure[] = [
      { kind: 'Conflict', message: '' },
      { kind: 'ServerError', message: '', status: 500 },
      { kind: 'Unreachable', message: '', since: T0 },
      { kind: 'Throttled', message: '', retryAfterMs: 1 },
      { kind: 'Unauthorized', message: '' },
    ]
    for (const cause of passing) expect(refuse(anExperimentWorld(), 'ReplicaSet', cause)).toEqual([])
  })

  it('EXP-408: a Service that cannot be created, or whose name is taken', () => {
    const ports = [{ containerPort: 8080 }]
    const experiment = anExperiment({ templates: [aServedTemplate('bar')] })
    const world = anExperimentWorld({ experiment, replicaSets: [aTemplateReplicaSet('bar', { ports })] })
    const message = (cause: Failure) =>
      (errorsIn(refuse(world, 'Service', cause)) as { status: { templateStatuses: { message: string }[] } }).status
        .templateStatuses[0]?.message
    expect(message(forbidden)).toBe("Failed to create Service try-bar for template 'bar': cannot create service: no")
    expect(message(taken)).toBe(
      "Failed to create Service try-bar for template 'bar': " +
        'service try-bar already exists and is not owned by experiment template bar',
    )
  })

  it('EXP-408: a Service that may not be deleted', () => {
    const parts = { replicaSets: [aTemplateReplicaSet('bar', { size: 0 })], services: [aTemplateService('bar')] }
    expect(told(refuse(anExperimentWorld({ experiment: done, ...parts }), 'Service')).at(-1)).toBe(
      "Warning TemplateError: Template 'bar' transitioned from Successful -> Error: Failed to delete Service for template 'bar': no",
    )
  })

  it('EXP-411: a ReplicaSet that may not be scaled', () => {
    const up = anExperimentWorld({ replicaSets: [aTemplateReplicaSet('bar', { size: 0 })] })
    expect(told(refuse(up, 'ReplicaSet')).slice(0, 2)).toEqual([
      'Warning ReplicaSetUpdateError: Failed to scale try-bar up: no',
      'patch',
    ])
    const replicaSets = [aTemplateReplicaSet('bar', { deadline: '2026-01-15T09:00:00Z' })]
    expect(errorsIn(refuse(anExperimentWorld({ experiment: done, replicaSets }), 'ReplicaSet'))).toMatchObject({
      status: {
        templateStatuses: [
          {
            status: 'Error',
            message: "Unable to scale ReplicaSet for template 'bar' to desired replica count '0': no",
          },
        ],
      },
    })
  })

  it('EXP-411: what could not be cleared away is told on top of what the round has told before', () => {
    const replicaSets = [aTemplateReplicaSet('bar', { deadline: '2026-01-15T09:00:00Z' })]
    const patch = refuse(anExperimentWorld({ experiment: done, replicaSets }), 'ReplicaSet').find(
      ({ kind }) => kind === 'patch',
    )
    expect(patch).toMatchObject({
      precondition: { uid: 'uid-try' },
      body: { status: { templateStatuses: [{ status: 'Error', lastTransitionTime: '2026-01-15T10:00:00Z' }] } },
    })
    expect(patch).not.toHaveProperty('precondition.resourceVersion')
  })

  it('EXP-410: a deadline that cannot be set is no Error', () => {
    const world = anExperimentWorld({ experiment: done, replicaSets: [aTemplateReplicaSet('bar')] })
    expect(refuse(world, 'ReplicaSet')).toEqual([])
  })

  it('EXP-503, EXP-506: a run that may not be created, or not be ended', () => {
    const status = { phase: 'Running' as const, availableAt: '2026-01-15T10:00:00Z' }
    const world = anExperimentWorld({
      experiment: anExperiment({ analyses: ['a'], status }),
      replicaSets: [aTemplateReplicaSet('bar')],
    })
    expect(errorsIn(refuse(world, 'AnalysisRun'))).toMatchObject({
      status: {
        analysisRuns: [{ name: 'a', phase: 'Error', message: "Failed to create AnalysisRun for analysis 'a': no" }],
      },
    })
    expect(refuse(world, 'AnalysisRun', taken)).toEqual([])
    const entries = [{ name: 'a', analysisRun: 'try-a', phase: 'Running' as const }]
    const experiment = anExperiment({
      analyses: ['a'],
      spec: { terminate: true },
      status: { ...status, analysisRuns: entries },
    })
    const ending = anExperimentWorld({ experiment, analysisRuns: runsOf(aRun('try-a', 'Running')) })
    expect(errorsIn(refuse(ending, 'AnalysisRun'))).toMatchObject({
      status: { analysisRuns: [{ name: 'a', analysisRun: 'try-a', phase: 'Error', message: 'no' }] },
    })
  })

  it('says nothing of a status that was refused', () => {
    expect(refuse(anExperimentWorld(), 'Experiment')).toEqual([])
  })

  it('EXP-414: what it says ends the Experiment, and the next rounds try nothing of it again', () => {
    const journey = new ExperimentJourney(anExperimentWorld())
    journey.world = applyExperimentWrites(journey.world, refuse(journey.world, 'ReplicaSet'))
    journey.settle()
    expect(journey.phase).toBe("Error: Failed to create ReplicaSet for template 'bar': no")
    expect(journey.rounds.flatMap(({ writes }) => writes).some(({ kind }) => kind === 'create')).toBe(false)
  })

  it('EXP-411: a ReplicaSet that can never be scaled down does not keep the end from being told', () => {
    const world = anExperimentWorld({ experiment: anExperiment({ spec: { scaleDownDelaySeconds: 0 } }) })
    const journey = new UnscalableJourney(world).settle()
    journey.mayScaleDown = false
    journey.world = {
      ...journey.world,
      experiment: { ...journey.world.experiment, spec: { ...journey.world.experiment.spec, terminate: true } },
    }
    journey.round()
    journey.round()
    expect([journey.phase, journey.sizes]).toEqual(['Successful', ['try-bar 1']])
  })
})

/** The API server refuses every scale-down: the round ends there. */
class UnscalableJourney extends ExperimentJourney {
  mayScaleDown = true

  protected override apply({ writes }: ReturnType<typeof reconcileExperiment>): ExperimentWorld {
    const refused = writes.findIndex(({ summary }) => !this.mayScaleDown && summary.startsWith('Scale down'))
    return applyExperimentWrites(this.world, refused < 0 ? writes : writes.slice(0, refused))
  }
}

it('EXP-405, EXP-408: an object of ours under the name is awaited, any other is not', () => {
  const world = anExperimentWorld()
  const write = reconcileExperiment(world, T0).writes.find(({ kind }) => kind === 'create')
  if (write?.kind !== 'create') throw new Error('the round creates')
  const refused = { write, cause: taken }
  expect(isAwaited(world, refused, aTemplateReplicaSet('bar'))).toBe(true)
  expect(isAwaited(world, refused, aTemplateReplicaSet('baz', { name: 'try-bar' }))).toBe(false)
  const foreign = aTemplateReplicaSet('bar')
  expect(isAwaited(world, refused, { ...foreign, metadata: { ...foreign.metadata, ownerReferences: [] } })).toBe(false)
})
