import type { ReplicaSet } from '#api/apps.ts'
import type { Pod } from '#api/core.ts'
import { annotations } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import type { PodTemplateMetadata } from '#api/rollout.ts'
import type { Write } from '#engine/decision.ts'
import { isControlledBy } from '#engine/ownership.ts'
import {
  ephemeralMetadataAnnotation,
  ephemeralMetadataOf,
  injectedMetadata,
  withEphemeralMetadata,
} from '#engine/pod-template/ephemeral-metadata.ts'
import { createMergePatch } from '#lib/merge-patch.ts'
import { isActive, podHashOf } from './replica-set/facts.ts'
import type { Release } from './situation.ts'
import { patchReplicaSet, refTo, unchanged } from './write.ts'

/**
 * Labels and annotations that pods carry for as long as their ReplicaSet has a role (REC-104…106). Pods first: what was
 * injected is remembered on the ReplicaSet, so that must not move on before its pods have.
 */
export function planPodMetadata(release: Release): readonly Write[] {
  const wanted = ephemeralMetadataOf(release.spec)
  if (wanted === undefined) return []
  const { status, currentRS, stableRS, replicaSets } = release
  const isSteady = (status.stableRS ?? '') === '' || status.stableRS === podHashOf(currentRS)
  return replicaSets.flatMap((rs) => {
    if (rs === currentRS) return planReplicaSet(release, rs, isSteady ? wanted.stable : wanted.update)
    return planReplicaSet(release, rs, !isSteady && rs === stableRS ? wanted.stable : {})
  })
}

function planReplicaSet({ world }: Release, rs: ReplicaSet, desired: PodTemplateMetadata): readonly Write[] {
  const injected = injectedMetadata(rs)
  const pods = isActive(rs) ? world.pods.filter((pod) => isControlledBy(pod, rs)) : []
  return [
    ...pods.flatMap((pod) => planPod(pod, injected, desired)),
    ...planTemplate(rs, withEphemeralMetadata(rs.spec.template.metadata ?? {}, injected, desired), desired),
  ]
}

function planPod(pod: Pod, injected: PodTemplateMetadata, desired: PodTemplateMetadata): readonly Write[] {
  const body = createMergePatch(pod.metadata, withEphemeralMetadata(pod.metadata, injected, desired))
  if (body === undefined || pod.metadata.deletionTimestamp !== undefined) return []
  return [
    {
      kind: 'patch',
      ref: refTo(resources.pods, pod),
      patchType: 'merge',
      body: { metadata: body },
      precondition: unchanged(pod),
      because: 'REC-106',
      summary: `Set metadata of pod ${pod.metadata.name}`,
    },
  ]
}

function planTemplate(
  rs: ReplicaSet,
  metadata: ReplicaSet['spec']['template']['metadata'],
  desired: PodTemplateMetadata,
): readonly Write[] {
  const template = createMergePatch(rs.spec.template.metadata ?? {}, metadata ?? {})
  if (template === undefined) return []
  const record = ephemeralMetadataAnnotation(desired) ?? null
  const body = {
    metadata: { annotations: { [annotations.ephemeralMetadata]: record } },
    spec: { template: { metadata: template } },
  }
  const summary = `Set pod metadata of ReplicaSet ${rs.metadata.name}`
  return [patchReplicaSet(rs, body, { because: 'REC-105', summary })]
}
