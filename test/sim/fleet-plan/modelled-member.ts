import { annotations } from '#api/keys.ts'
import type { IntOrString } from '#api/meta.ts'
import type { CanaryStep, Rollout } from '#api/rollout.ts'
import type { FleetAct } from '#engine/fleet-plan/acts.ts'
import type { PlanMember } from '#engine/fleet-plan/document.ts'
import { holdMarkOf, holdPatch, releasePatch } from '#engine/fleet-plan/hold-mark.ts'
import { pauseSeconds } from '#engine/rollout/canary/steps.ts'
import type { EpochMs } from '#lib/clock.ts'
import { applyMergePatch } from '#lib/merge-patch.ts'
import { formatSeconds } from '#lib/rfc3339.ts'

/** How a member goes about an update. */
export interface Temper {
  /** Until its controller sees a change, and for each step. */
  readonly reactMs: number
  readonly stepMs: number
  /** The step at which its analysis fails the new version. */
  readonly failsAt?: number
  /** Its clock minus ours. */
  readonly skewMs: number
  /** Argo CD puts back whatever else than the new version it is given. */
  readonly isInGit?: boolean
}

interface Version {
  readonly at: EpochMs
  readonly rollout: Rollout
}

export const images = { prior: 'app:1', target: 'app:2', other: 'app:3' } as const
export const hashOf = (image: string): string => `h-${image.slice(4)}`

/** A Rollout of one cluster and the controller that drives it, as far as a plan can tell: steps, pauses, analyses that fail, aborts. */
export class ModelledMember {
  readonly member: PlanMember
  readonly temper: Temper
  readonly steps: readonly CanaryStep[]
  /** All there were, oldest first. */
  readonly versions: Version[] = []
  /** When the controller acts next. */
  nextAt: EpochMs = Number.POSITIVE_INFINITY
  /** When its analysis failed. */
  failedAt: EpochMs | undefined
  /** The present pause began then. */
  pausedAt: EpochMs = Number.POSITIVE_INFINITY
  #version = 1
  /** What failed it is gone by the time somebody has it tried again. */
  #isMended = false

