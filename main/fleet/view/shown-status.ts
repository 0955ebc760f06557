import type { RolloutCondition } from '#api/rollout.ts'
import type { PauseView, ShownStatus } from '#contract/views.ts'
import { findCondition } from '#engine/rollout/status/condition-list.ts'
import type { EpochMs } from '#lib/clock.ts'
import { parseTime, sameSecond } from '#lib/rfc3339.ts'
import type { RolloutFacts } from '../rollout-facts.ts'
import { isInconclusive } from './pause-view.ts'

const asPhase: readonly ShownStatus[] = ['Degraded', 'Paused', 'Progressing', 'Healthy']

/** Rows 3 to 9 of UI-STAT-1; the others are about the connection. */
export function shownStatus({ status }: RolloutFacts, phase: string): ShownStatus {
  if (status.abort === true) return 'Aborted'
  if ((status.pauseConditions ?? []).some(isInconclusive)) return 'Inconclusive'
  return asPhase.find((each) => each === phase) ?? 'Unknown'
}

type Entered = (facts: RolloutFacts, pause: PauseView | undefined) => EpochMs | undefined

/** When the shown status was entered, as far as the object tells; `undefined` when it does not. */
export const enteredAt = (facts: RolloutFacts, shown: ShownStatus, pause: PauseView | undefined): EpochMs | undefined =>
  entered[shown](facts, pause)

const pausedAt: Entered = (facts, pause) => pause?.startedAt ?? changedTo(facts, 'Paused', 'True')

const entered: Readonly<Record<ShownStatus, Entered>> = {
  Aborted: (facts) => parseTime(facts.status.abortedAt) ?? changedTo(facts, 'Progressing', 'False'),
  Inconclusive: pausedAt,
  Degraded: (facts) => changedTo(facts, 'InvalidSpec', 'True') ?? changedTo(facts, 'Progressing', 'False'),
  Paused: pausedAt,
  Progressing: (facts) =>
    latest([
      runningSince(facts),
      changedTo(facts, 'Healthy', 'False'),
      changedTo(facts, 'Paused', 'False'),
      restartingSince(facts),
    ]),
  Healthy: (facts) => changedTo(facts, 'Healthy', 'True') ?? parseTime(facts.status.duration?.finishedAt),
  Unknown: () => undefined,
}

function changedTo(
  { status }: RolloutFacts,
  type: RolloutCondition['type'],
  wanted: RolloutCondition['status'],
): EpochMs | undefined {
  const condition = findCondition(status.conditions ?? [], type)
  return condition?.status === wanted ? parseTime(condition.lastTransitionTime) : undefined
}

const runningSince = ({ status: { duration } }: RolloutFacts): EpochMs | undefined =>
  duration?.finishedAt === undefined ? parseTime(duration?.rolloutStartedAt) : undefined

const restartingSince = ({ rollout, status }: RolloutFacts): EpochMs | undefined =>
  sameSecond(rollout.spec.restartAt, status.restartedAt) ? undefined : parseTime(rollout.spec.restartAt)

function latest(times: readonly (EpochMs | undefined)[]): EpochMs | undefined {
  const known = times.filter((at) => at !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}
