import type { AnalysisRun, MetricResult } from '#api/analysis.ts'
import { annotations } from '#api/keys.ts'
import { parseInteger } from '#lib/int-or-string.ts'

/** VIEW-4. */
export const runRevision = ({ metadata }: AnalysisRun): number =>
  parseInteger(metadata.annotations?.[annotations.revision]) ?? 0

const counted = [
  ['✔', 'successful'],
  ['✖', 'failed'],
  ['?', 'inconclusive'],
  ['⚠', 'error'],
] as const

/** The INFO column: `✔ 4,✖ 1`, the measurements of all metrics (VIEW-110, VIEW-111), and the score of a run that has one. */
export function runCounts({ metadata, status }: AnalysisRun): string {
  const results = status?.metricResults ?? []
  const score = metadata.annotations?.[annotations.score]
  const counts = counted
    .map(([icon, name]) => [icon, sum(results, name)] as const)
    .filter(([, count]) => count > 0)
    .map(([icon, count]) => `${icon} ${count}`)
  return [...counts, ...(score === undefined ? [] : [`score ${score}`])].join(',')
}

const sum = (results: readonly MetricResult[], name: (typeof counted)[number][1]): number =>
  results.reduce((total, result) => total + (result[name] ?? 0), 0)

/** A Job for each measurement that names one (VIEW-113), oldest first. */
export const jobRows = ({ status }: AnalysisRun) =>
  (status?.metricResults ?? [])
    .flatMap(({ measurements = [] }) => measurements)
    .flatMap(({ metadata, phase, startedAt }) => {
      const name = metadata?.['job-name'] ?? ''
      return name === '' ? [] : [{ name, phase, startedAt }]
    })
    .toSorted((a, b) => ((a.startedAt ?? '') < (b.startedAt ?? '') ? -1 : 1))

/** What is said of an analysis under way: its name, phase and counts. */
export function runLine(run: AnalysisRun): string {
  const counts = runCounts(run)
  const phase = run.status?.phase ?? ''
  const shown = phase === '' ? 'Pending' : phase
  return `AnalysisRun ${run.metadata.name}: ${shown}${counts === '' ? '' : ` (${counts})`}`
}