  constructor(member: PlanMember, temper: Temper, steps: readonly CanaryStep[], now: EpochMs) {
    this.member = member
    this.temper = temper
    this.steps = steps
    const hash = hashOf(images.prior)
    const rollout: Rollout = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: {
        name: member.rollout,
        namespace: member.namespace,
        uid: member.id,
        creationTimestamp: formatSeconds(now),
        generation: 1,
        resourceVersion: '1',
        ...(temper.isInGit === true && { annotations: { 'argocd.argoproj.io/tracking-id': 'shop' } }),
      },
      spec: {
        replicas: 5,
        ...(steps.length % 4 === 3 && { paused: false }),
        template: { spec: { containers: [{ name: 'app', image: images.prior }] } },
        strategy: { canary: { steps: [...steps] } },
      },
      status: {
        phase: 'Healthy',
        currentPodHash: hash,
        stableRS: hash,
        observedGeneration: '1',
        currentStepIndex: steps.length,
      },
    } as Rollout
    this.versions.push({ at: now, rollout })
  }

  get rollout(): Rollout {
    return this.versions.at(-1)?.rollout as Rollout
  }

  /** As a watch that is late by `lagMs` shows it. */
  seen(now: EpochMs, lagMs: number): Rollout {
    return (this.versions.findLast(({ at }) => at <= now - lagMs) ?? this.versions[0])?.rollout as Rollout
  }

  get hash(): string {
    return this.rollout.status?.currentPodHash ?? ''
  }

  get stableHash(): string {
    return this.rollout.status?.stableRS ?? ''
  }

  /** Pauses without an end that it has come to: members that go together are at most one apart (I8). */
  get stage(): number {
    if (this.hash === hashOf(images.prior)) return 0
    const index = this.rollout.status?.currentStepIndex ?? 0
    return this.steps.slice(0, index + 1).filter(({ pause }) => pause !== undefined && pause.duration === undefined)
      .length
  }

  /** It stands at a pause that ends by itself. */
  get isTimed(): boolean {
    const { currentStepIndex = 0, pauseConditions } = this.rollout.status ?? {}
    return (pauseConditions ?? []).length > 0 && this.steps[currentStepIndex]?.pause?.duration !== undefined
  }

  /** Of its requests, 0…1, that the version which is not stable gets. */
  get share(): number {
    const { status = {} } = this.rollout
    if (this.hash === this.stableHash || status.abort === true) return 0
    const weights = this.steps.slice(0, (status.currentStepIndex ?? 0) + 1).flatMap(({ setWeight }) => setWeight ?? [])
    return status.promoteFull === true || (status.currentStepIndex ?? 0) >= this.steps.length
      ? 1
      : (weights.at(-1) ?? 0) / 100
  }

  /** False: the version that it was decided from is no longer the one there is. */
  send(act: FleetAct, now: EpochMs): boolean {
    if (act.resourceVersion !== this.rollout.metadata.resourceVersion) return false
    switch (act.kind) {
      case 'mark':
        this.#change(
          { metadata: { annotations: { [annotations.plan]: 'p', [annotations.epoch]: String(act.epoch) } } },
          now,
        )
        return true
      case 'setImage':
        this.setImage(images.target, now)
        return true
      case 'rollback':
      case 'undo':
        this.setImage(images.prior, now)
        return true
      case 'promote':
        this.promote(now)
        return true
      case 'retry':
        this.#isMended = true
        this.#change(
          { status: { abort: false, abortedAt: undefined, currentStepIndex: 0, phase: 'Progressing', message: '' } },
          now,
        )
        this.#soon(now)
        return true
      case 'jump':
        this.#change(
          { status: { currentStepIndex: act.step, pauseConditions: undefined, controllerPause: false } },
          now,
        )
        this.nextAt = now + this.temper.stepMs
        return true
      case 'promoteFull':
        this.#change({ status: { promoteFull: true, pauseConditions: undefined } }, now)
        this.#soon(now)
        return true
      case 'stop':
        if (act.hold === undefined) return false
        this.#merge(
          holdPatch(this.rollout, act.hold, { [annotations.plan]: 'p', [annotations.epoch]: String(act.epoch) }),
          now,
        )
        return true
      case 'release': {
        const held = holdMarkOf(this.rollout)
        if (typeof held !== 'object') return false
        this.#merge(releasePatch(this.rollout, held), now)
        return true
      }
      case 'abort':
        this.abort('RolloutAborted: aborted by a person', now)
        return true
    }
  }

  /** Another plan begins with it. */
  take(plan: string, now: EpochMs): void {
    this.#change({ metadata: { annotations: { [annotations.plan]: plan, [annotations.epoch]: '1' } } }, now)
  }

  setImage(image: string, now: EpochMs): void {
    const spec = { ...this.rollout.spec, template: { spec: { containers: [{ name: 'app', image }] } } }
    const generation = (this.rollout.metadata.generation ?? 0) + 1
    this.#change({ spec, metadata: { generation } }, now)
    this.#soon(now)
  }

  promote(now: EpochMs): void {
    this.#change({ status: { pauseConditions: undefined } }, now)
    this.#soon(now)
  }

  abort(message: string, now: EpochMs): void {
    if (this.hash === this.stableHash) return
    const abortedAt = formatSeconds(now + this.temper.skewMs)
    this.#change(
      {
        status: {
          abort: true,
          abortedAt,
          phase: 'Degraded',
          message,
          pauseConditions: undefined,
          controllerPause: false,
        },
      },
      now,
    )
    this.nextAt = Number.POSITIVE_INFINITY
  }

  /** What the controller does when its time has come. */
  act(now: EpochMs): void {
    this.nextAt = Number.POSITIVE_INFINITY
    const { spec, metadata, status = {} } = this.rollout
    if (status.observedGeneration !== String(metadata.generation)) return this.#observe(now)
    if (spec.paused === true) return
    if (this.hash === this.stableHash || status.abort === true) return
    if (status.promoteFull === true) return this.#finish(now)
    const index = status.currentStepIndex ?? 0
    const step = this.steps[index]
    if (step === undefined) return this.#finish(now)
    if (index === this.temper.failsAt && !this.#isMended && imageOf(spec) === images.target) {
      this.failedAt = now
      return this.abort(
        'RolloutAborted: Rollout aborted update to revision 2: Step-based analysis phase error/failed: Metric "errors" assessed Failed due to failed (1) > failureLimit (0)',
        now,
      )
    }
    if (step.pause === undefined) return this.#goTo(index + 1, now)
    this.#pause(index, step.pause.duration, now)
  }

  #pause(index: number, duration: IntOrString | undefined, now: EpochMs): void {
    const { status = {} } = this.rollout
    const isPaused = (status.pauseConditions ?? []).length > 0
    if (status.controllerPause === true && !isPaused) return this.#goTo(index + 1, now)
    const endsAt = this.pausedAt + (pauseSeconds(duration) ?? Number.POSITIVE_INFINITY) * 1000
    if (isPaused && now >= endsAt) return this.#goTo(index + 1, now)
    if (isPaused) {
      if (endsAt < Number.POSITIVE_INFINITY) this.nextAt = endsAt
      return
    }
    this.pausedAt = now
    this.nextAt = now + (pauseSeconds(duration) ?? Number.POSITIVE_INFINITY) * 1000
    const startTime = formatSeconds(now + this.temper.skewMs)
    this.#change(
      {
        status: { phase: 'Paused', controllerPause: true, pauseConditions: [{ reason: 'CanaryPauseStep', startTime }] },
      },
      now,
    )
  }

  #observe(now: EpochMs): void {
    const hash = hashOf(imageOf(this.rollout.spec))
    const isBack = hash === this.stableHash
    if (hash === this.hash) {
      this.#change({ status: { observedGeneration: String(this.rollout.metadata.generation) } }, now)
      this.nextAt = now + this.temper.stepMs
      return
    }
    this.#change(
      {
        status: {
          observedGeneration: String(this.rollout.metadata.generation),
          currentPodHash: hash,
          currentStepIndex: isBack ? this.steps.length : 0,
          abort: false,
          abortedAt: undefined,
          promoteFull: false,
          message: '',
          controllerPause: false,
          pauseConditions: undefined,
          phase: isBack ? 'Healthy' : 'Progressing',
        },
      },
      now,
    )
    if (!isBack) this.nextAt = now + this.temper.stepMs
  }

  #goTo(index: number, now: EpochMs): void {
    this.#change({ status: { currentStepIndex: index, controllerPause: false, phase: 'Progressing' } }, now)
    this.nextAt = now + this.temper.stepMs
  }

  #finish(now: EpochMs): void {
    this.#change(
      {
        status: {
          stableRS: this.hash,
          phase: 'Healthy',
          promoteFull: false,
          currentStepIndex: this.steps.length,
          controllerPause: false,
          pauseConditions: undefined,
        },
      },
      now,
    )
  }

  #merge(patch: ReturnType<typeof holdPatch> | ReturnType<typeof releasePatch>, now: EpochMs): void {
    const { metadata, spec, status } = applyMergePatch(this.rollout, patch) as Rollout
    const generation = (metadata.generation ?? 0) + (patch.spec === undefined ? 0 : 1)
    const resourceVersion = String(++this.#version)
    const rollout = { ...this.rollout, metadata: { ...metadata, generation, resourceVersion }, spec, status } as Rollout
    this.versions.push({ at: now, rollout })
    this.#soon(now)
  }

  #soon(now: EpochMs): void {
    this.nextAt = Math.min(this.nextAt, now + this.temper.reactMs)
  }

  #change(more: { readonly metadata?: object; readonly spec?: object; readonly status?: object }, now: EpochMs): void {
    const { metadata, spec, status, ...rest } = this.rollout
    const all = {
      ...metadata.annotations,
      ...(more.metadata as { readonly annotations?: object } | undefined)?.annotations,
    }
    const rollout = {
      ...rest,
      metadata: { ...metadata, ...more.metadata, annotations: all, resourceVersion: String(++this.#version) },
      spec: more.spec ?? spec,
      status: { ...status, ...more.status },
    } as Rollout
    this.versions.push({ at: now, rollout })
  }
}

const imageOf = (spec: Rollout['spec']): string => spec.template?.spec?.containers?.[0]?.image ?? ''
