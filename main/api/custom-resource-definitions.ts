import type { KubeObject } from './meta.ts'
import { type Resource, resources } from './resources.ts'

/** `apiextensions.k8s.io/v1`, as far as it is written here. */
export interface CustomResourceDefinition extends KubeObject {
  readonly kind: 'CustomResourceDefinition'
  readonly spec: {
    readonly group: string
    readonly scope: 'Namespaced' | 'Cluster'
    readonly names: {
      readonly kind: string
      readonly listKind: string
      readonly plural: string
      readonly singular: string
      readonly shortNames: readonly string[]
    }
    readonly versions: readonly object[]
  }
}

type Schema = Readonly<Record<string, unknown>>

interface Column {
  readonly name: string
  readonly type: 'integer' | 'string' | 'date'
  readonly jsonPath: string
}

/** An object whose named fields have a schema and whose other fields are kept as they are. */
const open = (properties: Readonly<Record<string, Schema>> = {}, rest: Schema = {}): Schema => ({
  type: 'object',
  'x-kubernetes-preserve-unknown-fields': true,
  ...(Object.keys(properties).length === 0 ? {} : { properties }),
  ...rest,
})

const list = (items: Schema): Schema => ({ type: 'array', items })

/** The one default that is part of the pod hash wherever ports are named (API-7). */
const containers = list(
  open({
    ports: list(
      open({ containerPort: { type: 'integer', format: 'int32' }, protocol: { type: 'string', default: 'TCP' } }),
    ),
  }),
)

/** Immutable (API-5); the fields are spelled out because only those can be compared. */
const selector: Schema = {
  type: 'object',
  properties: {
    matchLabels: { type: 'object', additionalProperties: { type: 'string' } },
    matchExpressions: list({
      type: 'object',
      required: ['key', 'operator'],
      properties: {
        key: { type: 'string' },
        operator: { type: 'string' },
        values: list({ type: 'string' }),
      },
    }),
  },
  'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: '.spec.selector is immutable' }],
}

const rolloutSpec = open({
  replicas: { type: 'integer', format: 'int32' },
  selector,
  template: open({ spec: open({ containers, initContainers: containers, ephemeralContainers: containers }) }),
})

const count = (name: string, jsonPath: string): Column => ({ name, type: 'integer', jsonPath })
const age: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }

function define(
  resource: Resource,
  options: {
    readonly shortNames: readonly string[]
    readonly columns: readonly Column[]
    readonly spec?: Schema
    readonly subresources?: object
  },
): CustomResourceDefinition {
  const { group, version, plural, kind, namespaced } = resource
  const { shortNames, columns, spec = open(), subresources } = options
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), shortNames },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', required: ['spec'], properties: { spec, status: open() } } },
          additionalPrinterColumns: columns,
          ...(subresources === undefined ? {} : { subresources }),
        },
      ],
    },
  }
}

const status: Column = { name: 'Status', type: 'string', jsonPath: '.status.phase' }

/**
 * The kinds a cluster must serve before anything can be rolled out, with open schemas: what the engine does not know is
 * kept. Only the Rollout has `status` and `scale` apart (API-2, ACT-1). Clusters that have the definitions of an in-cluster
 * installation keep those.
 */
export const customResourceDefinitions: readonly CustomResourceDefinition[] = [
  define(resources.rollouts, {
    shortNames: ['ro'],
    spec: rolloutSpec,
    subresources: {
      status: {},
      scale: {
        specReplicasPath: '.spec.replicas',
        statusReplicasPath: '.status.HPAReplicas',
        labelSelectorPath: '.status.selector',
      },
    },
    columns: [
      count('Desired', '.spec.replicas'),
      count('Current', '.status.replicas'),
      count('Up-to-date', '.status.updatedReplicas'),
      count('Available', '.status.availableReplicas'),
      age,
    ],
  }),
  define(resources.analysisRuns, { shortNames: ['ar'], columns: [status, age] }),
  define(resources.analysisTemplates, { shortNames: ['at'], columns: [age] }),
  define(resources.clusterAnalysisTemplates, { shortNames: ['cat'], columns: [age] }),
  define(resources.experiments, { shortNames: ['exp'], columns: [status, age] }),
]
