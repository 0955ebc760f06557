import type { ExperimentStatus } from '#api/experiment.ts'
import { earliest } from '#engine/rollout/write.ts'
import type { EpochMs } from '#lib/clock.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { isTerminatingWith, type Situation, templateStatusOf } from './situation.ts'
import { endOf, progressDeadlineSecondsOf, replicasOf } from './spec-defaults.ts'

/** When the duration is over, or a template out of time; a moment later, for both are strict (EXP-703, EXP-704). */
export function nextCheckAt(next: ExperimentStatus, { spec, now }: Situation): EpochMs | undefined {
  if (isTerminatingWith(spec, next)) return undefined
  const end = endOf(spec, next)
  const deadlines = spec.templates.map((template) => {
    const { status, availableReplicas, lastTransitionTime } = templateStatusOf(next, template.name) ?? {}
    const isLacking = (status === 'Progressing' || status === 'Running') && availableReplicas !== replicasOf(template)
    const since = parseTime(lastTransitionTime)
    return isLacking && since !== undefined ? since + progressDeadlineSecondsOf(spec) * 1000 : undefined
  })
  const times = [end !== undefined && now <= end ? end : undefined, ...deadlines]
  const first = earliest(...times)
  return first === undefined ? undefined : first + 1
}
