import type { AnalysisRun } from '#api/analysis.ts'
import type { ReplicaSet } from '#api/apps.ts'
import type { Service } from '#api/core.ts'
import type { Experiment, ExperimentStatus } from '#api/experiment.ts'
import type { KubeObject } from '#api/meta.ts'
import { isCompleted } from '#engine/analysis/metric-phase.ts'
import type { Decision, PatchWrite, Write } from '#engine/decision.ts'
import { reconcileExperiment } from '#engine/experiment/reconcile.ts'
import type { ExperimentWorld } from '#engine/experiment/world.ts'
import { assert } from '#lib/assert.ts'
import { applyMergePatch } from '#lib/merge-patch.ts'
import { T0 } from './virtual-clock.ts'

/** More rounds than any journey here needs at one moment; reaching it means that the engine does not settle (E3). */
const roundLimit = 60

/** One Experiment on virtual time, with an API server, a ReplicaSet controller and analyses that are small enough for it. */
export class ExperimentJourney {
  world: ExperimentWorld
  now = T0
  /** `Reason: message` of all Events so far, in order. */
  events: string[] = []
  rounds: Decision[] = []
  /** What the engine asked for when it last had nothing to write. */
  requeueAt: number | undefined
  /** Which ReplicaSets' pods become available; all do unless a test says otherwise. */
  isReady: (rs: ReplicaSet) => boolean = () => true
  /** What becomes of a run that is asked to end. */
  ended: Pick<NonNullable<AnalysisRun['status']>, 'phase' | 'message'> = {
    phase: 'Successful',
    message: 'Run Terminated',
  }

  constructor(world: ExperimentWorld) {
    this.world = world
  }

  get status(): ExperimentStatus {
    return this.world.experiment.status ?? {}
  }

  get phase(): string {
    const { phase = '', message = '' } = this.status
    return message === '' ? phase : `${phase}: ${message}`
  }

  /** `bar Running` of each template. */
  get templates(): readonly string[] {
    return (this.status.templateStatuses ?? []).map(({ name, status }) => `${name} ${status}`)
  }

  /** `errors Pending` of each analysis. */
  get analyses(): readonly string[] {
    return (this.status.analysisRuns ?? []).map(({ name, phase }) => `${name} ${phase}`)
  }

  /** `try-bar 1` of each ReplicaSet. */
  get sizes(): readonly string[] {
    return this.world.replicaSets.map(({ metadata, spec }) => `${metadata.name} ${spec.replicas}`)
  }

  /** One round, and what the other controllers make of it. */
  round(): Decision {
    const decision = reconcileExperiment(this.world, this.now)
    this.rounds.push(decision)
    for (const write of decision.writes)
      if (write.kind === 'event') this.events.push(`${write.reason}: ${write.message}`)
    this.world = this.#followed(this.apply(decision))
    return decision
  }

  /** Lets the engine and the other controllers take turns until none has anything to do. */
  settle(): this {
    for (let i = 0; i < roundLimit; i++) {
      const before = this.world
      const { writes, requeueAt } = this.round()
      this.requeueAt = requeueAt
      if (writes.length === 0 && this.world === before) return this
    }
    throw new Error(`the engine has not settled after ${roundLimit} rounds`)
  }

  /** The world after a decision; tests override it to interfere. */
  protected apply(decision: Decision): ExperimentWorld {
    return applyExperimentWrites(this.world, decision.writes)
  }

  /** Moves time to the engine's own alarm and settles. */
  awake(): this {
    assert(this.requeueAt !== undefined, 'the engine set an alarm')
    this.now = Math.max(this.now, this.requeueAt)
    return this.settle()
  }

  pass(seconds: number): this {
    this.now += seconds * 1000
    return this.settle()
  }

  patchSpec(spec: object): this {
    this.world = { ...this.world, experiment: renewed(applyMergePatch(this.world.experiment, { spec }) as Experiment) }
    return this.settle()
  }

  terminate = (): this => this.patchSpec({ terminate: true })

  /** The analysis controller reaches a verdict. */
  conclude(run: string, phase: NonNullable<AnalysisRun['status']>['phase'], message = ''): this {
    const found = this.world.analysisRuns[run]
    assert(found !== undefined, `there is a run ${run}`)
    const status = { phase: phase ?? '', ...(message !== '' && { message }) }
    this.world = { ...this.world, analysisRuns: { ...this.world.analysisRuns, [run]: renewed({ ...found, status }) } }
    return this.settle()
  }

