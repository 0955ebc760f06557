import type { Write } from '#engine/decision.ts'
import type { Checker } from '../checker.ts'

/** Every write says which object it was decided from, and patches and deletions of ReplicaSets and Services in which version (E7). */
export const heldToWhatWasSeen = (): Checker => ({
  name: 'held to what was seen',
  rules: ['ACT-11', 'REC-2', 'REC-33', 'CAN-47'],
  onDecision({ decision }) {
    const loose = decision.writes.find(isLoose)
    return loose === undefined ? undefined : `not held to a version: ${loose.summary}`
  },
})

function isLoose(write: Write): boolean {
  if (write.kind !== 'patch' && write.kind !== 'delete' && write.kind !== 'evict') return false
  const { uid, resourceVersion } = write.precondition
  // What a run is asked holds whatever has been measured meanwhile (ANA-1120), and it is done when it is deleted (ANA-1201).
  const mayHaveMoved = ['Rollout', 'AnalysisRun'].includes(write.ref.resource.kind)
  return uid === undefined || (!mayHaveMoved && resourceVersion === undefined)
}
