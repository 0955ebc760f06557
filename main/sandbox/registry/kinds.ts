import { type Resource, resources } from '#api/resources.ts'
import type { Schema } from '#api/schema/schema.ts'

/** A resource as served: what discovery, storage and tables need to know about it. */
export interface ServedKind extends Resource {
  readonly singular: string
  readonly listKind: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  /** Status is written through `/status` only. */
  readonly hasStatus: boolean
  readonly scale: ScalePaths | undefined
  /** Only custom kinds say these. */
  readonly custom: CustomKind | undefined
}

export interface ScalePaths {
  readonly specReplicas: readonly string[]
  readonly statusReplicas: readonly string[]
  readonly labelSelector: readonly string[] | undefined
}

export interface CustomKind {
  readonly schema: Schema | undefined
  readonly columns: readonly PrinterColumn[]
}

/** `additionalPrinterColumns` of a CustomResourceDefinition. */
export interface PrinterColumn {
  readonly name: string
  readonly type: string
  readonly jsonPath: string
  readonly description?: string
  readonly format?: string
  readonly priority?: number
}

/** One per resource, whatever the version asked for. */
export const storageKey = (resource: Pick<Resource, 'group' | 'plural'>): string =>
  `${resource.group}/${resource.plural}`

export const isNamespaces = (resource: Resource): boolean => storageKey(resource) === storageKey(resources.namespaces)

export const isDefinitions = (resource: Resource): boolean =>
  storageKey(resource) === storageKey(resources.customResourceDefinitions)

/** Goes only after everything in it: a namespace after its objects, a definition after the objects it defines. */
export const isContainer = (resource: Resource): boolean => isNamespaces(resource) || isDefinitions(resource)

interface Traits {
  readonly short?: readonly string[]
  readonly all?: boolean
  readonly status?: boolean
  readonly scale?: boolean
}

const replicasScale: ScalePaths = {
  specReplicas: ['spec', 'replicas'],
  statusReplicas: ['status', 'replicas'],
  labelSelector: undefined,
}

function builtIn(
  resource: Resource,
  { short = [], all = false, status = false, scale = false }: Traits = {},
): ServedKind {
  return {
    ...resource,
    singular: resource.kind.toLowerCase(),
    listKind: `${resource.kind}List`,
    shortNames: short,
    categories: all ? ['all'] : [],
    hasStatus: status,
    scale: scale ? replicasScale : undefined,
    custom: undefined,
  }
}

const other = (group: string, plural: string, kind: string, namespaced = true, version = 'v1'): Resource => ({
  group,
  version,
  plural,
  kind,
  namespaced,
})

/** Kinds served without a definition. Those without a controller here are stored and listed, nothing more. */
export const builtInKinds: readonly ServedKind[] = [
  builtIn(resources.configMaps, { short: ['cm'] }),
  builtIn(resources.endpoints, { short: ['ep'] }),
  builtIn(resources.events, { short: ['ev'] }),
  builtIn(resources.namespaces, { short: ['ns'], status: true }),
  builtIn(resources.nodes, { short: ['no'], status: true }),
  builtIn(resources.persistentVolumeClaims, { short: ['pvc'], status: true }),
  builtIn(resources.pods, { short: ['po'], all: true, status: true }),
  builtIn(resources.podTemplates),
  builtIn(other('', 'limitranges', 'LimitRange'), { short: ['limits'] }),
  builtIn(resources.resourceQuotas, { short: ['quota'], status: true }),
  builtIn(resources.secrets),
  builtIn(resources.serviceAccounts, { short: ['sa'] }),
  builtIn(resources.services, { short: ['svc'], all: true, status: true }),
  builtIn(other('apps', 'daemonsets', 'DaemonSet'), { short: ['ds'], all: true, status: true }),
  builtIn(resources.deployments, { short: ['deploy'], all: true, status: true, scale: true }),
  builtIn(resources.replicaSets, { short: ['rs'], all: true, status: true, scale: true }),
  builtIn(other('apps', 'statefulsets', 'StatefulSet'), { short: ['sts'], all: true, status: true, scale: true }),
  // The first version is the one that is stored.
  ...['v2', 'v1'].map((version) =>
    builtIn(other('autoscaling', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', true, version), {
      short: ['hpa'],
      all: true,
      status: true,
    }),
  ),
  builtIn(other('batch', 'cronjobs', 'CronJob'), { short: ['cj'], all: true, status: true }),
  builtIn(resources.jobs, { all: true, status: true }),
  builtIn(resources.leases),
  builtIn(resources.endpointSlices),
  builtIn(other('networking.k8s.io', 'ingressclasses', 'IngressClass', false)),
  builtIn(other('networking.k8s.io', 'ingresses', 'Ingress'), { short: ['ing'], status: true }),
  builtIn(other('policy', 'poddisruptionbudgets', 'PodDisruptionBudget'), { short: ['pdb'], status: true }),
  builtIn(other('rbac.authorization.k8s.io', 'clusterroles', 'ClusterRole', false)),
  builtIn(other('rbac.authorization.k8s.io', 'clusterrolebindings', 'ClusterRoleBinding', false)),
  builtIn(other('rbac.authorization.k8s.io', 'roles', 'Role')),
  builtIn(other('rbac.authorization.k8s.io', 'rolebindings', 'RoleBinding')),
  builtIn(resources.customResourceDefinitions, { short: ['crd', 'crds'], status: true }),
]
