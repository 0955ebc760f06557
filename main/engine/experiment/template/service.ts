import type { ReplicaSet } from '#api/apps.ts'
import type { Service } from '#api/core.ts'
import type { Experiment, TemplateStatus } from '#api/experiment.ts'
import { apiVersionOf, resources } from '#api/resources.ts'
import type { Write } from '#engine/decision.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import { controlledBy } from '#engine/ownership.ts'
import { availableOf, podHashOf } from '#engine/rollout/replica-set/facts.ts'
import { refTo, unchanged } from '#engine/rollout/write.ts'
import type { Situation, TemplateSituation } from '../situation.ts'
import { ownAnnotations } from './replica-set.ts'
import { failed, nothing, type TemplateStep } from './step.ts'

type ServiceFields = Pick<TemplateStatus, 'serviceName' | 'podTemplateHash'>

/** `told` is what the status says of the Service; `undefined` leaves it as it is. */
export interface ServiceStep extends TemplateStep {
  readonly told: ServiceFields | undefined
}

const kept: ServiceStep = { ...nothing, told: undefined }

/**
 * Keeps a Service in front of the pods of a template that asks for one, until the last of them is gone (EXP-407).
 * Differs from the reference where the spec gives the Service another name later on: that makes a second one, and two are an error
 * that nothing ends (EXP-305). Here the first one stays.
 */
export function planService(template: TemplateSituation, { experiment, world }: Situation): ServiceStep {
  const { rs, service, desired, before } = template
  if (rs === undefined) return kept
  if (template.template.service === undefined) return removed(service)
  if (desired === 0) return availableOf(rs) === 0 ? removed(service) : kept
  if (service !== undefined) return { ...kept, told: toldOf(service, rs) }
  const ports = portsOf(rs)
  if (ports.length === 0) return kept
  const object = newService(experiment, template, rs, ports)
  const { name } = object.metadata
  const taken = [...(world.serviceNamesTaken ?? []), ...world.services.map(({ metadata }) => metadata.name)]
  if (taken.includes(name))
    return { ...kept, ...failed(createServiceFailure(name, before.name, notOwned(name, before.name))) }
  const ref = refTo(resources.services, object)
  const create: Write = { kind: 'create', ref, object, because: 'EXP-407', summary: `Create Service ${name}` }
  return { ...kept, building: [create], told: toldOf(object, rs) }
}

/** EXP-408. */
export const createServiceFailure = (service: string, template: string, cause: string): string =>
  `Failed to create Service ${service} for template '${template}': ${cause}`
export const notOwned = (service: string, template: string): string =>
  `service ${service} already exists and is not owned by experiment template ${template}`

const toldOf = (service: Service, rs: ReplicaSet): ServiceFields => ({
  serviceName: service.metadata.name,
  podTemplateHash: podHashOf(rs),
})

function removed(service: Service | undefined): ServiceStep {
  const told = {}
  if (service === undefined || service.metadata.deletionTimestamp !== undefined) return { ...kept, told }
  const ref = refTo(resources.services, service)
  const summary = `Delete Service ${service.metadata.name}`
  const precondition = unchanged(service)
  return { ...kept, cleanup: [{ kind: 'delete', ref, precondition, because: 'EXP-407', summary }], told }
}

type ServicePorts = NonNullable<NonNullable<Service['spec']>['ports']>

/** Of all containers in order. Several without a name are for the API server to refuse (EXP-409). */
function portsOf(rs: ReplicaSet): ServicePorts {
  const containers = rs.spec.template.spec?.containers ?? []
  return containers.flatMap(({ ports }) => (Array.isArray(ports) ? ports.filter(isRecord) : []).flatMap(portOf))
}

function portOf({ name, protocol, containerPort }: Readonly<Record<string, unknown>>): ServicePorts {
  if (typeof containerPort !== 'number') return []
  return [
    {
      ...(typeof name === 'string' && name !== '' && { name }),
      port: containerPort,
      targetPort: containerPort,
      ...(typeof protocol === 'string' && { protocol }),
    },
  ]
}

function newService(
  experiment: Experiment,
  { template }: TemplateSituation,
  rs: ReplicaSet,
  ports: ServicePorts,
): Service {
  const { namespace } = experiment.metadata
  const { name = '' } = template.service ?? {}
  return {
    apiVersion: apiVersionOf(resources.services),
    kind: 'Service',
    metadata: {
      name: name === '' ? rs.metadata.name : name,
      ...(namespace !== undefined && { namespace }),
      annotations: ownAnnotations(experiment, template.name),
      ownerReferences: [controlledBy(resources.experiments, experiment)],
    },
    spec: { selector: rs.metadata.labels ?? {}, ports },
  }
}
