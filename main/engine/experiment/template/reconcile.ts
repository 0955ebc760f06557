import type { TemplateStatus } from '#api/experiment.ts'
import type { Write } from '#engine/decision.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { Situation, TemplateSituation } from '../situation.ts'
import { planReplicaSet } from './replica-set.ts'
import { planService } from './service.ts'
import { planSize } from './size.ts'
import { templateEvents, templateStatusAfter } from './status.ts'
import { nothing } from './step.ts'

export interface TemplateDecision {
  readonly building: readonly Write[]
  readonly status: TemplateStatus
  readonly events: readonly Write[]
  readonly cleanup: readonly Write[]
  readonly requeueAt: EpochMs | undefined
}

/** One template: its ReplicaSet, its Service, its size, and what that comes to (EXP-402…414). One that failed gets no more pods. */
export function reconcileTemplate(template: TemplateSituation, situation: Situation): TemplateDecision {
  const rs = planReplicaSet(template, situation)
  const service = planService(template, situation)
  const error = rs.error ?? service.error
  const size = error === undefined ? planSize(template, situation) : nothing
  const moves = rs.moves || size.moves
  const status = templateStatusAfter(template, { moves, error, told: service.told }, situation)
  return {
    building: [...rs.building, ...service.building, ...size.building],
    status,
    events: templateEvents(template.before, status, situation),
    cleanup: [...size.cleanup, ...service.cleanup],
    requeueAt: size.requeueAt,
  }
}
