import { controllerNamespace } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { apiVersionOf, resources } from '#api/resources.ts'
import type { FleetPlan } from '#engine/fleet-plan/document.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { parsePlan } from './plan-schema.ts'

/** A plan and the version of the ConfigMap that it was read from; the next write is bound to it. */
export interface StoredPlan {
  readonly plan: FleetPlan
  readonly version: string
}

/** What a ConfigMap can hold, with room for its metadata. */
const bytesMax = 1_000_000
const label = 'argosy.dev/fleet-plan'

/** Of the ConfigMap and the Lease of a plan; names are in lower case. */
export const planObjectName = (id: string): string => `argosy-plan-${id.toLowerCase()}`

/** Plans in one namespace of their home cluster, each a ConfigMap (3.4.1). Whoever writes has to have read what is there. */
export class PlanStore {
  readonly #client: ClusterClient
  readonly #namespace: string

  constructor(client: ClusterClient, namespace: string) {
    this.#client = client
    this.#namespace = namespace
  }

  /** All plans of a cluster, wherever they may be looked for: everywhere, or else where the controller is. */
  static async find(client: ClusterClient): Promise<Outcome<readonly FleetPlan[], Failure>> {
    const everywhere = await listPlans(client, undefined)
    const found =
      everywhere.ok || everywhere.error.kind !== 'Forbidden' ? everywhere : await listPlans(client, controllerNamespace)
    return found.ok ? success(found.value.map(({ plan }) => plan)) : found
  }

  /** `NotFound` when there is no such plan, `Invalid` when what is there is none. */
  async read(id: string): Promise<Outcome<StoredPlan, Failure>> {
    const got = await this.#client.get(resources.configMaps, { namespace: this.#namespace, name: planObjectName(id) })
    return got.ok ? stored(got.value) : got
  }

  /** All that can be read. What is no plan is left out. */
  async list(): Promise<Outcome<readonly StoredPlan[], Failure>> {
    return listPlans(this.#client, this.#namespace)
  }

  async create(plan: FleetPlan): Promise<Outcome<StoredPlan, Failure>> {
    const object = this.#object(plan)
    return object.ok ? answered(plan, await this.#client.create(resources.configMaps, object.value)) : object
  }

  /** `Conflict` when somebody else has written since `version`. */
  async write(plan: FleetPlan, version: string): Promise<Outcome<StoredPlan, Failure>> {
    const object = this.#object(plan)
    if (!object.ok) return object
    const metadata = { ...object.value.metadata, resourceVersion: version }
    return answered(plan, await this.#client.update(resources.configMaps, { ...object.value, metadata }))
  }

  #object(plan: FleetPlan): Outcome<KubeObject & { readonly data: object }, Failure> {
    const text = JSON.stringify(plan)
    if (Buffer.byteLength(text) > bytesMax) {
      const message = `The plan has ${plan.spec.members.length} members, more than one ConfigMap holds. Make two plans of it.`
      return failure({ kind: 'Invalid', message, causes: [] })
    }
    return success({
      apiVersion: apiVersionOf(resources.configMaps),
      kind: resources.configMaps.kind,
      metadata: { name: planObjectName(plan.id), namespace: this.#namespace, labels: { [label]: 'true' } },
      data: { plan: text },
    })
  }
}

async function listPlans(
  client: ClusterClient,
  namespace: string | undefined,
): Promise<Outcome<readonly StoredPlan[], Failure>> {
  const listed = await client.list(resources.configMaps, { namespace, labelSelector: `${label}=true` })
  if (!listed.ok) return listed
  return success(listed.value.items.map(stored).flatMap((each) => (each.ok ? [each.value] : [])))
}

const answered = (plan: FleetPlan, answer: Outcome<KubeObject, Failure>): Outcome<StoredPlan, Failure> =>
  answer.ok ? success({ plan, version: answer.value.metadata.resourceVersion ?? '' }) : answer

function stored(object: KubeObject): Outcome<StoredPlan, Failure> {
  const { data } = object as KubeObject & { readonly data?: Readonly<Record<string, string>> }
  const plan = parsePlan(data?.['plan'] ?? '')
  if (plan.ok) return success({ plan: plan.value, version: object.metadata.resourceVersion ?? '' })
  const message = `ConfigMap ${object.metadata.name} holds no plan that this version can read: ${plan.error}`
  return failure({ kind: 'Invalid', message, causes: [] })
}
