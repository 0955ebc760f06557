import type { CanaryStep, Rollout } from '#api/rollout.ts'
import { stepsOf } from '#engine/rollout/spec-defaults.ts'
import { shownPhase, unobservedChange } from '#engine/status/phase.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { Forecast, ForeseenRollout } from './forecast.ts'

/** What a stretch of time goes to: pods that come and go, a pause, or pods of old revisions that stop after the end. */
export type StageKind = 'pods' | 'pause' | 'scaleDown'

export interface Stage {
  readonly kind: StageKind
  /**
   * 0-based step of a canary; of blue-green the preview, its pause, the switch and the scale-down (0…3). `undefined`: after the last
   * step, on the way back after an abort, or without steps.
   */
  readonly step: number | undefined
  readonly from: EpochMs
  readonly until: EpochMs
}

/** `person`: paused without a timer. `unknown`: it would stand still for a reason that is not looked into here. */
export type EndKind = 'healthy' | 'person' | 'degraded' | 'aborted' | 'unknown'

export interface Timeline {
  /** In order and without gaps; a step that is passed at once takes no time. */
  readonly stages: readonly Stage[]
  readonly end: {
    /** `further`: not within what was looked at. */
    readonly how: EndKind | 'further'
    /** From when on it is so; then only old pods stop. */
    readonly at: EpochMs
    readonly restsAt: EpochMs
    readonly step: number | undefined
  }
}

/** A forecast as stretches of time. */
export function timelineOf(before: Rollout, now: EpochMs, { changes, restsAt, rollout }: Forecast): Timeline {
  const points = [{ at: now, rollout: before }, ...changes].filter(isSeen)
  const until = restsAt ?? points.at(-1)?.at ?? now
  const how = restsAt === undefined ? 'further' : endKindOf(rollout)
  const at = how === 'further' ? until : beginOf(points, how)
  const stages = mergedStages(points, until)
  return { stages: withoutEnd(stages, until), end: { how, at, restsAt: until, step: placeOf(rollout).step } }
}

/** What lasts no time before a new template is taken up still tells of the old one, and the present is told by what is done at once. */
function isSeen({ at, rollout }: ForeseenRollout, index: number, all: readonly ForeseenRollout[]): boolean {
  const isBrief = all[index + 1]?.at === at
  return !(isBrief && (index === 0 || unobservedChange(rollout) !== undefined))
}

function endKindOf(rollout: Rollout): EndKind {
  if (rollout.status?.abort === true) return 'aborted'
  return endKinds[shownPhase(rollout).phase] ?? 'unknown'
}

const endKinds: Readonly<Partial<Record<string, EndKind>>> = {
  Healthy: 'healthy',
  Paused: 'person',
  Degraded: 'degraded',
}

/** Since when it has been as it ends, without a break. */
function beginOf(points: readonly ForeseenRollout[], how: EndKind): EpochMs {
  const from = points.findLastIndex(({ rollout }) => endKindOf(rollout) !== how) + 1
  return (points[from] ?? points.at(-1))?.at ?? 0
}

type Place = Pick<Stage, 'kind' | 'step'>

function placeOf(rollout: Rollout): Place {
  return rollout.spec.strategy?.blueGreen === undefined ? canaryPlace(rollout) : blueGreenPlace(rollout)
}

const isPaused = ({ spec, status }: Rollout): boolean =>
  spec.paused === true || (status?.pauseConditions ?? []).length > 0

function canaryPlace(rollout: Rollout): Place {
  const { abort, currentStepIndex = 0 } = rollout.status ?? {}
  if (abort === true || isDone(rollout)) return { kind: 'scaleDown', step: undefined }
  const step = currentStepIndex < stepsOf(rollout).length ? currentStepIndex : undefined
  return { kind: isPaused(rollout) ? 'pause' : 'pods', step }
}

function blueGreenPlace(rollout: Rollout): Place {
  const { abort, blueGreen, currentPodHash } = rollout.status ?? {}
  if (abort === true) return { kind: 'scaleDown', step: undefined }
  if (isDone(rollout)) return { kind: 'scaleDown', step: 3 }
  if (blueGreen?.activeSelector === currentPodHash) return { kind: 'pods', step: 2 }
  return isPaused(rollout) ? { kind: 'pause', step: 1 } : { kind: 'pods', step: 0 }
}

const isDone = (rollout: Rollout): boolean =>
  rollout.status?.stableRS === rollout.status?.currentPodHash && shownPhase(rollout).phase === 'Healthy'

function mergedStages(points: readonly ForeseenRollout[], end: EpochMs): readonly Stage[] {
  const stages: Stage[] = []
  for (const [index, { at, rollout }] of points.entries()) {
    const place = placeOf(rollout)
    const until = points[index + 1]?.at ?? end
    const last = stages.at(-1)
    if (last?.kind === place.kind && last.step === place.step) stages.splice(-1, 1, { ...last, until })
    else stages.push({ ...place, from: at, until })
  }
  const steps = points[0] === undefined ? [] : stepsOf(points[0].rollout)
  return stages.filter((stage) => !isPassing(stage, steps))
}

/** Taking or ending a pause, or taking up a new template, is no stretch of its own. Another step that is passed at once is one. */
const isPassing = ({ kind, step, from, until }: Stage, steps: readonly CanaryStep[]): boolean =>
  from === until && (step === undefined || (kind === 'pods' && steps[step]?.pause !== undefined))

/** Where it comes to rest is told by the end, not by a stretch of no time. */
const withoutEnd = (stages: readonly Stage[], end: EpochMs): readonly Stage[] =>
  stages.at(-1)?.from === end ? stages.slice(0, -1) : stages
