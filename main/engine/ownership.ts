import type { KubeObject, OwnerReference } from '#api/meta.ts'
import { apiVersionOf, type Resource } from '#api/resources.ts'

/** What makes `owner` the controller of an object (API-155). */
export const controlledBy = (resource: Resource, { metadata }: KubeObject): OwnerReference => ({
  apiVersion: apiVersionOf(resource),
  kind: resource.kind,
  name: metadata.name,
  uid: metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
})

export const controllerOf = ({ metadata }: KubeObject): OwnerReference | undefined =>
  metadata.ownerReferences?.find((owner) => owner.controller === true)

export function isControlledBy(object: KubeObject, { metadata }: KubeObject): boolean {
  const controller = controllerOf(object)
  return controller !== undefined && controller.uid === metadata.uid
}
