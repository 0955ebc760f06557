import type { KubeObject } from './meta.ts'
import type { Resource } from './resources.ts'
import { object, type Schema, text } from './schema/schema.ts'

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
      readonly categories?: readonly string[]
    }
    readonly versions: readonly DefinedVersion[]
  }
}

export interface DefinedVersion {
  readonly name: string
  readonly served: true
  readonly storage: boolean
  readonly schema: { readonly openAPIV3Schema: Schema }
  readonly additionalPrinterColumns: readonly Column[]
  readonly subresources?: object
}

/** `additionalPrinterColumns`. */
export interface Column {
  readonly name: string
  readonly type: 'integer' | 'string' | 'date'
  readonly description: string
  readonly jsonPath: string
  /** Above 0 it is shown with `-o wide` only. */
  readonly priority?: number
}

export const age: Column = {
  name: 'Age',
  type: 'date',
  description: 'How long it has been there.',
  jsonPath: '.metadata.creationTimestamp',
}

export interface KindOptions {
  readonly description: string
  readonly annotations?: Readonly<Record<string, string>>
  /** Of the same form, the stored one first; that of the resource alone when absent. */
  readonly versions?: readonly string[]
  readonly shortNames: readonly string[]
  readonly categories?: readonly string[]
  readonly columns: readonly Column[]
  readonly spec: Schema
  /** Whether an object without it is refused; it is when absent. */
  readonly specRequired?: boolean
  readonly status?: Schema
  readonly subresources?: object
}

export function define(resource: Resource, options: KindOptions): CustomResourceDefinition {
  const { group, version, plural, kind, namespaced } = resource
  const { annotations, shortNames, categories, versions = [version], columns, subresources } = options
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, ...(annotations !== undefined && { annotations }) },
    spec: {
      group,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        shortNames,
        ...(categories !== undefined && { categories }),
      },
      versions: versions.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        schema: { openAPIV3Schema: wholeObject(options) },
        additionalPrinterColumns: columns,
        ...(subresources !== undefined && { subresources }),
      })),
    },
  }
}

const wholeObject = ({ description, spec, specRequired = true, status }: KindOptions) =>
  object(
    description,
    {
      apiVersion: text('Group and version in which this object is written.'),
      kind: text('What this object is.'),
      metadata: { type: 'object' },
      spec,
      ...(status !== undefined && { status }),
    },
    specRequired ? ['spec'] : [],
  )
