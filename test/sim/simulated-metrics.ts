import type { AnalysisPhase, Measurement } from '#api/analysis.ts'
import type { Clock } from '#lib/clock.ts'
import { success } from '#lib/outcome.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { MetricsPort } from '#main/controller/metrics-port.ts'
import type { Random } from './random.ts'

/** A store of metrics that takes its time, and says mostly good things. */
export const simulatedMetrics = (clock: Clock, random: Random): MetricsPort => ({
  prepare: async () =>
    success({
      measure: () =>
        new Promise((resolve) => {
          const startedAt = formatSeconds(clock.now())
          clock.after(random.pick([20, 300, 4_000]), () =>
            resolve({ measurement: drawMeasurement(startedAt, random), metadata: undefined }),
          )
        }),
      garbageCollect: async () => success(undefined),
    }),
  scoring: () => success(undefined),
  unlistedPlugins: () => [],
})

function drawMeasurement(startedAt: string, random: Random): Measurement {
  const phase: AnalysisPhase = random.weighted({ Successful: 14, Failed: 2, Inconclusive: 1, Error: 2 })
  return { phase, startedAt, value: '1', ...(phase === 'Error' && { message: 'no route to host' }) }
}
