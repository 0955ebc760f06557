import * as v from 'valibot'
import type { Measurement } from '#api/analysis.ts'
import type { EpochMs } from '#lib/clock.ts'
import { decodeJson } from '#lib/decode-json.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { formatSeconds, parseTime } from '#lib/rfc3339.ts'
import { clipped } from '../clipped.ts'
import { readShape } from '../read-shape.ts'

const valueMax = 10_000
const messageMax = 2000
const metadataMax = 10_000

const text = (charactersMax: number) =>
  v.pipe(
    v.string(),
    v.transform((written) => clipped(written, charactersMax)),
  )
const time = v.pipe(
  v.string(),
  v.check((written) => parseTime(written) !== undefined),
  v.transform((written) => formatSeconds(parseTime(written) ?? 0)),
)
const answer = v.object({
  phase: v.picklist(['Pending', 'Running', 'Successful', 'Inconclusive', 'Error', 'Failed']),
  value: v.exactOptional(text(valueMax)),
  message: v.exactOptional(text(messageMax)),
  metadata: v.exactOptional(
    v.pipe(
      v.record(v.string(), v.string()),
      v.check((metadata) => JSON.stringify(metadata).length <= metadataMax),
    ),
  ),
  startedAt: v.exactOptional(time),
  finishedAt: v.exactOptional(time),
  resumeAt: v.exactOptional(time),
})

const resumeAfterMs = 10_000

/**
 * The measurement that a program printed: a JSON object, whose members that are left out stay as they are in `before`. One that is
 * still running is asked again when it says, not before a second has passed.
 */
export function readAnswer(
  output: string,
  before: Omit<Measurement, 'phase'>,
  now: EpochMs,
): Outcome<Measurement, string> {
  const decoded = decodeJson(output)
  const read = decoded.ok ? readShape(answer, 'measurement', decoded.value) : decoded
  if (!read.ok) return failure(`it did not print a measurement: ${read.error}`)
  const { finishedAt, resumeAt, ...measured } = read.value
  const { finishedAt: _, resumeAt: __, ...rest } = before
  if (measured.phase === 'Running' || measured.phase === 'Pending') {
    const at = Math.max(parseTime(resumeAt) ?? now + resumeAfterMs, now + 1000)
    return success({ ...rest, ...measured, resumeAt: formatSeconds(at) })
  }
  return success({ ...rest, ...measured, finishedAt: finishedAt ?? formatSeconds(now) })
}
