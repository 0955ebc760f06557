import * as v from 'valibot'
import type { EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { formatSeconds, parseTime } from '#lib/rfc3339.ts'
import { durationMs } from '../duration-ms.ts'
import { optionalText } from '../read-shape.ts'

const detail = v.looseObject({
  scope: optionalText,
  region: optionalText,
  step: v.nullish(v.number(), 0),
  start: optionalText,
  end: optionalText,
})
type Detail = v.InferOutput<typeof detail>

export const scope = v.looseObject({ name: optionalText, controlScope: detail, experimentScope: detail })
type Scope = v.InferOutput<typeof scope>

/** What times depend on that a scope leaves open. */
export interface Window {
  readonly now: EpochMs
  /** Of the metric; empty when it has none. */
  readonly interval: string
  readonly lookback: boolean
  /** Of the run; not known in its first pass. */
  readonly startedAt: string | undefined
}

type Scopes = Readonly<Record<string, { readonly controlScope: object; readonly experimentScope: object }>>

/** Scopes by name, as Kayenta wants them (PRV-803, PRV-804). */
export function scopesFor(scopes: readonly Scope[], window: Window): Outcome<Scopes, string> {
  const asked: [string, Scopes[string]][] = []
  for (const each of scopes) {
    const read = scopeFor(each, window)
    if (!read.ok) return read
    asked.push([each.name, read.value])
  }
  return success(Object.fromEntries(asked))
}

function scopeFor({ controlScope, experimentScope }: Scope, window: Window): Outcome<Scopes[string], string> {
  const hasStart = controlScope.start !== ''
  if (hasStart !== (experimentScope.start !== ''))
    return failure('controlScope.start and experimentScope.start must both be set or be empty')
  if ((controlScope.end === '') !== (experimentScope.end === ''))
    return failure('controlScope.end and experimentScope.end must both be set or be empty')
  const start = hasStart ? success('') : startOf(window)
  if (!start.ok) return start
  const detailFor = ({ scope: named, region, step, ...times }: Detail) => ({
    scope: named,
    location: region,
    step,
    start: times.start || start.value,
    end: times.end || formatSeconds(window.now),
  })
  return success({ controlScope: detailFor(controlScope), experimentScope: detailFor(experimentScope) })
}

/** The reference crashes on a look back in the first pass of a run, which has not begun then. */
function startOf({ now, interval, lookback, startedAt }: Window): Outcome<string, string> {
  if (lookback) return success(formatSeconds(parseTime(startedAt) ?? now))
  const span = durationMs(interval)
  return span.ok
    ? success(formatSeconds(now - span.value))
    : failure(`Invalid duration ${JSON.stringify(interval)}: ${span.error}`)
}
