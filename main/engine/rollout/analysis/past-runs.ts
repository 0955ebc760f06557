import type { AnalysisRun } from '#api/analysis.ts'
import { labels } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { type Resource, resources } from '#api/resources.ts'
import type { Write } from '#engine/decision.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { podHashOf } from '../replica-set/facts.ts'
import type { Situation } from '../situation.ts'
import { refTo, sameObject } from '../write.ts'
import { isDone, phaseOf, terminate } from './runs.ts'

const defaultLimit = 5

/** Runs that no longer decide about anything are ended, and the old ones go (ANA-1110, ANA-1201…1203, REC-101). */
export function planPastRuns(situation: Situation, past: readonly AnalysisRun[]): readonly Write[] {
  const gone = expired(situation, past, (run) => ({ isDone: isDone(run), isGood: phaseOf(run) === 'Successful' }))
  return [
    ...past.filter((run) => !gone.includes(run)).flatMap(terminate),
    ...gone.map((run) => deletion(resources.analysisRuns, run, 'ANA-1201')),
  ]
}

interface Ended {
  readonly isDone: boolean
  readonly isGood: boolean
}

/**
 * What the history does not keep: anything without a living ReplicaSet of its hash, and what ended and is older than as many
 * others of its kind as the limits allow.
 */
export function expired<T extends KubeObject>(
  situation: Situation,
  objects: readonly T[],
  endOf: (object: T) => Ended,
): readonly T[] {
  const { successfulRunHistoryLimit, unsuccessfulRunHistoryLimit } = situation.spec.analysis ?? {}
  const room = { good: successfulRunHistoryLimit ?? defaultLimit, bad: unsuccessfulRunHistoryLimit ?? defaultLimit }
  const living = new Set(
    situation.replicaSets.filter((rs) => rs.metadata.deletionTimestamp === undefined).map(podHashOf),
  )
  return objects
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .toSorted(newestFirst)
    .filter((object) => {
      const hash = object.metadata.labels?.[labels.podTemplateHash] ?? ''
      if (hash === '' || !living.has(hash)) return true
      const end = endOf(object)
      return end.isDone && room[end.isGood ? 'good' : 'bad']-- <= 0
    })
}

/** Equal times by name, the later one first. */
function newestFirst({ metadata: a }: KubeObject, { metadata: b }: KubeObject): number {
  const byAge = (parseTime(b.creationTimestamp) ?? 0) - (parseTime(a.creationTimestamp) ?? 0)
  return byAge === 0 ? (a.name < b.name ? 1 : -1) : byAge
}

export const deletion = (resource: Resource, object: KubeObject, because: string): Write => ({
  kind: 'delete',
  ref: refTo(resource, object),
  precondition: sameObject(object),
  propagationPolicy: 'Background',
  because,
  summary: `Delete ${resource.kind} ${object.metadata.name}: beyond the history limits`,
})
