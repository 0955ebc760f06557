import type { Pod, Service } from '#api/core.ts'
import type { KubeObject, LabelSelector } from '#api/meta.ts'
import { type Resource, resources } from '#api/resources.ts'
import type { Dispose } from '#lib/clock.ts'
import { matchesSelector } from '#lib/label-selector.ts'
import type { SandboxStore, StoreChange } from '../store.ts'
import { controllerOf, isOf, keyOf, type ObjectKey, sameResource } from './object-key.ts'

export interface Indexed {
  readonly resource: Resource
  readonly object: KubeObject
}

/**
 * Answers the questions of the controllers without scans: who is owned by whom, which pods carry a label, which Services
 * select a pod. Kept current by the store's changes; must subscribe before the controllers do.
 */
export class ObjectIndex {
  readonly #byUid = new Map<string, Indexed>()
  readonly #ownedBy = new Buckets<Indexed>()
  readonly #podsByLabel = new Buckets<Pod>()
  readonly #orphanPods = new Buckets<Pod>()
  readonly #podsOnNode = new Buckets<Pod>()
  readonly #servicesBySelector = new Buckets<Service>()
  readonly stop: Dispose

  constructor(store: SandboxStore) {
    for (const resource of store.served())
      for (const object of store.list(resource)) this.#apply({ type: 'ADDED', resource, object, previous: undefined })
    this.stop = store.onChange((change) => this.#apply(change))
  }

  byUid(uid: string): Indexed | undefined {
    return this.#byUid.get(uid)
  }

  /** Objects with any owner reference to this uid. */
  ownedBy(uid: string): readonly Indexed[] {
    return this.#ownedBy.values(uid)
  }

  /** Objects of one kind whose controller is this object. */
  controlledBy<T extends KubeObject>(owner: KubeObject, resource: Resource): readonly T[] {
    const uid = owner.metadata.uid ?? ''
    return this.ownedBy(uid)
      .filter((each) => sameResource(each.resource, resource) && controllerOf(each.object)?.uid === uid)
      .map((each) => each.object as T)
  }

  /** Pods of the namespace that match; an empty selector matches none, so that nothing is ever taken by accident. */
  pods(namespace: string, selector: LabelSelector): readonly Pod[] {
    const buckets = Object.entries(selector.matchLabels ?? {}).map((label) => labelBucket(namespace, label))
    const rarest = buckets.toSorted((a, b) => this.#podsByLabel.size(a) - this.#podsByLabel.size(b))[0]
    if (rarest === undefined) return []
    return this.#podsByLabel.values(rarest).filter((pod) => matchesSelector(selector, pod.metadata.labels ?? {}))
  }

  /** Pods of the namespace that no controller owns. */
  orphanPods(namespace: string): readonly Pod[] {
    return this.#orphanPods.values(namespace)
  }

  podsOnNode(node: string): readonly Pod[] {
    return this.#podsOnNode.values(node)
  }

  servicesSelecting(pod: KubeObject): readonly Service[] {
    const namespace = pod.metadata.namespace ?? ''
    const labels = pod.metadata.labels ?? {}
    return Object.entries(labels)
      .flatMap((label) => this.#servicesBySelector.values(labelBucket(namespace, label)))
      .filter((service) => Object.entries(service.spec?.selector ?? {}).every(([key, value]) => labels[key] === value))
  }

  #apply(change: StoreChange): void {
    if (isOf(change, resources.events) || isOf(change, resources.leases)) return
    if (change.previous !== undefined) this.#remove(change.resource, change.previous)
    if (change.type === 'DELETED') this.#remove(change.resource, change.object)
    else this.#add(change.resource, change.object)
  }

  #add(resource: Resource, object: KubeObject): void {
    const uid = object.metadata.uid ?? ''
    const indexed = { resource, object }
    this.#byUid.set(uid, indexed)
    for (const owner of object.metadata.ownerReferences ?? []) this.#ownedBy.add(owner.uid, uid, indexed)
    if (sameResource(resource, resources.pods))
      for (const [buckets, bucket] of this.#podBuckets(object as Pod)) buckets.add(bucket, keyOf(object), object as Pod)
    if (sameResource(resource, resources.services)) {
      const bucket = serviceBucket(object as Service)
      if (bucket !== undefined) this.#servicesBySelector.add(bucket, keyOf(object), object as Service)
    }
  }

  #remove(resource: Resource, object: KubeObject): void {
    const uid = object.metadata.uid ?? ''
    this.#byUid.delete(uid)
    for (const owner of object.metadata.ownerReferences ?? []) this.#ownedBy.remove(owner.uid, uid)
    if (sameResource(resource, resources.pods))
      for (const [buckets, bucket] of this.#podBuckets(object as Pod)) buckets.remove(bucket, keyOf(object))
    if (sameResource(resource, resources.services)) {
      const bucket = serviceBucket(object as Service)
      if (bucket !== undefined) this.#servicesBySelector.remove(bucket, keyOf(object))
    }
  }

  #podBuckets(pod: Pod): readonly (readonly [Buckets<Pod>, string])[] {
    const namespace = pod.metadata.namespace ?? ''
    const labels = Object.entries(pod.metadata.labels ?? {})
    return [
      ...labels.map((label) => [this.#podsByLabel, labelBucket(namespace, label)] as const),
      ...(controllerOf(pod) === undefined ? [[this.#orphanPods, namespace] as const] : []),
      ...(pod.spec.nodeName === undefined ? [] : [[this.#podsOnNode, pod.spec.nodeName] as const]),
    ]
  }
}

const labelBucket = (namespace: string, [key, value]: readonly [string, string]) => `${namespace}\n${key}=${value}`

/** A Service is found through one of its selector's labels; the rest is checked on the way out. */
function serviceBucket(service: Service): string | undefined {
  const label = Object.entries(service.spec?.selector ?? {})[0]
  return label === undefined ? undefined : labelBucket(service.metadata.namespace ?? '', label)
}

/** Sets of values by bucket; empty buckets vanish. */
class Buckets<T> {
  readonly #buckets = new Map<string, Map<ObjectKey, T>>()

  add(bucket: string, key: string, value: T): void {
    const values = this.#buckets.get(bucket)
    if (values === undefined) this.#buckets.set(bucket, new Map([[key, value]]))
    else values.set(key, value)
  }

  remove(bucket: string, key: string): void {
    const values = this.#buckets.get(bucket)
    values?.delete(key)
    if (values?.size === 0) this.#buckets.delete(bucket)
  }

  values(bucket: string): readonly T[] {
    return [...(this.#buckets.get(bucket)?.values() ?? [])]
  }

  size(bucket: string): number {
    return this.#buckets.get(bucket)?.size ?? 0
  }
}
