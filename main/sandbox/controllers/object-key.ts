import type { KubeObject, OwnerReference } from '#api/meta.ts'
import { apiVersionOf, type Resource } from '#api/resources.ts'
import type { SandboxAt, StoreChange } from '../store.ts'

/** `namespace/name`; a cluster-scoped object has an empty namespace. */
export type ObjectKey = string

export const keyOf = (object: KubeObject): ObjectKey => `${object.metadata.namespace ?? ''}/${object.metadata.name}`

export function atOf(key: ObjectKey): SandboxAt {
  const slash = key.indexOf('/')
  const namespace = key.slice(0, slash)
  const name = key.slice(slash + 1)
  return namespace === '' ? { name } : { namespace, name }
}

export const isOf = (change: StoreChange, resource: Resource): boolean => sameResource(change.resource, resource)

export const sameResource = (one: Resource, other: Resource): boolean =>
  one.plural === other.plural && one.group === other.group

export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((each) => each.controller === true)

/** The reference a controller puts on what it creates. */
export const controllerReference = (owner: KubeObject, resource: Resource): OwnerReference => ({
  apiVersion: apiVersionOf(resource),
  kind: resource.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
})
