import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { pauseSeconds } from '#engine/rollout/canary/steps.ts'
import { parseTime } from '#lib/rfc3339.ts'
import {
  type ChangeSeen,
  type Checker,
  hashSelected,
  hasRollbackWindow,
  isFastRollback,
  replicaSetChange,
  rolloutChange,
  serviceSwitch,
  stepsOf,
} from '../checker.ts'
import type { Decided } from '../controller-process.ts'

/**
 * A pause step is passed only after it began and its time is over by its writer's clock, or because a person said so. The same for
 * the pause before a blue-green cut-over. While `spec.paused` is set no canary ReplicaSet changes its size and no active Service moves.
 */
export const noPauseLost = (): Checker => {
  /** `hash/index` of canary steps, `hash` of blue-green updates, that a person resumed. */
  const resumed = new Set<string>()
  const note = (seen: ChangeSeen) => {
    const moved = rolloutChange(seen)
    const wasPaused = (moved?.before.status?.pauseConditions ?? []).length > 0
    if (moved === undefined || !wasPaused || (moved.after.status?.pauseConditions ?? []).length > 0) return
    const { currentPodHash, currentStepIndex = 0 } = moved.before.status ?? {}
    resumed.add(`${currentPodHash}/${currentStepIndex}`).add(`${currentPodHash}`)
  }
  return {
    name: 'no pause lost',
    rules: ['CAN-42', 'CAN-43', 'CAN-55', 'BG-30', 'BG-31', 'REC-34', 'REC-93'],
    onChange(seen) {
      if (seen.decided === undefined) {
        if (seen.change.by === 'operator') note(seen)
        return undefined
      }
      return (
        passedByHand(seen, seen.decided) ??
        passedStep(seen, seen.decided, resumed) ??
        passedCutOver(seen, seen.decided, resumed)
      )
    },
  }
}

/** The writer's world said that a person had paused it. */
function passedByHand(seen: ChangeSeen, { world }: Decided): string | undefined {
  if (world.rollout.spec.paused !== true) return undefined
  const sizes = replicaSetChange(seen)
  const isCanary = world.rollout.spec.strategy?.canary !== undefined
  if (isCanary && sizes !== undefined && sizes.before.spec.replicas !== sizes.after.spec.replicas)
    return `${sizes.after.metadata.name} was scaled although the rollout is paused`
  const moved = serviceSwitch(seen)
  return moved !== undefined && !isCanary ? `Service ${moved.name} moved although the rollout is paused` : undefined
}

function passedStep(seen: ChangeSeen, { now }: Decided, resumed: ReadonlySet<string>): string | undefined {
  const moved = rolloutChange(seen)
  if (moved === undefined) return undefined
  const { before, after } = moved
  const { currentStepIndex: index = 0, currentPodHash } = before.status ?? {}
  const pause = stepsOf(before.spec)[index]?.pause
  const isPassed =
    pause !== undefined &&
    (after.status?.currentStepIndex ?? 0) > index &&
    after.status?.currentPodHash === currentPodHash &&
    after.status?.currentStepHash === before.status?.currentStepHash
  if (!isPassed || maySkip(before) || resumed.has(`${currentPodHash}/${index}`)) return undefined
  const seconds = pauseSeconds(pause.duration)
  return isOver(before, 'CanaryPauseStep', seconds, now)
    ? undefined
    : `the pause at step ${index} was passed: ${pausesOf(before)}`
}

function passedCutOver(seen: ChangeSeen, { world, now }: Decided, resumed: ReadonlySet<string>): string | undefined {
  const { rollout } = world
  const { blueGreen } = rollout.spec.strategy ?? {}
  if (blueGreen === undefined) return undefined
  const isManual = blueGreen.autoPromotionEnabled === false
  const seconds = blueGreen.autoPromotionSeconds ?? 0
  if (!isManual && seconds === 0) return undefined
  const what = cutOver(seen)
  const { currentPodHash = '', stableRS, blueGreen: status } = rollout.status ?? {}
  if (what === undefined || maySkip(rollout) || isFastRollback(world, now)) return undefined
  if (what.kind === 'switch' && (what.from === '' || what.to === stableRS || status?.scaleUpPreviewCheckPoint === true))
    return undefined
  // An active Service without a hash serves all pods already: there is nothing to cut over (BG-30, row 4).
  if (hashSelected(world.services[blueGreen.activeService ?? '']) === '') return undefined
  if (isManual && resumed.has(currentPodHash)) return undefined
  if (!isManual && isOver(rollout, 'BlueGreenPause', seconds, now)) return undefined
  return `the pause before the cut-over was passed (${what.kind}): ${pausesOf(rollout)}`
}

type CutOver = { readonly kind: 'switch'; readonly from: string; readonly to: string } | { readonly kind: 'checkpoint' }

/** The active Service moved, or the preview was approved at its small size. */
function cutOver(seen: ChangeSeen): CutOver | undefined {
  const moved = serviceSwitch(seen)
  if (moved !== undefined) return moved.name === 'active' ? { kind: 'switch', ...moved } : undefined
  if (seen.change.resource !== resources.rollouts) return undefined
  const { before, after } = rolloutChange(seen) ?? {}
  const reached = (each: Rollout | undefined) => each?.status?.blueGreen?.scaleUpPreviewCheckPoint === true
  return !reached(before) && reached(after) ? { kind: 'checkpoint' } : undefined
}

const maySkip = ({ spec, status }: Rollout): boolean =>
  status?.promoteFull === true ||
  (status?.stableRS ?? '') === '' ||
  status?.stableRS === status?.currentPodHash ||
  hasRollbackWindow(spec)

function isOver({ status }: Rollout, reason: string, seconds: number | undefined, now: number): boolean {
  const startedAt = parseTime(status?.pauseConditions?.find((each) => each.reason === reason)?.startTime)
  return seconds !== undefined && startedAt !== undefined && now > startedAt + seconds * 1000
}

const pausesOf = ({ status }: Rollout): string => JSON.stringify(status?.pauseConditions ?? [])
