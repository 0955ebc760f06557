import type { Rollout } from '#api/rollout.ts'
import {
  type DrivenPhase,
  type DrivePreviewView,
  drivenPhases,
  type FirstWriteView,
  type UpdatingView,
} from '#contract/ownership-views.ts'
import { type ForeseenWrite } from '#engine/forecast/forecast.ts'
import { outlook } from '#engine/forecast/outlook.ts'
import { observedPodStart } from '#engine/forecast/pod-start.ts'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import { stepsOf } from '#engine/rollout/spec-defaults.ts'
import { shownPhase } from '#engine/status/phase.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { EpochMs } from '#lib/clock.ts'
import { viewForeseenWrite } from './forecast-view.ts'

/** How far ahead the writes of an engine that takes over are told. */
const firstMs = 60_000
/** More than anybody reads through. */
const writesMax = 60
const updatingMax = 100

export interface DrivenWorlds {
  readonly worlds: readonly RolloutWorld[]
  /** Rollouts of which not everything is known, as `namespace/name`. */
  readonly unread: readonly Rollout[]
  readonly now: EpochMs
  readonly drive: boolean
}

/**
 * What an engine would find in a cluster and do there at first, decided by the code that decides for real; and what it leaves standing
 * when it goes. Nobody's time is told for what depends on people, analyses or load balancers.
 */
export function drivingPreview({
  worlds,
  unread,
  now,
  drive,
}: DrivenWorlds): Omit<DrivePreviewView, 'context' | 'next'> {
  const rollouts = [...worlds.map(({ rollout }) => rollout), ...unread]
  const updating = rollouts.filter(isUpdating).map(viewUpdating)
  const foreseen = drive ? worlds.map((world) => ({ world, ...firstMinute(world, now) })) : []
  const writes = foreseen
    .flatMap(({ world, writes: each }) => each.flatMap((write) => viewFirst(world.rollout, write)))
    .toSorted((a, b) => a.at - b.at)
  const unforeseen = [
    ...foreseen.filter(({ isWhole }) => !isWhole).map(({ world }) => nameOf(world.rollout)),
    ...(drive ? unread.map(nameOf) : []),
  ]
  return {
    drive,
    rollouts: rollouts.length,
    phases: countPhases(rollouts),
    updating: updating.slice(0, updatingMax),
    updatingCount: updating.length,
    writes: writes.slice(0, writesMax),
    writeCount: writes.length,
    unforeseen,
  }
}

/** A change is on its way: wanted and stable differ, or its spec was not looked at yet. */
const isUpdating = (rollout: Rollout): boolean => {
  const { currentPodHash, stableRS, abort } = rollout.status ?? {}
  return (currentPodHash ?? '') !== (stableRS ?? '') && abort !== true
    ? true
    : shownPhase(rollout).phase === 'Progressing'
}

function viewUpdating(rollout: Rollout): UpdatingView {
  const { phase, message } = shownPhase(rollout)
  const { namespace = '', name } = rollout.metadata
  const of = stepsOf(rollout).length
  const index = rollout.status?.currentStepIndex
  const step = of === 0 || index === undefined ? undefined : { done: index, of }
  return { namespace, name, phase, message, step, waitsForPerson: waitsForPerson(rollout) }
}

function waitsForPerson(rollout: Rollout): boolean {
  if (shownPhase(rollout).phase !== 'Paused') return false
  if (rollout.spec.paused === true) return true
  const { blueGreen } = rollout.spec.strategy ?? {}
  if (blueGreen !== undefined) return blueGreen.autoPromotionSeconds === undefined
  const reason = rollout.status?.pauseConditions?.[0]?.reason ?? ''
  if (reason.startsWith('Inconclusive')) return true
  const pause = stepsOf(rollout)[rollout.status?.currentStepIndex ?? 0]?.pause
  return pause !== undefined && pause.duration === undefined
}

interface FirstMinute {
  readonly writes: readonly ForeseenWrite[]
  /** What the minute holds is known to its end. */
  readonly isWhole: boolean
}

function firstMinute(world: RolloutWorld, now: EpochMs): FirstMinute {
  try {
    const { writes, probes, requeueAt } = reconcileRollout(world, now)
    const isQuiet =
      writes.length === 0 && probes.length === 0 && (requeueAt ?? Number.POSITIVE_INFINITY) > now + firstMs
    if (isQuiet) return { writes: [], isWhole: true }
    const found = outlook(world, now, observedPodStart(world)?.ms ?? 0)
    if (found.kind === 'notForeseen') return { writes: writes.map((write) => ({ at: now, write })), isWhole: false }
    const first = found.writes.filter(({ at }) => at <= now + firstMs)
    return { writes: first, isWhole: found.cutAt === undefined }
  } catch {
    // A bug there costs the preview of this one, which is then said not to be known.
    return { writes: [], isWhole: false }
  }
}

const viewFirst = (rollout: Rollout, write: ForeseenWrite): readonly FirstWriteView[] =>
  viewForeseenWrite(write).map((each) => ({ ...each, rollout: nameOf(rollout) }))

const nameOf = ({ metadata }: Rollout): string => `${metadata.namespace ?? ''}/${metadata.name}`

function countPhases(rollouts: readonly Rollout[]): Readonly<Record<DrivenPhase, number>> {
  const counts = Object.fromEntries(drivenPhases.map((phase) => [phase, 0])) as Record<DrivenPhase, number>
  for (const rollout of rollouts) counts[shownPhase(rollout).phase]++
  return counts
}
