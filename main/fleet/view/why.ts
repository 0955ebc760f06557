import { reasonsOf } from '#engine/reasons/reasons.ts'
import type { StatusFacts } from '#engine/status/status-facts.ts'
import type { Cause, Reason } from '#lib/reason.ts'
import type { EngineReasons } from '#main/controller/engine.ts'

/** More would not be read. */
const reasonsMax = 4

/** A person ends these; who drives matters only afterwards. */
const pauses = new Set<Cause>([
  'pausedByHand',
  'timedPause',
  'timedPauseAfter',
  'stepPause',
  'previewPause',
  'previewPauseTimed',
  'inconclusive',
])

/** Why the rollout is where it is, the decisive reason first (VIEW-224); empty when Healthy and nothing is in its way. */
export function whyOf(facts: StatusFacts, engine?: EngineReasons): readonly Reason[] {
  const own = reasonsOf(facts)
  const { driving, rounds = [] } = engine ?? {}
  if (driving === undefined || own.length === 0) return [...rounds, ...own].slice(0, reasonsMax)
  const paused = own.filter(({ cause }) => pauses.has(cause))
  const moving = own.filter(({ cause }) => !pauses.has(cause))
  // Another controller that is at work is only to blame for what it has not done.
  const isAtWork = driving.cause === 'drivenElsewhere'
  const isIdle = moving[0]?.cause === 'notObserved' || moving[0]?.cause === 'notReported'
  if (isAtWork) return [...own, ...(isIdle ? [driving] : [])].slice(0, reasonsMax)
  return [...paused, driving, ...rounds, ...moving].slice(0, reasonsMax)
}
