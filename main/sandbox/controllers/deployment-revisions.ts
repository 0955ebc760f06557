import { isDeepStrictEqual } from 'node:util'
import type { Deployment, ReplicaSet } from '#api/apps.ts'
import type { PodTemplateSpec } from '#api/core.ts'
import { apiVersionOf, resources } from '#api/resources.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { hashText, spellHash } from '../seeded.ts'
import { controllerReference } from './object-key.ts'

const hashLabel = 'pod-template-hash'
const revisionAnnotation = 'deployment.kubernetes.io/revision'
/** What describes one object only and is not handed down from Deployment to ReplicaSet. */
const ownAnnotations = [
  revisionAnnotation,
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
]

/** The ReplicaSet made from the present template; the oldest, if there are several. */
export function findNewRS(deployment: Deployment, replicaSets: readonly ReplicaSet[]): ReplicaSet | undefined {
  return byAge(replicaSets).find((rs) =>
    isDeepStrictEqual(withoutHash(rs.spec.template), withoutHash(deployment.spec.template)),
  )
}

/** Oldest first, then by name. */
export const byAge = (replicaSets: readonly ReplicaSet[]): readonly ReplicaSet[] =>
  replicaSets.toSorted(
    (a, b) =>
      (parseTime(a.metadata.creationTimestamp) ?? 0) - (parseTime(b.metadata.creationTimestamp) ?? 0) ||
      (a.metadata.name < b.metadata.name ? -1 : 1),
  )

export const revisionOf = (object: ReplicaSet | Deployment): number =>
  Number(object.metadata.annotations?.[revisionAnnotation] ?? 0)

/** The revision the new ReplicaSet must carry: above all others, so that an undo makes an old one the newest. */
export function wantedRevision(newRS: ReplicaSet | undefined, all: readonly ReplicaSet[]): number {
  const others = Math.max(0, ...all.filter((rs) => rs !== newRS).map(revisionOf))
  const own = newRS === undefined ? 0 : revisionOf(newRS)
  return own > others ? own : others + 1
}

/** A ReplicaSet of size 0 for the present template. */
export function newReplicaSet(deployment: Deployment, revision: number): ReplicaSet {
  const { template, selector, minReadySeconds } = deployment.spec
  const hash = spellHash(hashText(canonicalText(template)))
  const labels = { ...template.metadata?.labels, [hashLabel]: hash }
  return {
    apiVersion: apiVersionOf(resources.replicaSets),
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace ?? '',
      labels,
      annotations: annotationsFor(deployment, revision),
      ownerReferences: [controllerReference(deployment, resources.deployments)],
    },
    spec: {
      replicas: 0,
      ...(minReadySeconds !== undefined && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  }
}

export const annotationsFor = (deployment: Deployment, revision: number): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(
    Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !ownAnnotations.includes(key)),
  ),
  [revisionAnnotation]: String(revision),
  'deployment.kubernetes.io/desired-replicas': String(deployment.spec.replicas ?? 1),
})

export const withRevision = <T extends Deployment | ReplicaSet>(object: T, revision: number): T => ({
  ...object,
  metadata: {
    ...object.metadata,
    annotations: { ...object.metadata.annotations, [revisionAnnotation]: String(revision) },
  },
})

/** Empty old ReplicaSets beyond the history limit (default 10), oldest first. */
export function beyondHistory(deployment: Deployment, oldRSs: readonly ReplicaSet[]): readonly ReplicaSet[] {
  const surplus = oldRSs.length - (deployment.spec.revisionHistoryLimit ?? 10)
  const empty = oldRSs.filter((rs) => rs.spec.replicas === 0 && (rs.status?.replicas ?? 0) === 0)
  return empty.toSorted((a, b) => revisionOf(a) - revisionOf(b)).slice(0, Math.max(0, surplus))
}

function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [hashLabel]: _hash, ...labels } = template.metadata?.labels ?? {}
  return { ...template, metadata: { ...template.metadata, labels } }
}

/** JSON with sorted keys: equal values give equal text. */
const canonicalText = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
