import { serviceNames } from '#engine/rollout/service-names.ts'
import { progressDeadlineSecondsOf } from '#engine/rollout/spec-defaults.ts'
import { findCondition } from '#engine/rollout/status/condition-list.ts'
import type { StatusFacts } from '#engine/status/status-facts.ts'
import type { NamedObject, Reason } from '#lib/reason.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { sentence } from '#lib/sentence.ts'

export const rolloutOf = ({ rollout }: StatusFacts): NamedObject => ({ kind: 'Rollout', name: rollout.metadata.name })

/** Why the spec is refused (API-92): what it names and nobody has made, or the message about a field. */
export function specTrouble(facts: StatusFacts): Reason | undefined {
  const invalid = findCondition(facts.status.conditions ?? [], 'InvalidSpec')
  if (invalid === undefined) return undefined
  const since = parseTime(invalid.lastTransitionTime)
  const { message } = invalid
  const { spec } = facts.rollout
  const service = serviceNames(facts.rollout).find((name) => message.includes(`"${name}" not found`))
  if (service !== undefined)
    return {
      cause: 'serviceMissing',
      object: { kind: 'Service', name: service },
      since,
      values: { name: service },
    }
  const { kind, name } = spec.workloadRef ?? {}
  if (kind !== undefined && name !== undefined && message.includes(`/${name}" not found`))
    return { cause: 'workloadMissing', object: { kind, name }, since, values: { kind, name } }
  return { cause: 'invalidSpec', object: rolloutOf(facts), since, values: { message: sentence(message) } }
}

/** REC-71. */
export function deadlinePassed(facts: StatusFacts): Reason | undefined {
  const late = (facts.status.conditions ?? []).find(({ reason }) => reason === 'ProgressDeadlineExceeded')
  if (late === undefined) return undefined
  return {
    cause: 'deadline',
    object: rolloutOf(facts),
    since: parseTime(late.lastTransitionTime),
    values: { seconds: progressDeadlineSecondsOf(facts.rollout.spec) },
  }
}
