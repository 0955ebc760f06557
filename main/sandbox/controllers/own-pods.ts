import type { Pod, PodTemplateSpec } from '#api/core.ts'
import type { KubeObject, ObjectMeta, Status } from '#api/meta.ts'
import { apiVersionOf, type Resource, resources } from '#api/resources.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import type { SandboxStore } from '../store.ts'
import type { EventSource, RecordEvent } from './event-recorder.ts'
import { atOf, controllerReference, keyOf } from './object-key.ts'
import { removeObject } from './write.ts'

/** A controller that makes pods, and tells of it on their owner. */
export interface PodMaker {
  readonly store: SandboxStore
  readonly record: RecordEvent
  readonly from: EventSource
}

/** Creates a pod that the owner controls, from a template; its name begins with that of its owner. */
export function createOwnPod(
  { store, record, from }: PodMaker,
  owner: KubeObject,
  resource: Resource,
  template: {
    readonly metadata?: Partial<ObjectMeta> | undefined
    readonly spec?: PodTemplateSpec['spec'] | undefined
  },
): Outcome<void, Status> {
  const { labels, annotations, finalizers } = template.metadata ?? {}
  const pod: Pod = {
    apiVersion: apiVersionOf(resources.pods),
    kind: 'Pod',
    metadata: {
      name: '',
      generateName: `${owner.metadata.name}-`,
      namespace: owner.metadata.namespace ?? '',
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: [controllerReference(owner, resource)],
    },
    spec: { ...template.spec, containers: template.spec?.containers ?? [] },
  }
  const outcome = store.create(resources.pods, pod)
  if (outcome.ok)
    record({
      about: owner,
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Created pod: ${outcome.value.metadata.name}`,
      from,
    })
  else
    record({
      about: owner,
      type: 'Warning',
      reason: 'FailedCreate',
      message: `Error creating: ${outcome.error.message}`,
      from,
    })
  return outcome.ok ? success(undefined) : outcome
}

export function removeOwnPod({ store, record, from }: PodMaker, owner: KubeObject, pod: Pod): Outcome<void, Status> {
  const outcome = removeObject(store, resources.pods, atOf(keyOf(pod)))
  const message = `Deleted pod: ${pod.metadata.name}`
  if (outcome.ok) record({ about: owner, type: 'Normal', reason: 'SuccessfulDelete', message, from })
  return outcome
}
