import { parseGoDuration } from '#lib/go-duration.ts'
import { failure, type Outcome } from '#lib/outcome.ts'

/** Milliseconds of a duration of a metric; the failure is Go's text (`time: invalid duration ""`). */
export function durationMs(text: string): Outcome<number, string> {
  const parsed = parseGoDuration(text)
  if (parsed.ok) return parsed
  const lacksUnit = /^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(text)
  return failure(lacksUnit ? `time: missing unit in duration ${JSON.stringify(text)}` : `time: ${parsed.error}`)
}
