import type { ReplicaSet } from '#api/apps.ts'
import type { Pod } from '#api/core.ts'
import type { KubeObject } from '#api/meta.ts'
import { apiVersionOf, resources } from '#api/resources.ts'
import { formatSeconds, parseTime } from '#lib/rfc3339.ts'
import type { Random } from './random.ts'
import type { Change, SimulatedApi } from './simulated-api.ts'
import type { SimulatedTime } from './simulated-time.ts'

const by = 'workloads'

/** Pods of images that end like this never become ready. */
export const brokenSuffix = ':broken'

export const isBrokenImage = (image: string | undefined): boolean => image?.endsWith(brokenSuffix) === true

export const imageOf = (of: { readonly spec?: { readonly containers: readonly { readonly image?: string }[] } }) =>
  of.spec?.containers[0]?.image

/**
 * The ReplicaSet controller and the kubelet: after a while ReplicaSets have the pods they want, and pods are ready, unless their
 * image is broken. Unready pods go first and then those ready for the shortest time, as upstream.
 */
export class SimulatedWorkloads {
  readonly #api: SimulatedApi
  readonly #time: SimulatedTime
  readonly #random: Random
  /** Keys of ReplicaSets that are about to be looked at, and when. */
  readonly #planned = new Map<string, number>()
  #podsCreated = 0

  constructor(api: SimulatedApi, time: SimulatedTime, random: Random) {
    this.#api = api
    this.#time = time
    this.#random = random
    api.onChange((change) => this.#onChange(change))
  }

  #onChange({ resource, object, type }: Change): void {
    if (resource === resources.replicaSets) {
      if (type === 'DELETED') this.#removePodsOf(object)
      else this.#plan(object.metadata.name, this.#random.int(5, 300))
    } else if (resource === resources.pods) {
      if (type === 'ADDED') this.#time.after(this.#random.int(300, 4000), () => this.#makeReady(object.metadata.name))
      const owner = ownerOf(object)
      if (owner !== undefined) this.#plan(owner, this.#random.int(5, 300))
    }
  }

  /** Looks once at the earliest of the moments asked for. */
  #plan(name: string, inMs: number): void {
    const at = this.#time.now() + inMs
    const planned = this.#planned.get(name)
    if (planned !== undefined && planned <= at) return
    this.#planned.set(name, at)
    this.#time.after(inMs, () => {
      if (this.#planned.get(name) !== at) return
      this.#planned.delete(name)
      this.#reconcile(name)
    })
  }

  #reconcile(name: string): void {
    const rs = this.#api.read<ReplicaSet>(resources.replicaSets, { namespace: 'shop', name })
    if (rs === undefined) return
    const pods = this.podsOf(rs)
    const missing = (rs.spec.replicas ?? 1) - pods.length
    for (let i = 0; i < missing; i++) this.#createPod(rs)
    if (missing < 0)
      for (const pod of pods.toSorted((a, b) => readyAt(b) - readyAt(a)).slice(0, -missing))
        this.#api.delete(resources.pods, pod.metadata, by)
    this.#writeStatus(rs)
  }

  podsOf(rs: ReplicaSet): readonly Pod[] {
    return this.#api.all<Pod>(resources.pods).filter((pod) => ownerOf(pod) === rs.metadata.name)
  }

  #writeStatus(rs: ReplicaSet): void {
    const pods = this.podsOf(rs)
    const ready = pods.filter(isReady)
    const minReadyMs = (rs.spec.minReadySeconds ?? 0) * 1000
    const availableAt = ready.map((pod) => readyAt(pod) + minReadyMs)
    const pending = availableAt.filter((at) => at > this.#time.now())
    if (pending.length > 0) this.#plan(rs.metadata.name, Math.min(...pending) - this.#time.now())
    const status = {
      replicas: pods.length,
      fullyLabeledReplicas: pods.length,
      readyReplicas: ready.length,
      availableReplicas: ready.length - pending.length,
      observedGeneration: rs.metadata.generation ?? 1,
    }
    this.#api.patch(resources.replicaSets, rs.metadata, { type: 'merge', body: { status }, subresource: 'status' }, by)
  }

  #createPod(rs: ReplicaSet): void {
    const { name, uid = '', namespace = '' } = rs.metadata
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `${name}-${++this.#podsCreated}`,
        namespace,
        labels: { ...rs.spec.template.metadata?.labels },
        ownerReferences: [
          { apiVersion: apiVersionOf(resources.replicaSets), kind: 'ReplicaSet', name, uid, controller: true },
        ],
      },
      spec: rs.spec.template.spec ?? { containers: [] },
    }
    this.#api.create(resources.pods, pod, by)
  }

  #makeReady(name: string): void {
    const pod = this.#api.read<Pod>(resources.pods, { namespace: 'shop', name })
    if (pod === undefined || isBrokenImage(imageOf(pod))) return
    const ready = { type: 'Ready', status: 'True', lastTransitionTime: formatSeconds(this.#time.now()) }
    const body = { status: { phase: 'Running', conditions: [ready] } }
    this.#api.patch(resources.pods, pod.metadata, { type: 'merge', body, subresource: 'status' }, by)
  }

  #removePodsOf(rs: KubeObject): void {
    for (const pod of this.#api.all<Pod>(resources.pods))
      if (ownerOf(pod) === rs.metadata.name) this.#api.delete(resources.pods, pod.metadata, by)
  }
}

export const ownerOf = (object: KubeObject): string | undefined =>
  object.metadata.ownerReferences?.find((each) => each.controller === true)?.name

const readyCondition = (pod: Pod) => pod.status?.conditions?.find(({ type }) => type === 'Ready')

const isReady = (pod: Pod): boolean => readyCondition(pod)?.status === 'True'

/** In ms; never, for a pod that is not ready. */
const readyAt = (pod: Pod): number =>
  isReady(pod) ? (parseTime(readyCondition(pod)?.lastTransitionTime) ?? 0) : Number.MAX_SAFE_INTEGER
