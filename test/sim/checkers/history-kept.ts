import type { ReplicaSet } from '#api/apps.ts'
import { resources } from '#api/resources.ts'
import { existingOf, isActive, podHashOf } from '#engine/rollout/replica-set/facts.ts'
import type { Checker } from '../checker.ts'

/** Only ReplicaSets beyond the history limit are deleted: never current or stable, never one with pods, never too many. */
export const historyKept = (): Checker => ({
  name: 'history kept',
  rules: ['REC-100'],
  onChange({ decided, change, replicaSets, specs }) {
    if (decided === undefined || change.resource !== resources.replicaSets || change.type !== 'DELETED')
      return undefined
    const gone = change.object as ReplicaSet
    const { currentPodHash, stableRS } = decided.world.rollout.status ?? {}
    if ([currentPodHash, stableRS].includes(podHashOf(gone))) return `${gone.metadata.name} is in use and was deleted`
    if (isActive(gone) || existingOf(gone) > 0) return `${gone.metadata.name} has pods and was deleted`
    const limit = Math.min(...specs.map((spec) => spec.revisionHistoryLimit ?? 10))
    const others = replicaSets.filter((rs) => ![currentPodHash, stableRS].includes(podHashOf(rs)))
    return others.length >= limit
      ? undefined
      : `${gone.metadata.name} was deleted, ${others.length} old ReplicaSets are left of ${limit}`
  },
})
