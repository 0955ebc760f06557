import type { Deployment, ReplicaSet } from '#api/apps.ts'
import type { Pod, Service } from '#api/core.ts'
import type { KubeObject } from '#api/meta.ts'
import { type Resource, resources } from '#api/resources.ts'
import { silentLog } from '#lib/log.ts'
import { aNode } from '#main/sandbox/controllers/nodes.ts'
import { startControllers } from '#main/sandbox/controllers/start-controllers.ts'
import { createMemoryStore, type MemoryStore } from '#main/sandbox/memory-store.ts'
import { VirtualClock } from './virtual-clock.ts'

export interface LivingCluster {
  readonly clock: VirtualClock
  readonly store: MemoryStore
  /** Stores the object; a refusal fails the test. */
  create<T extends KubeObject>(resource: Resource, object: T): T
  /** Changes what a user would change. */
  edit<T extends KubeObject>(resource: Resource, name: string, change: (draft: T) => T): T
  read<T extends KubeObject>(resource: Resource, name: string): T | undefined
  pods(): readonly Pod[]
}

/** A store with two nodes and all controllers running, on virtual time. Objects of the tests live in `shop`. */
export function aLivingCluster(seed = 7): LivingCluster {
  const clock = new VirtualClock()
  const store = createMemoryStore({ clock, seed })
  const create = <T extends KubeObject>(resource: Resource, object: T): T => {
    const outcome = store.create(resource, object)
    if (!outcome.ok) throw new Error(outcome.error.message)
    return outcome.value as T
  }
  create(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
  create(resources.nodes, aNode('test', 1, clock.now()))
  create(resources.nodes, aNode('test', 2, clock.now()))
  startControllers(store, { seed, speed: 1 }, silentLog)
  return {
    clock,
    store,
    create,
    edit<T extends KubeObject>(resource: Resource, name: string, change: (draft: T) => T): T {
      const outcome = store.mutate(resource, { namespace: 'shop', name }, change)
      if (!outcome.ok) throw new Error(outcome.error.message)
      return outcome.value as T
    },
    read: <T extends KubeObject>(resource: Resource, name: string) =>
      store.get(resource, { namespace: 'shop', name }) as T | undefined,
    pods: () => store.list(resources.pods, 'shop') as readonly Pod[],
  }
}

export const aDeployment = (
  options: { readonly name?: string; readonly image?: string; readonly replicas?: number; readonly spec?: object } = {},
): Deployment => {
  const { name = 'web', image = 'registry.test/web:1.0.0', replicas = 3 } = options
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image }] } },
      ...options.spec,
    },
  }
}

export const aReplicaSet = (name: string, replicas: number, image = 'registry.test/web:1.0.0'): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name, namespace: 'shop' },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image }] } },
  },
})

export const aPod = (name: string, image: string, spec: object = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', labels: { app: name } },
  spec: { containers: [{ name: 'app', image }], ...spec },
})

export const aService = (name: string, selector: Readonly<Record<string, string>>): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec: { selector, ports: [{ port: 80, targetPort: 8080 }] },
})

/** The image of the template, replaced. */
export const withImage =
  (image: string) =>
  (deployment: Deployment): Deployment => ({
    ...deployment,
    spec: {
      ...deployment.spec,
      template: { ...deployment.spec.template, spec: { containers: [{ name: 'app', image }] } },
    },
  })
