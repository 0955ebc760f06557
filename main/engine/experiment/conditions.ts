import type { ExperimentStatus } from '#api/experiment.ts'
import {
  type Conditions,
  replaceCondition,
  setCondition,
  withoutCondition,
} from '#engine/rollout/status/condition-list.ts'
import { type Situation, templateStatusOf } from './situation.ts'
import { haveCountsChanged } from './template/status.ts'

/** The conditions after a pass of a valid Experiment (EXP-203, EXP-701). */
export function conditionsAfter(next: ExperimentStatus, { experiment, status, isOver, now }: Situation): Conditions {
  const before = withoutCondition(status.conditions ?? [], 'InvalidSpec')
  const about = `Experiment "${experiment.metadata.name}"`
  const type = 'Progressing' as const
  if (next.phase === 'Successful') {
    const message = `${about} has successfully ran and completed.`
    return setCondition(before, { type, status: 'False', reason: 'ExperimentCompleted', message }, now)
  }
  if (hasProgressed(status, next)) {
    const message = `${about} is progressing.`
    return replaceCondition(before, { type, status: 'True', reason: 'ReplicaSetUpdated', message }, now)
  }
  if (status.availableAt === undefined || isOver) return before
  const message = `${about} is running.`
  return setCondition(before, { type, status: 'True', reason: 'NewReplicaSetAvailable', message }, now)
}

function hasProgressed(before: ExperimentStatus, after: ExperimentStatus): boolean {
  const known = before.templateStatuses ?? []
  const isNew = known.length < (after.templateStatuses ?? []).length
  return isNew || known.some((each) => haveCountsChanged(each, templateStatusOf(after, each.name) ?? each))
}
