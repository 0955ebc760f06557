import type { AnalysisPhase, AnalysisRun } from '#api/analysis.ts'
import type { ReplicaSet } from '#api/apps.ts'
import type { Experiment } from '#api/experiment.ts'
import type { Rollout, RolloutSpec, RolloutStatus } from '#api/rollout.ts'
import type { Decision } from '#engine/decision.ts'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { assert } from '#lib/assert.ts'
import { applyMergePatch } from '#lib/merge-patch.ts'
import { applyDecision, settlePods } from './apply-decision.ts'
import { aPodTemplate } from './builders/rollout.ts'
import { T0 } from './virtual-clock.ts'

/** More rounds than any journey here needs at one moment; reaching it means that the engine does not settle (E3). */
const roundLimit = 120

/** One Rollout on virtual time: act as its operator, let the engine run, look at what became of it. */
export class RolloutJourney {
  world: RolloutWorld
  now = T0
  /** Reasons of all Events so far, in order. */
  events: string[] = []
  /** Sizes after every change: `canary/stable` (current and separate stable ReplicaSet). */
  sizes: string[] = []
  rounds: Decision[] = []
  /** What the engine asked for when it last had nothing to write. */
  requeueAt: number | undefined
  /** Which ReplicaSets' pods become available; all do unless a test says otherwise. */
  isReady: (rs: ReplicaSet) => boolean = () => true

  constructor(world: RolloutWorld) {
    this.world = world
  }

  get status(): RolloutStatus {
    return this.world.rollout.status ?? {}
  }

  get phase(): string {
    return [this.status.phase, this.status.message].filter((text) => text !== undefined && text !== '').join(': ')
  }

  /** Lets the engine and the ReplicaSet controller take turns until neither has anything to do. */
  settle(): this {
    this.#recordSizes()
    for (let i = 0; i < roundLimit; i++) {
      const decision = reconcileRollout(this.world, this.now)
      if (decision.writes.length === 0) {
        this.requeueAt = decision.requeueAt
        return this
      }
      this.rounds.push(decision)
      this.events.push(...decision.writes.flatMap((write) => (write.kind === 'event' ? [write.reason] : [])))
      this.world = settlePods(this.apply(decision), this.isReady)
      this.#recordSizes()
    }
    throw new Error(`the engine has not settled after ${roundLimit} rounds`)
  }

  /** The world after a decision; tests override it to interfere. */
  protected apply(decision: Decision): RolloutWorld {
    return applyDecision(this.world, decision, this.now)
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

  patchSpec(spec: Partial<RolloutSpec> | object): this {
    const rollout = applyMergePatch(this.world.rollout, { spec }) as Rollout
    const { metadata } = rollout
    this.world = {
      ...this.world,
      rollout: {
        ...rollout,
        metadata: {
          ...metadata,
          generation: (metadata.generation ?? 0) + 1,
          resourceVersion: String(Number(metadata.resourceVersion) + 1),
        },
      },
    }
    return this
  }

  setImage(image: string): this {
    return this.patchSpec({ template: aPodTemplate(image) })
  }

  patchStatus(status: object): this {
    const rollout = applyMergePatch(this.world.rollout, { status }) as Rollout
    const resourceVersion = String(Number(rollout.metadata.resourceVersion) + 1)
    this.world = { ...this.world, rollout: { ...rollout, metadata: { ...rollout.metadata, resourceVersion } } }
    return this
  }

  /** The promote button while paused (ACT-35). */
  promote = (): this => this.patchStatus({ pauseConditions: null })
  promoteFull = (): this => this.patchStatus({ promoteFull: true })
  abort = (): this => this.patchStatus({ abort: true })
  retry = (): this => this.patchStatus({ abort: false })

  /** What measuring comes to: a run, by the end of its name, gets a phase. */
  endRun(suffix: string, phase: AnalysisPhase, message?: string): this {
    const run = this.run(suffix)
    const ended = { ...run, status: { phase, ...(message !== undefined && { message }) } }
    const analysisRuns = (this.world.analysisRuns ?? []).map((each) => (each === run ? ended : each))
    this.world = { ...this.world, analysisRuns }
    return this
  }

  /** What an Experiment comes to, by the end of its name. */
  endExperiment(suffix: string, phase: AnalysisPhase, message?: string): this {
    const experiments = (this.world.experiments ?? []).map((each) =>
      each.metadata.name.endsWith(suffix)
        ? { ...each, status: { ...each.status, phase, ...(message !== undefined && { message }) } }
        : each,
    )
    this.world = { ...this.world, experiments }
    return this
  }

  /** Names of all Experiments as `runs` has them. */
  get experiments(): readonly string[] {
    return (this.world.experiments ?? []).map(shortName)
  }

  run(suffix: string): AnalysisRun {
    const found = this.world.analysisRuns?.find(({ metadata }) => metadata.name.endsWith(suffix))
    assert(found !== undefined, `there is an AnalysisRun …${suffix}`)
    return found
  }

  /** Names of all runs after that of the Rollout and the hash; `!` behind those that were asked to end. */
  get runs(): readonly string[] {
    return (this.world.analysisRuns ?? []).map(shortName)
  }

  replicaSet(image: string): ReplicaSet {
    const found = this.world.replicaSets.find((rs) => rs.spec.template.spec?.containers[0]?.image === image)
    assert(found !== undefined, `there is a ReplicaSet of ${image}`)
    return found
  }

  size(image: string): number {
    return this.replicaSet(image).spec.replicas ?? 1
  }

  #recordSizes(): void {
    const sizeOf = (hash: string | undefined): number =>
      this.world.replicaSets.find((rs) => rs.metadata.labels?.['rollouts-pod-template-hash'] === hash)?.spec.replicas ??
      0
    const { currentPodHash, stableRS } = this.status
    const text = `${currentPodHash === stableRS ? 0 : sizeOf(currentPodHash)}/${sizeOf(stableRS)}`
    if (this.sizes.at(-1) !== text) this.sizes.push(text)
  }
}

const shortName = ({ metadata, spec }: AnalysisRun | Experiment): string =>
  `${metadata.name.replace(/^web-[0-9a-f]+-/, '')}${spec.terminate === true ? '!' : ''}`
