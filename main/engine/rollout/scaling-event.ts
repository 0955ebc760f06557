import type { ReplicaSet } from '#api/apps.ts'
import { desiredReplicasOf, isActive } from './replica-set/facts.ts'
import type { Situation } from './situation.ts'

/**
 * `spec.replicas` changed since current or stable were last sized (REC-31). Other ReplicaSets are ignored on purpose: they
 * never learn the new number, and looking at them would never end.
 */
export const isScalingEvent = ({ currentRS, stableRS, replicas }: Situation): boolean =>
  [currentRS, stableRS].some((rs) => rs !== undefined && isSizedFor(rs) !== undefined && isSizedFor(rs) !== replicas)

const isSizedFor = (rs: ReplicaSet): number | undefined => (isActive(rs) ? desiredReplicasOf(rs) : undefined)
