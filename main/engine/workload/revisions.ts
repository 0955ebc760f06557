import type { ControllerRevision, ReplicaSet } from '#api/apps.ts'
import type { PodTemplateSpec } from '#api/core.ts'
import { parseInteger } from '#lib/int-or-string.ts'

/** Where Kubernetes keeps the number of a Deployment's revision: on the Deployment, and on each of its ReplicaSets. */
export const revisionKey = 'deployment.kubernetes.io/revision'
const hashLabel = 'pod-template-hash'

/** 0 where there is none. */
export const revisionNumber = (revision: ReplicaSet | ControllerRevision): number =>
  revision.kind === 'ControllerRevision'
    ? revision.revision
    : (parseInteger(revision.metadata.annotations?.[revisionKey]) ?? 0)

/** The template of a revision, as it was written. */
export function templateOf(revision: ReplicaSet | ControllerRevision): PodTemplateSpec | undefined {
  if (revision.kind === 'ReplicaSet') return withoutHash(revision.spec.template)
  const template = revision.data?.spec?.template
  if (template === undefined) return undefined
  const { $patch: _directive, ...written } = template as PodTemplateSpec & { readonly $patch?: string }
  return written
}

/** Without the label that tells the pods of one ReplicaSet from those of another. */
export function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [hashLabel]: hash, ...labels } = template.metadata?.labels ?? {}
  return hash === undefined ? template : { ...template, metadata: { ...template.metadata, labels } }
}
