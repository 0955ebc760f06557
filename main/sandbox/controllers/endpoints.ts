import type { Pod, Service } from '#api/core.ts'
import type { KubeObject, Status } from '#api/meta.ts'
import { apiVersionOf, type Resource, resources } from '#api/resources.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import { nameSuffix } from '../seeded.ts'
import type { SandboxStore } from '../store.ts'
import { type Controller, settled } from './controller.ts'
import type { ObjectIndex } from './object-index.ts'
import { atOf, controllerReference, isOf, keyOf, type ObjectKey } from './object-key.ts'
import { isReady } from './pod-life.ts'
import { inOrder, removeObject, updateObject } from './write.ts'

/**
 * Keeps one EndpointSlice and one Endpoints object for each Service with a selector. Upstream starts another slice after
 * 100 addresses; here one holds them all.
 */
export function endpointsController(store: SandboxStore, index: ObjectIndex, seed: number): Controller {
  return {
    name: 'endpoints',
    wakes(change) {
      if (isOf(change, resources.services)) return [keyOf(change.object)]
      if (!isOf(change, resources.pods)) return []
      const before = change.previous === undefined ? [] : index.servicesSelecting(change.previous)
      return new Set([...before, ...index.servicesSelecting(change.object)].map(keyOf))
    },
    reconcile(key) {
      const service = store.get(resources.services, atOf(key)) as Service | undefined
      // The slice is owned by the Service and collected; Endpoints have no owner.
      if (service === undefined) return after(removeObject(store, resources.endpoints, atOf(key)))
      const selector = service.spec?.selector ?? {}
      if (Object.keys(selector).length === 0 || service.metadata.deletionTimestamp !== undefined) return settled
      const pods = index
        .pods(service.metadata.namespace ?? '', { matchLabels: selector })
        .filter(hasAddress)
        .toSorted(byName)
      const sliceName = `${service.metadata.name}-${nameSuffix(seed, 'slice', service.metadata.uid ?? '')}`
      return after(
        inOrder([
          () => put(store, resources.endpointSlices, endpointSlice(service, sliceName, pods)),
          () => put(store, resources.endpoints, endpoints(service, pods)),
        ]),
      )
    },
  }
}

const after = (outcome: Outcome<void, Status>) => (outcome.ok ? settled : outcome)

const hasAddress = (pod: Pod): boolean =>
  pod.status?.podIP !== undefined && pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed'

const byName = (a: Pod, b: Pod): number => (a.metadata.name < b.metadata.name ? -1 : 1)

/** Creates the object, or writes all but its metadata over the one that is there. */
function put(store: SandboxStore, resource: Resource, object: KubeObject): Outcome<void, Status> {
  const key: ObjectKey = keyOf(object)
  if (store.get(resource, atOf(key)) !== undefined)
    return updateObject<KubeObject>(store, resource, atOf(key), (draft) => ({ ...object, metadata: draft.metadata }))
  const created = store.create(resource, object)
  return created.ok ? success(undefined) : created
}

type Ported = readonly { readonly name: string; readonly port: number; readonly protocol: string }[]

/** A named target port is resolved on the first pod; where it cannot be, the Service's own number stands. */
const portsOf = (service: Service, pods: readonly Pod[]): Ported =>
  (service.spec?.ports ?? []).map(({ name = '', port, targetPort, protocol = 'TCP' }) => ({
    name,
    port: typeof targetPort === 'number' ? targetPort : (namedPort(pods[0], targetPort) ?? port),
    protocol,
  }))

function namedPort(pod: Pod | undefined, name: string | undefined): number | undefined {
  const ports = (pod?.spec.containers ?? []).flatMap(
    (each) => (each['ports'] ?? []) as readonly { readonly name?: string; readonly containerPort: number }[],
  )
  return ports.find((each) => each.name === name)?.containerPort
}

const targetOf = (pod: Pod) => ({
  kind: 'Pod',
  name: pod.metadata.name,
  namespace: pod.metadata.namespace,
  uid: pod.metadata.uid,
})

function endpointSlice(service: Service, name: string, pods: readonly Pod[]): KubeObject {
  const slice: KubeObject & Readonly<Record<string, unknown>> = {
    apiVersion: apiVersionOf(resources.endpointSlices),
    kind: 'EndpointSlice',
    metadata: {
      name,
      namespace: service.metadata.namespace ?? '',
      labels: {
        ...service.metadata.labels,
        'kubernetes.io/service-name': service.metadata.name,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      ownerReferences: [controllerReference(service, resources.services)],
    },
    addressType: 'IPv4',
    ports: portsOf(service, pods),
    endpoints: pods.map((pod) => {
      const terminating = pod.metadata.deletionTimestamp !== undefined
      return {
        addresses: [pod.status?.podIP],
        conditions: { ready: isReady(pod) && !terminating, serving: isReady(pod), terminating },
        nodeName: pod.spec.nodeName,
        targetRef: targetOf(pod),
      }
    }),
  }
  return slice
}

function endpoints(service: Service, pods: readonly Pod[]): KubeObject {
  const address = (pod: Pod) => ({ ip: pod.status?.podIP, nodeName: pod.spec.nodeName, targetRef: targetOf(pod) })
  const living = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined)
  const ready = living.filter(isReady).map(address)
  const notReady = living.filter((pod) => !isReady(pod)).map(address)
  const subset = {
    ...(ready.length > 0 && { addresses: ready }),
    ...(notReady.length > 0 && { notReadyAddresses: notReady }),
    ports: portsOf(service, pods),
  }
  const object: KubeObject & Readonly<Record<string, unknown>> = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name: service.metadata.name,
      namespace: service.metadata.namespace ?? '',
      ...(service.metadata.labels && { labels: service.metadata.labels }),
    },
    ...(living.length > 0 && { subsets: [subset] }),
  }
  return object
}
