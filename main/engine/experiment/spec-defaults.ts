import type { ExperimentSpec, ExperimentStatus, ExperimentTemplate } from '#api/experiment.ts'
import type { EpochMs } from '#lib/clock.ts'
import { parseGoDuration } from '#lib/go-duration.ts'
import { parseTime } from '#lib/rfc3339.ts'

/** Values the reference assumes for absent fields (EXP-102, EXP-103, API-245). */

export const progressDeadlineSecondsOf = (spec: ExperimentSpec): number => spec.progressDeadlineSeconds ?? 600
export const scaleDownDelaySecondsOf = (spec: ExperimentSpec): number => spec.scaleDownDelaySeconds ?? 30
export const replicasOf = (template: ExperimentTemplate): number => template.replicas ?? 1

/** When the duration is over; `undefined` without one, before it has begun, and when it cannot be read (EXP-204, EXP-607). */
export function endOf({ duration }: ExperimentSpec, { availableAt }: ExperimentStatus): EpochMs | undefined {
  const from = parseTime(availableAt)
  if (duration === undefined || from === undefined) return undefined
  const parsed = parseGoDuration(duration)
  return parsed.ok ? from + parsed.value : undefined
}
