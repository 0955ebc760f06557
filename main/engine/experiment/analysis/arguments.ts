import type { AnalysisArgument } from '#api/analysis.ts'
import { substituteText } from '#engine/analysis/substitute.ts'
import { podHashOf } from '#engine/rollout/replica-set/facts.ts'
import { parseGoDuration } from '#lib/go-duration.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { formatSeconds, parseTime } from '#lib/rfc3339.ts'
import type { Situation } from '../situation.ts'

/**
 * What an Experiment gives to an analysis: values with their tags filled in, and nothing that a value comes from (EXP-504). The
 * failure is the reference's message.
 */
export function resolveArguments(
  args: readonly AnalysisArgument[],
  situation: Situation,
): Outcome<readonly AnalysisArgument[], string> {
  const tags = tagsOf(situation)
  const resolved: AnalysisArgument[] = []
  for (const { name, value } of args) {
    if (value === undefined) {
      resolved.push({ name })
      continue
    }
    if (!tags.ok) return tags
    const text = substituteText(value, tags.value)
    if (!text.ok) return text
    resolved.push({ name, value: text.value })
  }
  return success(resolved)
}

function tagsOf({ spec, status, templates }: Situation): Outcome<ReadonlyMap<string, string>, string> {
  const tags = new Map<string, string>()
  for (const { template, rs } of templates) {
    if (rs === undefined) continue
    tags.set(`templates.${template.name}.podTemplateHash`, podHashOf(rs))
    tags.set(`templates.${template.name}.replicaset.name`, rs.metadata.name)
  }
  const availableAt = parseTime(status.availableAt)
  if (availableAt === undefined) return success(tags)
  tags.set('experiment.availableAt', formatSeconds(availableAt))
  if (spec.duration === undefined) return success(tags)
  const duration = parseGoDuration(spec.duration)
  if (!duration.ok) return failure(`time: ${duration.error}`)
  tags.set('experiment.finishedAt', formatSeconds(availableAt + duration.value))
  return success(tags)
}
