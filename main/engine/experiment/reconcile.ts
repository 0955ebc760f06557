import type { ExperimentStatus } from '#api/experiment.ts'
import { isCompleted } from '#engine/analysis/metric-phase.ts'
import type { Decision, RuleId, Write } from '#engine/decision.ts'
import { nothingToDo } from '#engine/decision.ts'
import { earliest, round } from '#engine/rollout/write.ts'
import type { EpochMs } from '#lib/clock.ts'
import { isInvalid, reportInvalidSpec } from './invalid-spec.ts'
import { decideParts } from './parts.ts'
import { nextCheckAt } from './requeue.ts'
import { assess, claimError, type Situation } from './situation.ts'
import type { ExperimentWorld } from './world.ts'
import { experimentEvent, planStatus, transition } from './write.ts'

/** How soon an Experiment is looked at again that cannot tell its objects apart. */
const claimRetryMs = 10_000

/** Decides the next pass of one Experiment: what to write, and when to look again (EXP-302). Pure; first match wins. */
export function reconcileExperiment(world: ExperimentWorld, now: EpochMs): Decision {
  const situation = assess(world, now)
  return rows.find(({ when }) => when(situation))?.then(situation) ?? reconcileParts(situation)
}

interface Row {
  readonly because: RuleId
  readonly when: (situation: Situation) => boolean
  readonly then: (situation: Situation) => Decision
}

const rows: readonly Row[] = [
  { because: 'EXP-301', when: isBeingDeleted, then: () => nothingToDo },
  { because: 'EXP-201', when: isInvalid, then: reportInvalidSpec },
  {
    because: 'EXP-305',
    when: (situation) => claimError(situation) !== undefined,
    then: ({ now }) => round([], now + claimRetryMs),
  },
]

function isBeingDeleted({ experiment }: Situation): boolean {
  return experiment.metadata.deletionTimestamp !== undefined
}

/**
 * Templates, analyses, and what both come to. What is built comes before the status that tells of it; what is only cleared away comes
 * after it, so that the end of an Experiment is told even if something cannot be cleared away.
 */
function reconcileParts(situation: Situation): Decision {
  const { templates, analyses, status } = decideParts(situation)
  return round(
    [
      ...templates.flatMap(({ building }) => building),
      ...analyses.flatMap(({ writes }) => writes),
      ...planStatus(situation.experiment, status, 'EXP-302'),
      ...[...templates, ...analyses].flatMap(({ events }) => events),
      ...phaseEvents(situation, status),
      ...templates.flatMap(({ cleanup }) => cleanup),
    ],
    earliest(nextCheckAt(status, situation), ...templates.map(({ requeueAt }) => requeueAt)),
  )
}

/** EXP-702. */
function phaseEvents({ experiment, status }: Situation, { phase = '' }: ExperimentStatus): readonly Write[] {
  const from = status.phase ?? ''
  if (phase === from || phase === '') return []
  const isBad = isCompleted(phase) && phase !== 'Successful'
  const text = transition('Experiment', from, phase)
  return [experimentEvent(experiment, `Experiment${phase}`, text, 'EXP-702', isBad ? 'Warning' : 'Normal')]
}
