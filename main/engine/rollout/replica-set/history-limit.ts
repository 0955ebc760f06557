import type { ReplicaSet } from '#api/apps.ts'
import { resources } from '#api/resources.ts'
import type { Write } from '#engine/decision.ts'
import type { Situation } from '../situation.ts'
import { revisionHistoryLimitOf } from '../spec-defaults.ts'
import { refTo, unchanged } from '../write.ts'
import { existingOf, isActive, oldestFirst } from './facts.ts'

/**
 * Deletes the oldest ReplicaSets beyond `revisionHistoryLimit` (REC-100). Stable and current never count. Only as many as
 * are in excess are looked at: one that still has pods is skipped without another taking its place.
 */
export function planHistoryCleanup({ otherRSs, spec }: Situation): readonly Write[] {
  const candidates = otherRSs.filter((rs) => rs.metadata.deletionTimestamp === undefined).toSorted(oldestFirst)
  const excess = Math.max(0, candidates.length - revisionHistoryLimitOf(spec))
  return candidates
    .slice(0, excess)
    .filter(isIdle)
    .map((rs) => ({
      kind: 'delete',
      ref: refTo(resources.replicaSets, rs),
      precondition: unchanged(rs),
      propagationPolicy: 'Background',
      because: 'REC-100',
      summary: `Delete ReplicaSet ${rs.metadata.name}: beyond the revision history limit`,
    }))
}

const isIdle = (rs: ReplicaSet): boolean =>
  existingOf(rs) === 0 && !isActive(rs) && (rs.metadata.generation ?? 0) <= (rs.status?.observedGeneration ?? 0)
