import type { Container, PodSpec } from '#api/core.ts'
import type { KubeObject } from '#api/meta.ts'
import { refTo } from '#engine/rollout/write.ts'
import { failure, success } from '#lib/outcome.ts'
import type { Planner } from './action-plan.ts'
import { gitOpsWarnings } from './gitops-owner.ts'
import { templateOwner, withTemplate } from './template-owner.ts'

/** Changes the image of one container or of all, as a full update of the object that holds the template (ACT-110…114). */
export const planSetImage: Planner = ({ world, facts, parameters }) => {
  const { container, image } = parameters
  if (container === undefined || image === undefined) return failure({ reason: 'name a container and its image' })
  const owner = templateOwner(world)
  if (!owner.ok) return owner
  const { resource, object, template } = owner.value
  if (resource.kind !== 'Rollout' && resource.kind !== 'Deployment')
    return failure({ reason: `workload of type ${resource.kind} is not supported` })
  const changes = imageChanges(template.spec, container, image)
  if (template.spec === undefined || changes.length === 0)
    return failure({ reason: `unable to find container named "${container}"` })
  const after = withTemplate(world, { ...template, spec: withImage(template.spec, container, image) })
  const changed: KubeObject | undefined = resource.kind === 'Rollout' ? after.rollout : after.workload
  const kind = resource.kind.toLowerCase()
  const summary = `Set the image of ${container === '*' ? 'all containers' : `container ${container}`} to ${image}`
  return success({
    writes: [{ kind: 'update', ref: refTo(resource, object), object: changed ?? object, because: 'ACT-113', summary }],
    effects: [...changes, facts.isUpdating ? 'The update under way gives place to this one' : 'A new update starts'],
    warnings: gitOpsWarnings(object),
    message: `${kind} "${object.metadata.name}" image updated`,
  })
}

/** ACT-112. */
const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const

const isMeant = (container: string, { name }: Container): boolean => container === '*' || container === name

function imageChanges(spec: PodSpec | undefined, container: string, image: string): readonly string[] {
  const meant = containerLists.flatMap((list) => spec?.[list] ?? []).filter((each) => isMeant(container, each))
  return meant.map((each) => `Container ${each.name}: ${each.image ?? 'no image'} → ${image}`)
}

function withImage(spec: PodSpec, container: string, image: string): PodSpec {
  const lists = containerLists.flatMap((list) => {
    const containers = spec[list]
    if (containers === undefined) return []
    return [[list, containers.map((each) => (isMeant(container, each) ? { ...each, image } : each))] as const]
  })
  return { ...spec, ...Object.fromEntries(lists) }
}