  /** Pods follow sizes; a new run is Running, one that is asked to end ends. The very same world when nothing moves. */
  #followed(world: ExperimentWorld): ExperimentWorld {
    const replicaSets = world.replicaSets.map((rs) => withPods(rs, this.isReady(rs)))
    const runs = Object.entries(world.analysisRuns).map(([name, run]) => [name, this.#followedRun(run)] as const)
    const isSame =
      replicaSets.every((rs, i) => rs === world.replicaSets[i]) &&
      runs.every(([name, run]) => run === world.analysisRuns[name])
    return isSame ? world : { ...world, replicaSets, analysisRuns: Object.fromEntries(runs) }
  }

  #followedRun(run: AnalysisRun): AnalysisRun {
    const { phase = '' } = run.status ?? {}
    if (phase !== '' && isCompleted(phase)) return run
    if (run.spec.terminate === true) return renewed({ ...run, status: this.ended })
    return phase === '' ? renewed({ ...run, status: { phase: 'Running' as const } }) : run
  }
}

function withPods(rs: ReplicaSet, isReady: boolean): ReplicaSet {
  const replicas = rs.spec.replicas ?? 1
  const available = isReady ? replicas : 0
  const { status } = rs
  if (status?.replicas === replicas && status.availableReplicas === available) return rs
  return renewed({ ...rs, status: { replicas, readyReplicas: available, availableReplicas: available } })
}

/** The world after these writes. A write whose precondition does not hold fails the test. */
export const applyExperimentWrites = (world: ExperimentWorld, writes: readonly Write[]): ExperimentWorld =>
  writes.reduce(applyWrite, world)

function applyWrite(world: ExperimentWorld, write: Write): ExperimentWorld {
  switch (write.kind) {
    case 'event':
      return world
    case 'create':
      return created(world, write.object)
    case 'patch':
      return patched(world, write)
    case 'delete':
      assert(write.ref.resource.kind === 'Service', 'the engine deletes Services only')
      return { ...world, services: world.services.filter(({ metadata }) => metadata.name !== write.ref.name) }
    default:
      throw new Error(`the engine does not ${write.kind} here`)
  }
}

function created(world: ExperimentWorld, object: KubeObject): ExperimentWorld {
  const { name } = object.metadata
  const stored = { ...object, metadata: { ...object.metadata, uid: `uid-${name}`, resourceVersion: '1' } }
  const others = [...world.replicaSets, ...world.services, ...Object.values(world.analysisRuns)]
  const isThere = others.some(({ kind, metadata }) => kind === object.kind && metadata.name === name)
  assert(!isThere, `${object.kind} ${name} is created once`)
  switch (object.kind) {
    case 'ReplicaSet':
      return { ...world, replicaSets: [...world.replicaSets, stored as ReplicaSet] }
    case 'Service':
      return { ...world, services: [...world.services, stored as Service] }
    case 'AnalysisRun':
      return { ...world, analysisRuns: { ...world.analysisRuns, [name]: stored as AnalysisRun } }
    default:
      throw new Error(`the engine does not create a ${object.kind}`)
  }
}

function patched(world: ExperimentWorld, write: PatchWrite): ExperimentWorld {
  const { name, resource } = write.ref
  assert(write.patchType === 'merge' && write.subresource === undefined, 'merge patches of the object itself only')
  const change = <T extends KubeObject>(object: T): T => {
    const { uid, resourceVersion } = write.precondition
    assert(uid === undefined || uid === object.metadata.uid, `${name} still has the uid it was decided from`)
    assert(
      resourceVersion === undefined || resourceVersion === object.metadata.resourceVersion,
      `${name} still has the resourceVersion it was decided from`,
    )
    return renewed(applyMergePatch(object, write.body) as T)
  }
  switch (resource.kind) {
    case 'Experiment':
      return { ...world, experiment: change(world.experiment) }
    case 'ReplicaSet':
      return { ...world, replicaSets: world.replicaSets.map((rs) => (rs.metadata.name === name ? change(rs) : rs)) }
    case 'AnalysisRun': {
      const run = world.analysisRuns[name]
      assert(run !== undefined, `there is a run ${name}`)
      return { ...world, analysisRuns: { ...world.analysisRuns, [name]: change(run) } }
    }
    default:
      throw new Error(`the engine does not patch a ${resource.kind}`)
  }
}

function renewed<T>(object: T): T
function renewed(object: KubeObject): KubeObject {
  const resourceVersion = String(Number(object.metadata.resourceVersion ?? '0') + 1)
  return { ...object, metadata: { ...object.metadata, resourceVersion } }
}
