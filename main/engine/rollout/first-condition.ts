import type { Write } from '#engine/decision.ts'
import type { Situation } from './situation.ts'
import { findCondition, setCondition } from './status/condition-list.ts'
import { patchStatus } from './write.ts'

/** A Rollout that finds its ReplicaSet already there has no Progressing condition yet, and no deadline without one (REC-51). */
export function planFirstCondition({ rollout, status, currentRS, now }: Situation): readonly Write[] {
  const before = status.conditions ?? []
  if (currentRS === undefined || findCondition(before, 'Progressing') !== undefined) return []
  const message = `Found new replica set "${currentRS.metadata.name}"`
  const found = { type: 'Progressing', status: 'True', reason: 'FoundNewReplicaSet', message } as const
  const conditions = setCondition(before, found, now)
  return [patchStatus(rollout, { conditions }, { because: 'REC-51', summary: 'Set status: conditions' })]
}
