import type { Container, PodSpec } from '#api/core.ts'
import type { KubeObject } from '#api/meta.ts'
import { refTo } from '#engine/rollout/write.ts'
import { failure, success } from '#lib/outcome.ts'
import type { ContainerImage, Planner } from './action-plan.ts'
import { gitOpsWarnings } from './gitops-owner.ts'
import { templateOwner, withTemplate } from './template-owner.ts'

/**
 * Changes the images of some containers or of all, as one full update of the object that holds the template (ACT-110…115).
 * Where a container is meant twice, the later one counts.
 */
export const planSetImage: Planner = ({ world, facts, parameters: { images = [] } }) => {
  if (images.length === 0) return failure({ reason: 'name a container and its image' })
  const owner = templateOwner(world)
  if (!owner.ok) return owner
  const { resource, object, template } = owner.value
  if (resource.kind !== 'Rollout' && resource.kind !== 'Deployment')
    return failure({ reason: `workload of type ${resource.kind} is not supported` })
  const containers = containerLists.flatMap((list) => template.spec?.[list] ?? [])
  const unknown = images.find((each) => !containers.some((container) => isMeant(each, container)))
  if (template.spec === undefined || unknown !== undefined)
    return failure({ reason: `unable to find container named "${unknown?.container ?? ''}"` })
  const after = withTemplate(world, { ...template, spec: withImages(template.spec, images) })
  const changed: KubeObject | undefined = resource.kind === 'Rollout' ? after.rollout : after.workload
  const kind = resource.kind.toLowerCase()
  const summary = `Set the image of ${images.map(inWords).join(', of ')}`
  return success({
    writes: [{ kind: 'update', ref: refTo(resource, object), object: changed ?? object, because: 'ACT-113', summary }],
    effects: [
      ...imageChanges(containers, images),
      facts.isUpdating ? 'The update under way gives place to this one' : 'A new update starts',
    ],
    warnings: gitOpsWarnings(object),
    message: `${kind} "${object.metadata.name}" image updated`,
  })
}

/** ACT-112. */
const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const

const isMeant = ({ container }: ContainerImage, { name }: Container): boolean => container === '*' || container === name

const inWords = ({ container, image }: ContainerImage): string =>
  `${container === '*' ? 'all containers' : `container ${container}`} to ${image}`

const imageFor = (container: Container, images: readonly ContainerImage[]): string | undefined =>
  images.findLast((each) => isMeant(each, container))?.image

const imageChanges = (containers: readonly Container[], images: readonly ContainerImage[]): readonly string[] =>
  containers.flatMap((each) => {
    const image = imageFor(each, images)
    return image === undefined ? [] : [`Container ${each.name}: ${each.image ?? 'no image'} → ${image}`]
  })

function withImages(spec: PodSpec, images: readonly ContainerImage[]): PodSpec {
  const lists = containerLists.flatMap((list) => {
    const containers = spec[list]
    if (containers === undefined) return []
    return [[list, containers.map((each) => withImage(each, imageFor(each, images)))] as const]
  })
  return { ...spec, ...Object.fromEntries(lists) }
}

const withImage = (container: Container, image: string | undefined): Container =>
  image === undefined ? container : { ...container, image }
