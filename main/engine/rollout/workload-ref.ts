import type { PodTemplateSpec } from '#api/core.ts'
import { annotations } from '#api/keys.ts'
import type { LabelSelector } from '#api/meta.ts'
import type { Rollout, WorkloadRef } from '#api/rollout.ts'
import type { RolloutWorld } from '#engine/world.ts'

/** A Rollout with the template it borrows from `spec.workloadRef`, or why it could not be borrowed (REC-80). */
export interface Resolution {
  readonly rollout: Rollout
  readonly error?: string
}

/** REC-80…82. Resolved values live in the engine only; nothing here is ever written back (REC-83). */
export function resolveWorkload(rollout: Rollout, workload: RolloutWorld['workload']): Resolution {
  const ref = rollout.spec.workloadRef
  if (ref === undefined) return { rollout: withoutWorkloadGeneration(rollout) }
  if (!isEmptyTemplate(rollout.spec.template))
    return { rollout, error: 'template must be empty for workload reference rollout' }
  const plural = supportedPlural(ref)
  if (plural === undefined)
    return { rollout, error: `workload of type ${groupOf(ref)}/${ref.kind ?? ''} is not supported` }
  if (workload === undefined)
    return { rollout, error: `${plural} "${rollout.metadata.namespace ?? ''}/${ref.name ?? ''}" not found` }
  return { rollout: borrowed(rollout, workload) }
}

function borrowed(rollout: Rollout, workload: NonNullable<RolloutWorld['workload']>): Rollout {
  const [template, selector]: readonly [PodTemplateSpec, LabelSelector | undefined] =
    workload.kind === 'PodTemplate' ? [workload.template, undefined] : [workload.spec.template, workload.spec.selector]
  const resolvedSelector = rollout.spec.selector ?? selector
  return {
    ...rollout,
    metadata: {
      ...rollout.metadata,
      annotations: {
        ...rollout.metadata.annotations,
        [annotations.workloadGeneration]: String(workload.metadata.generation ?? 0),
      },
    },
    spec: { ...rollout.spec, template, ...(resolvedSelector !== undefined && { selector: resolvedSelector }) },
  }
}

function withoutWorkloadGeneration(rollout: Rollout): Rollout {
  const { [annotations.workloadGeneration]: dropped, ...kept } = rollout.metadata.annotations ?? {}
  return dropped === undefined ? rollout : { ...rollout, metadata: { ...rollout.metadata, annotations: kept } }
}

/** The emptiness test looks at labels and annotations only (API-12). */
const isEmptyTemplate = (template: PodTemplateSpec | undefined): boolean =>
  Object.keys(template?.metadata?.labels ?? {}).length === 0 &&
  Object.keys(template?.metadata?.annotations ?? {}).length === 0

const groupOf = (ref: WorkloadRef): string => {
  const [group, version] = (ref.apiVersion ?? '').split('/')
  return version === undefined ? '' : (group ?? '')
}

/** Resource as the API server names it in a not-found text; `undefined` when the kind is not supported (REC-81). */
function supportedPlural(ref: WorkloadRef): string | undefined {
  const group = groupOf(ref)
  if (group === 'apps' && ref.kind === 'Deployment') return 'deployments.apps'
  if (group === 'apps' && ref.kind === 'ReplicaSet') return 'replicasets.apps'
  return group === '' && ref.kind === 'PodTemplate' ? 'podtemplates' : undefined
}
