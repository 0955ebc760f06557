import type { AnalysisRun } from '#api/analysis.ts'
import { annotations } from '#api/keys.ts'
import { failure, type Outcome } from '#lib/outcome.ts'
import { parseMetricsVia, type Route } from './route.ts'

/**
 * By which way a metric of a run is asked for: what its template said, or what the run itself says for all of its metrics. The
 * failure says what is wrong with the annotation.
 */
export function waysOf(run: AnalysisRun, metric: string): Outcome<readonly Route[], string> {
  const text = run.metadata.annotations?.[annotations.metricsVia]?.trim()
  if (text?.startsWith('{') !== true) return parseMetricsVia(text)
  const way = entryOf(text, metric)
  return way === null ? failure(`${annotations.metricsVia}: neither a way nor JSON`) : parseMetricsVia(way)
}

/** `null` for what is no JSON. */
function entryOf(text: string, metric: string): string | undefined | null {
  try {
    const ways: unknown = JSON.parse(text)
    const way: unknown = Object.getOwnPropertyDescriptor(ways ?? {}, metric)?.value
    return typeof way === 'string' ? way : undefined
  } catch {
    return null
  }
}
