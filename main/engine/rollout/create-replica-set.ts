import type { ReplicaSet } from '#api/apps.ts'
import type { PodTemplateSpec } from '#api/core.ts'
import { annotations, labels } from '#api/keys.ts'
import { apiVersionOf, resources } from '#api/resources.ts'
import type { PodTemplateMetadata } from '#api/rollout.ts'
import type { Write } from '#engine/decision.ts'
import { withAntiAffinity } from '#engine/pod-template/anti-affinity.ts'
import {
  ephemeralMetadataAnnotation,
  ephemeralMetadataOf,
  withEphemeralMetadata,
} from '#engine/pod-template/ephemeral-metadata.ts'
import { ownerReferenceTo } from './claim.ts'
import { inheritedAnnotations, nextRevision, planRolloutRevision } from './revision.ts'
import type { Situation } from './situation.ts'
import { setCondition } from './status/condition-list.ts'
import { patchStatus, refTo, rolloutEvent, sameObject } from './write.ts'

/**
 * Creates the ReplicaSet of a new template, at size 0 (REC-46, REC-50). The round ends there: sizes come with the next.
 * A name that something else holds is a hash collision, and the next round tries another hash.
 */
export function planCurrentRS(situation: Situation): readonly Write[] {
  const { rollout, status, world, now } = situation
  const rs = newReplicaSet(situation)
  const { name } = rs.metadata
  if (isNameTaken(situation, name)) {
    const collisionCount = (status.collisionCount ?? 0) + 1
    const summary = `Count a hash collision: ReplicaSet ${name} belongs to something else`
    return [patchStatus(world.rollout, { collisionCount }, { because: 'REC-50', summary })]
  }
  const revision = rs.metadata.annotations?.[annotations.revision]
  const conditions = setCondition(
    status.conditions ?? [],
    {
      type: 'Progressing',
      status: 'True',
      reason: 'NewReplicaSetCreated',
      message: `Created new replica set "${name}"`,
    },
    now,
  )
  const text = `Created ReplicaSet ${name} (revision ${revision})`
  return [
    {
      kind: 'create',
      ref: refTo(resources.replicaSets, rs),
      object: rs,
      because: 'REC-46',
      summary: `Create ReplicaSet ${name}`,
    },
    ...planRolloutRevision(situation, revision),
    rolloutEvent(rollout, 'NewReplicaSetCreated', text, 'REC-50'),
    {
      ...patchStatus(rollout, { conditions }, { because: 'REC-50', summary: 'Set status: conditions' }),
      // The revision was just written to the same object; only the engine writes conditions.
      precondition: sameObject(rollout),
    },
  ]
}

const isNameTaken = ({ world }: Situation, name: string): boolean =>
  (world.replicaSetNamesTaken ?? []).includes(name) || world.replicaSets.some((rs) => rs.metadata.name === name)

function newReplicaSet(situation: Situation): ReplicaSet {
  const { rollout, spec, replicas, replicaSets, computedPodHash: podHash } = situation
  const ephemeral = metadataAtCreation(situation)
  const record = ephemeralMetadataAnnotation(ephemeral)
  const hashLabel = { [labels.podTemplateHash]: podHash }
  return {
    apiVersion: apiVersionOf(resources.replicaSets),
    kind: 'ReplicaSet',
    metadata: {
      name: `${rollout.metadata.name}-${podHash}`,
      ...(rollout.metadata.namespace !== undefined && { namespace: rollout.metadata.namespace }),
      labels: { ...spec.template?.metadata?.labels, ...hashLabel },
      annotations: {
        ...inheritedAnnotations(rollout),
        [annotations.revision]: String(nextRevision(replicaSets)),
        [annotations.desiredReplicas]: String(replicas),
        ...(record !== undefined && { [annotations.ephemeralMetadata]: record }),
      },
      ownerReferences: [ownerReferenceTo(rollout)],
    },
    spec: {
      replicas: 0,
      ...(spec.minReadySeconds !== undefined && { minReadySeconds: spec.minReadySeconds }),
      selector: { ...spec.selector, matchLabels: { ...spec.selector?.matchLabels, ...hashLabel } },
      template: templateAtCreation(situation, ephemeral),
    },
  }
}

/** REC-47: pods of a first deploy are stable from the start. */
function metadataAtCreation({ spec, stableRS }: Situation): PodTemplateMetadata {
  const wanted = ephemeralMetadataOf(spec)
  return (stableRS === undefined ? wanted?.stable : wanted?.update) ?? {}
}

function templateAtCreation(
  { rollout, spec, status, computedPodHash }: Situation,
  ephemeral: PodTemplateMetadata,
): PodTemplateSpec {
  const template = withAntiAffinity(spec.template ?? {}, {
    antiAffinity: (spec.strategy?.canary ?? spec.strategy?.blueGreen)?.antiAffinity,
    stableRS: status.stableRS ?? '',
    podHash: computedPodHash,
    namespace: rollout.metadata.namespace ?? '',
  })
  const metadata = template.metadata ?? {}
  const labelled = { ...metadata, labels: { ...metadata.labels, [labels.podTemplateHash]: computedPodHash } }
  return { ...template, metadata: withEphemeralMetadata(labelled, {}, ephemeral) }
}
