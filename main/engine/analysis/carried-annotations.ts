import type { AnalysisTemplate, ClusterAnalysisTemplate } from '#api/analysis.ts'
import { annotations } from '#api/keys.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ResolvedTemplates } from './templates.ts'

type Template = AnalysisTemplate | ClusterAnalysisTemplate

/**
 * What templates say to Argosy alone, for the annotations of their run, since a run does not know its templates: how each metric is
 * judged, as one YAML document a template, what makes their score, and by which way each metric is asked for, as JSON by the name of
 * the metric. The reference looks at none of them.
 *
 * Failure  two templates that want different scores: a run has one.
 */
export function carriedAnnotations({
  namespaced,
  cluster,
}: ResolvedTemplates): Outcome<Readonly<Record<string, string>>, string> {
  const templates = [...namespaced, ...cluster]
  const scores = templates.filter(({ metadata }) => scoreOf(metadata) !== undefined)
  const [first] = scores
  const other = scores.find(({ metadata }) => scoreOf(metadata) !== scoreOf(first?.metadata))
  if (first !== undefined && other !== undefined)
    return failure(
      `${annotations.judgeScore}: '${first.metadata.name}' and '${other.metadata.name}' want different scores`,
    )
  const score = scoreOf(first?.metadata)
  const judges = templates.flatMap((each) => each.metadata.annotations?.[annotations.judge] ?? [])
  const ways = Object.fromEntries(templates.flatMap(waysOf))
  return success({
    ...(judges.length > 0 && { [annotations.judge]: judges.join('\n---\n') }),
    ...(score !== undefined && { [annotations.judgeScore]: score }),
    ...(Object.keys(ways).length > 0 && { [annotations.metricsVia]: JSON.stringify(ways) }),
  })
}

const scoreOf = (metadata: Template['metadata'] | undefined): string | undefined =>
  metadata?.annotations?.[annotations.judgeScore]?.trim()

function waysOf({ metadata, spec }: Template): readonly (readonly [metric: string, way: string])[] {
  const way = metadata.annotations?.[annotations.metricsVia]
  return way === undefined ? [] : (spec.metrics ?? []).map(({ name }) => [name, way] as const)
}
