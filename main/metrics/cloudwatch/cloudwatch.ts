import { failure, type Outcome, success } from '#lib/outcome.ts'
import { durationMs } from '../duration-ms.ts'
import type { Provider, QueryFailure, Reading } from '../provider.ts'
import { measuredByQuery } from '../query.ts'
import { readShape } from '../read-shape.ts'
import { getMetricData } from './get-metric-data.ts'
import { cloudWatchBlock, queryFor } from './queries.ts'
import { readingOf } from './result.ts'

/**
 * Amazon CloudWatch (PRV-901…906). The value is kept when a condition cannot be evaluated, and so are messages (PRV-107). The
 * reference's type of `StatusCode` refuses to be compared with text; here it is text.
 */
export const cloudWatch: Provider = async (metric, { clock, settings: { env } }) => {
  const read = readShape(cloudWatchBlock, 'cloudWatch', metric.provider['cloudWatch'])
  if (!read.ok) return read
  const { interval, metricDataQueries } = read.value
  const ask = async (): Promise<Outcome<Reading, QueryFailure>> => {
    const window = interval === '' ? success(5 * 60_000) : durationMs(interval)
    if (!window.ok) return failure({ message: window.error })
    const now = clock.now()
    const input = {
      StartTime: new Date(now - window.value),
      EndTime: new Date(now),
      MetricDataQueries: metricDataQueries.map(queryFor),
    }
    const answer = await getMetricData(input, { clock, env })
    return answer.ok ? success(readingOf(answer.value)) : failure({ message: answer.error })
  }
  const keptWhenNotEvaluated = ({ value, metadata }: Reading) => ({ value, ...(metadata && { metadata }) })
  return success(measuredByQuery({ metric, clock, ask, keptWhenNotEvaluated }))
}
