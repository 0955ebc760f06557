import type { ReplicaSet } from '#api/apps.ts'
import { annotations, labels } from '#api/keys.ts'
import { parseInteger } from '#lib/int-or-string.ts'
import { parseTime } from '#lib/rfc3339.ts'

/** What a ReplicaSet says about itself. Counts of an absent ReplicaSet are 0. */

type Maybe = ReplicaSet | undefined

/** The identity of a revision: its label, never the computed hash (REC-38). `''` when absent. */
export const podHashOf = (rs: Maybe): string => rs?.metadata.labels?.[labels.podTemplateHash] ?? ''

/** `spec.replicas`; the API server fills in 1 when it is absent. */
export const sizeOf = (rs: Maybe): number => (rs === undefined ? 0 : (rs.spec.replicas ?? 1))

/** Pods that exist, ready or not. */
export const existingOf = (rs: Maybe): number => rs?.status?.replicas ?? 0
export const readyOf = (rs: Maybe): number => rs?.status?.readyReplicas ?? 0
export const availableOf = (rs: Maybe): number => rs?.status?.availableReplicas ?? 0
export const isActive = (rs: Maybe): boolean => sizeOf(rs) > 0

export const annotationOf = (rs: Maybe, key: string): string | undefined => rs?.metadata.annotations?.[key]

/** The revision annotation as a number; `undefined` when absent or unreadable. */
export const revisionOf = (rs: Maybe): number | undefined => parseInteger(annotationOf(rs, annotations.revision))

/** The Rollout's `spec.replicas` when this ReplicaSet was last scaled (API-143). */
export const desiredReplicasOf = (rs: Maybe): number | undefined =>
  parseInteger(annotationOf(rs, annotations.desiredReplicas))

export const hasDeadline = (rs: Maybe): boolean => (annotationOf(rs, annotations.scaleDownDeadline) ?? '') !== ''

/** When to scale to 0; `undefined` when there is no deadline or its text cannot be read (REC-110). */
export const deadlineOf = (rs: Maybe): number | undefined => parseTime(annotationOf(rs, annotations.scaleDownDeadline))

export const createdAt = (rs: ReplicaSet): number => parseTime(rs.metadata.creationTimestamp) ?? 0

export const sumOf = (replicaSets: readonly ReplicaSet[], count: (rs: ReplicaSet) => number): number =>
  replicaSets.reduce((sum, rs) => sum + count(rs), 0)

const compareNames = (a: ReplicaSet, b: ReplicaSet): number =>
  a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0

export const oldestFirst = (a: ReplicaSet, b: ReplicaSet): number => createdAt(a) - createdAt(b) || compareNames(a, b)

/** Newest revision first, ties by age, oldest first (REC-112). */
export const newestRevisionFirst = (a: ReplicaSet, b: ReplicaSet): number =>
  (revisionOf(b) ?? 0) - (revisionOf(a) ?? 0) || oldestFirst(a, b)

/** BG-14: full size, sized for the present `spec.replicas`, and all of it available. */
export const isSaturated = (rs: ReplicaSet, replicas: number): boolean =>
  sizeOf(rs) === replicas && desiredReplicasOf(rs) === replicas && availableOf(rs) === replicas
