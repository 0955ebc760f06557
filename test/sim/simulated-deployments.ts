import type { Deployment, ReplicaSet } from '#api/apps.ts'
import type { KubeObject } from '#api/meta.ts'
import { apiVersionOf, resources } from '#api/resources.ts'
import { podTemplateHash } from '#engine/pod-hash/pod-template-hash.ts'
import { availableOf, existingOf, readyOf, sizeOf, sumOf } from '#engine/rollout/replica-set/facts.ts'
import type { Random } from './random.ts'
import type { Change, SimulatedApi } from './simulated-api.ts'
import type { SimulatedTime } from './simulated-time.ts'
import { ownerOf } from './simulated-workloads.ts'

const by = 'deployments'

/** Where the person's own things are; controllers live elsewhere. */
export const shop = 'shop'

/**
 * The Deployment controller, as far as somebody can tell who only lends its template: each template has a ReplicaSet, the newest has
 * the size, and older ones go once it is up. What belongs to a Deployment goes with it.
 */
export class SimulatedDeployments {
  readonly #api: SimulatedApi
  readonly #time: SimulatedTime
  readonly #random: Random
  /** Names of Deployments that are about to be looked at. */
  readonly #planned = new Set<string>()

  constructor(api: SimulatedApi, time: SimulatedTime, random: Random) {
    this.#api = api
    this.#time = time
    this.#random = random
    api.onChange((change) => this.#onChange(change))
  }

  #onChange({ resource, object, type }: Change): void {
    if (object.metadata.namespace !== shop) return
    if (resource === resources.deployments && type === 'DELETED')
      for (const rs of this.#replicaSetsOf(object.metadata.name))
        this.#api.delete(resources.replicaSets, rs.metadata, by)
    else if (resource === resources.deployments) this.#plan(object.metadata.name)
    else if (resource === resources.replicaSets && isOfDeployment(object)) this.#plan(ownerOf(object) ?? '')
  }

  #plan(name: string): void {
    if (this.#planned.has(name)) return
    this.#planned.add(name)
    this.#time.after(this.#random.int(5, 200), () => {
      this.#planned.delete(name)
      this.#reconcile(name)
    })
  }

  #replicaSetsOf(name: string): readonly ReplicaSet[] {
    return this.#api.all<ReplicaSet>(resources.replicaSets).filter((rs) => isOfDeployment(rs) && ownerOf(rs) === name)
  }

  #reconcile(name: string): void {
    const deployment = this.#api.read<Deployment>(resources.deployments, { namespace: shop, name })
    if (deployment === undefined) return
    const wanted = deployment.spec.replicas ?? 1
    const newest = `${name}-${podTemplateHash(deployment.spec.template)}`
    const current = this.#api.read<ReplicaSet>(resources.replicaSets, { namespace: shop, name: newest })
    if (current === undefined) this.#create(deployment, newest)
    else this.#scale(current, wanted)
    const isUp = availableOf(current) >= wanted
    for (const rs of this.#replicaSetsOf(name))
      if (rs.metadata.name !== newest) this.#scale(rs, isUp ? 0 : Math.min(sizeOf(rs), wanted))
    this.#writeStatus(deployment, newest)
  }

  #create({ metadata, spec }: Deployment, name: string): void {
    const { uid = '', namespace = '' } = metadata
    const apiVersion = apiVersionOf(resources.deployments)
    const owner = { apiVersion, kind: 'Deployment', name: metadata.name, uid, controller: true }
    const rs = {
      apiVersion: apiVersionOf(resources.replicaSets),
      kind: 'ReplicaSet',
      metadata: { name, namespace, labels: { ...spec.template.metadata?.labels }, ownerReferences: [owner] },
      spec: { replicas: spec.replicas, selector: spec.selector, template: spec.template },
    }
    this.#api.create(resources.replicaSets, rs, by)
  }

  #scale(rs: ReplicaSet, replicas: number): void {
    if (sizeOf(rs) === replicas) return
    this.#api.patch(resources.replicaSets, rs.metadata, { type: 'merge', body: { spec: { replicas } } }, by)
  }

  #writeStatus({ metadata }: Deployment, newest: string): void {
    const all = this.#replicaSetsOf(metadata.name)
    const status = {
      observedGeneration: metadata.generation,
      replicas: sumOf(all, existingOf),
      updatedReplicas: existingOf(all.find((rs) => rs.metadata.name === newest)),
      readyReplicas: sumOf(all, readyOf),
      availableReplicas: sumOf(all, availableOf),
    }
    this.#api.patch(resources.deployments, metadata, { type: 'merge', body: { status }, subresource: 'status' }, by)
  }
}

/** Of the ReplicaSets that are not the Rollout's. */
export const isOfDeployment = (object: KubeObject): boolean =>
  object.metadata.ownerReferences?.some((each) => each.controller === true && each.kind === 'Deployment') === true
