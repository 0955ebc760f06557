import type { Deployment, ReplicaSet } from '#api/apps.ts'
import type { PodTemplate, PodTemplateSpec } from '#api/core.ts'
import { type Resource, resources } from '#api/resources.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { NotOpen } from './action-plan.ts'

/** The object whose pod template the Rollout runs: itself, or what `spec.workloadRef` names (ACT-96, ACT-111). */
export interface TemplateOwner {
  readonly resource: Resource
  readonly object: RolloutWorld['rollout'] | Deployment | ReplicaSet | PodTemplate
  readonly template: PodTemplateSpec
  /** JSON pointer to the template. */
  readonly path: '/spec/template' | '/template'
}

const workloads: readonly Resource[] = [resources.deployments, resources.replicaSets, resources.podTemplates]

export function templateOwner({ rollout, workload }: RolloutWorld): Outcome<TemplateOwner, NotOpen> {
  const ref = rollout.spec.workloadRef
  if (ref === undefined)
    return success({
      resource: resources.rollouts,
      object: rollout,
      template: rollout.spec.template ?? {},
      path: '/spec/template',
    })
  const resource = workloads.find((each) => each.kind === ref.kind)
  if (resource === undefined) return failure({ reason: `workload of type ${ref.kind ?? ''} is not supported` })
  if (workload === undefined)
    return failure({ reason: `${resource.kind} "${ref.name ?? ''}", which holds the template, does not exist` })
  return success(
    workload.kind === 'PodTemplate'
      ? { resource, object: workload, template: workload.template, path: '/template' }
      : { resource, object: workload, template: workload.spec.template, path: '/spec/template' },
  )
}

/** The world with another template in the owner's place: what the engine would see after the write. */
export function withTemplate(world: RolloutWorld, template: PodTemplateSpec): RolloutWorld {
  const { rollout, workload } = world
  if (rollout.spec.workloadRef === undefined)
    return { ...world, rollout: { ...rollout, spec: { ...rollout.spec, template } } }
  if (workload === undefined) return world
  return workload.kind === 'PodTemplate'
    ? { ...world, workload: { ...workload, template } }
    : { ...world, workload: withSpecTemplate(workload, template) }
}

function withSpecTemplate<T extends Deployment | ReplicaSet>(workload: T, template: PodTemplateSpec): T {
  return { ...workload, spec: { ...workload.spec, template } }
}
