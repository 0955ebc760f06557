import { parseGoDuration } from '#lib/go-duration.ts'
import { UsageError } from './io.ts'

/** Milliseconds of a `--timeout`; 0 means for ever. */
export function durationOf(text: string): number {
  const parsed = parseGoDuration(text)
  if (!parsed.ok || parsed.value < 0) throw new UsageError(`invalid duration "${text}"`)
  return parsed.value
}
