import type { AnalysisRun } from '#api/analysis.ts'
import { resources } from '#api/resources.ts'
import type { Decision } from '#engine/decision.ts'
import { nothingToDo } from '#engine/decision.ts'
import type { EpochMs } from '#lib/clock.ts'
import { parseTime } from '#lib/rfc3339.ts'

/** A run that is done is only ever deleted, once its time has passed; it is never measured again (ANA-602, ANA-1009). */
export function reconcileCompleted(run: AnalysisRun, now: EpochMs): Decision {
  const ttlSeconds = timeToLive(run)
  const completedAt = parseTime(run.status?.completedAt)
  if (ttlSeconds === undefined || completedAt === undefined) return nothingToDo
  // Whole seconds, strictly more than the time allowed.
  const goneAt = completedAt + (ttlSeconds + 1) * 1000
  if (now < goneAt) return { ...nothingToDo, requeueAt: goneAt }
  const { namespace, name, uid } = run.metadata
  const ref = { resource: resources.analysisRuns, namespace, name }
  const summary = `Delete AnalysisRun ${name}: it ended more than ${ttlSeconds} s ago`
  const precondition = uid === undefined ? {} : { uid }
  return { ...nothingToDo, writes: [{ kind: 'delete', ref, precondition, because: 'ANA-1009', summary }] }
}

/** In seconds; the first that applies (ANA-1008). */
function timeToLive({ spec: { ttlStrategy }, status }: AnalysisRun): number | undefined {
  const { secondsAfterSuccess, secondsAfterFailure, secondsAfterCompletion } = ttlStrategy ?? {}
  if (status?.phase === 'Successful' && secondsAfterSuccess !== undefined) return secondsAfterSuccess
  if (status?.phase === 'Failed' && secondsAfterFailure !== undefined) return secondsAfterFailure
  return secondsAfterCompletion
}
