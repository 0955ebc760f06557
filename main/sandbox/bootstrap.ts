import { customResourceDefinitions } from '#api/custom-resource-definitions.ts'
import { controllerNamespace } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { type Resource, resources } from '#api/resources.ts'
import { routeDefinitions } from '#api/route-definitions.ts'
import { assert } from '#lib/assert.ts'
import type { EpochMs } from '#lib/clock.ts'
import { aNode } from './controllers/nodes.ts'
import type { SandboxStore } from './store.ts'

/** An object with whatever fields its kind has. */
export type Manifest = KubeObject & Readonly<Record<string, unknown>>

/** What is in a cluster before anyone uses it: nodes, the Rollouts kinds and those of traffic routers, the API's own Service, a name server, the Service of its metrics. */
export function furnish(store: SandboxStore, cluster: { readonly name: string; readonly nodes: number }): void {
  for (const definition of [...customResourceDefinitions, ...routeDefinitions])
    place(store, resources.customResourceDefinitions, definition)
  for (let ordinal = 1; ordinal <= cluster.nodes; ordinal++) {
    const node = aNode(cluster.name, ordinal, store.clock.now())
    place(store, resources.nodes, node)
    place(store, resources.leases, aNodeLease(node.metadata.name, store.clock.now()))
  }
  place(store, resources.namespaces, aNamespace(controllerNamespace))
  place(store, resources.services, apiService)
  place(store, resources.deployments, nameServer)
  place(store, resources.namespaces, aNamespace('monitoring'))
  place(store, resources.services, prometheus)
  place(store, resources.endpoints, prometheusEndpoints)
}

/** Stores an object of our own making; a refusal is our mistake. */
export function place(store: SandboxStore, resource: Resource, object: KubeObject): void {
  const outcome = store.create(resource, object)
  assert(
    outcome.ok,
    `the sandbox accepts its own ${object.kind} ${object.metadata.name}${outcome.ok ? '' : `: ${outcome.error.message}`}`,
  )
}

export const aNamespace = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })

/** Where a node would send its heartbeats. It sends none, and nothing here looks. */
const aNodeLease = (node: string, now: EpochMs): Manifest => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: node, namespace: 'kube-node-lease' },
  spec: {
    holderIdentity: node,
    leaseDurationSeconds: 40,
    renewTime: new Date(now).toISOString().replace('Z', '000Z'),
  },
})

const apiService: Manifest = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'kubernetes',
    namespace: 'default',
    labels: { component: 'apiserver', provider: 'kubernetes' },
  },
  spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, targetPort: 6443 }] },
}

const nameServer: Manifest = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'coredns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    template: {
      metadata: { labels: { 'k8s-app': 'kube-dns' } },
      spec: { containers: [{ name: 'coredns', image: 'registry.k8s.io/coredns/coredns:v1.12.4' }] },
    },
  },
}

/** Where the metrics of a cluster are, for all that is in it: `http://prometheus.monitoring:9090`. */
export const prometheusService = 'monitoring/prometheus'

const prometheusMetadata = { name: 'prometheus', namespace: 'monitoring', labels: { app: 'prometheus' } }

/** Without a selector: no pod is behind it, but the sandbox itself. */
const prometheus: Manifest = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: prometheusMetadata,
  spec: { ports: [{ name: 'http', port: 9090, targetPort: 9090 }] },
}

const prometheusEndpoints: Manifest = {
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: prometheusMetadata,
  subsets: [{ addresses: [{ ip: '10.96.90.90' }], ports: [{ name: 'http', port: 9090 }] }],
}
