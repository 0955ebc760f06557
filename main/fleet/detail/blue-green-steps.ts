import type { ReplicaSet } from '#api/apps.ts'
import type { RolloutView, StepView } from '#contract/views.ts'
import { availableOf, deadlineOf, sizeOf } from '#engine/rollout/replica-set/facts.ts'
import { isAutoPromoted } from '#engine/rollout/spec-defaults.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { RolloutFacts } from '../rollout-facts.ts'

type Text = 'preview' | 'pause' | 'switch' | 'scaleDown'

/** Blue-green has no steps on the wire; these four are what every update goes through. */
export function blueGreenSteps(facts: RolloutFacts, view: RolloutView): readonly StepView[] {
  const progress = progressOf(facts, view)
  const reached = progress.findIndex(({ done }) => !done)
  return progress.map(({ text, done, left, endsAt }, index) => ({
    index,
    step: { kind: 'blueGreen', text },
    state: left
      ? 'skipped'
      : done
        ? 'done'
        : index > reached
          ? 'future'
          : view.status === 'Aborted'
            ? 'failed'
            : 'current',
    tookMs: undefined,
    endedAt: undefined,
    endsAt: index === reached ? endsAt : undefined,
    canaryPods: undefined,
  }))
}

interface Progress {
  readonly text: Text
  readonly done: boolean
  /** Not part of this update. */
  readonly left?: boolean
  readonly endsAt?: EpochMs | undefined
}

function progressOf(facts: RolloutFacts, view: RolloutView): readonly Progress[] {
  const { status, currentRS, replicaSets } = facts
  const current = status.currentPodHash ?? ''
  const isSwitched = current !== '' && status.blueGreen?.activeSelector === current
  const isUp = isSwitched || (sizeOf(currentRS) > 0 && availableOf(currentRS) >= sizeOf(currentRS))
  const old = replicaSets.filter((each) => each !== currentRS && sizeOf(each) > 0)
  return [
    { text: 'preview', done: isUp },
    { ...pauseProgress(facts, view, isSwitched), text: 'pause' },
    { text: 'switch', done: isSwitched },
    { text: 'scaleDown', done: isSwitched && old.length === 0, endsAt: lastDeadline(old) },
  ]
}

/** A pause that was cleared while `controllerPause` is still set has been ended by someone (REC-92). */
function pauseProgress(
  { rollout, status }: RolloutFacts,
  view: RolloutView,
  isSwitched: boolean,
): Omit<Progress, 'text'> {
  const blueGreen = rollout.spec.strategy?.blueGreen ?? {}
  if (isAutoPromoted(blueGreen) && (blueGreen.autoPromotionSeconds ?? 0) === 0) return { done: true, left: true }
  const isWaiting = (status.pauseConditions ?? []).length > 0
  return { done: isSwitched || (status.controllerPause === true && !isWaiting), endsAt: view.pause?.resumesAt }
}

function lastDeadline(old: readonly ReplicaSet[]): EpochMs | undefined {
  const deadlines = old.flatMap((each) => deadlineOf(each) ?? [])
  return deadlines.length === 0 ? undefined : Math.max(...deadlines)
}
