import type { TemplatePhase, TemplateStatus } from '#api/experiment.ts'
import type { EventWrite } from '#engine/decision.ts'
import { availableOf, existingOf, readyOf } from '#engine/rollout/replica-set/facts.ts'
import { formatSeconds, parseTime } from '#lib/rfc3339.ts'
import { isTemplateCompleted, type Situation, type TemplateSituation } from '../situation.ts'
import { progressDeadlineSecondsOf } from '../spec-defaults.ts'
import { experimentEvent, transition } from '../write.ts'
import type { ServiceStep } from './service.ts'
import type { TemplateStep } from './step.ts'

type Told = Pick<TemplateStep, 'moves' | 'error'> & Pick<ServiceStep, 'told'>

/** The status of a template after a pass (EXP-412…414). */
export function templateStatusAfter(
  template: TemplateSituation,
  { moves, error, told }: Told,
  situation: Situation,
): TemplateStatus {
  const { rs, before } = template
  const existing = existingOf(rs)
  const counts = {
    replicas: existing,
    updatedReplicas: existing,
    readyReplicas: readyOf(rs),
    availableReplicas: availableOf(rs),
  }
  // Without a time the deadline would never pass; it is missing when a crash kept the first status from being written.
  const isUntimed = rs !== undefined && before.lastTransitionTime === undefined
  const hasMoved = moves || isUntimed || haveCountsChanged(before, counts)
  const lastTransitionTime = hasMoved ? formatSeconds(situation.now) : before.lastTransitionTime
  const { serviceName: _service, podTemplateHash: _hash, ...rest } = before
  const next: TemplateStatus = {
    ...(told === undefined ? before : { ...rest, ...told }),
    ...counts,
    ...(lastTransitionTime !== undefined && { lastTransitionTime }),
  }
  if (error !== undefined) return { ...next, status: 'Error', message: error }
  return isTemplateCompleted(before.status) ? next : { ...next, ...judge(template, next, situation) }
}

type Counts = Pick<TemplateStatus, 'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas'>

/** Any of the four (EXP-412, EXP-701). */
export const haveCountsChanged = (before: Counts, after: Counts): boolean =>
  before.replicas !== after.replicas ||
  before.updatedReplicas !== after.updatedReplicas ||
  before.readyReplicas !== after.readyReplicas ||
  before.availableReplicas !== after.availableReplicas

/** EXP-413, the rows in order. */
function judge(
  { template, desired }: TemplateSituation,
  { availableReplicas, lastTransitionTime }: TemplateStatus,
  { spec, now, isOver, isTerminating }: Situation,
): Pick<TemplateStatus, 'status' | 'message'> {
  if (availableReplicas === desired) return { status: isOver || isTerminating ? 'Successful' : 'Running' }
  const seconds = progressDeadlineSecondsOf(spec)
  if (now > (parseTime(lastTransitionTime) ?? now) + seconds * 1000) {
    const message = `Template '${template.name}' exceeded its progressDeadlineSeconds (${seconds})`
    return { status: 'Failed', message }
  }
  return { status: isTerminating ? 'Successful' : 'Progressing' }
}

/** EXP-414. */
export function templateEvents(
  before: TemplateStatus,
  after: TemplateStatus,
  { experiment }: Pick<Situation, 'experiment'>,
): readonly EventWrite[] {
  const { status, message, name } = after
  if (status === undefined || status === before.status) return []
  const text = transition(`Template '${name}'`, before.status ?? '', status, message)
  return [experimentEvent(experiment, `Template${status}`, text, 'EXP-414', isBad(status) ? 'Warning' : 'Normal')]
}

const isBad = (status: TemplatePhase): boolean => status === 'Failed' || status === 'Error'
