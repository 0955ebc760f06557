import type { Schema } from '#api/schema/schema.ts'
import type { MemoryStore } from '../memory-store.ts'
import { schemaOf } from '../registry/kind-schemas.ts'
import type { ServedKind } from '../registry/kinds.ts'
import { hashText } from '../seeded.ts'

const rootOf = ({ group, version }: ServedKind) => (group === '' ? `api/${version}` : `apis/${group}/${version}`)

/** `/openapi/v3`: where the document of each group and version is, with a hash that changes when its kinds do. */
export function openApiIndex(store: MemoryStore): unknown {
  const roots = Map.groupBy(store.served(), rootOf)
  const entries = [...roots].map(([root, kinds]) => {
    const hash = hashText(JSON.stringify(kinds)).toString(16).toUpperCase()
    return [root, { serverRelativeURL: `/openapi/v3/${root}?hash=${hash}` }]
  })
  return { paths: Object.fromEntries(entries) }
}

/** `/openapi/v3/api/v1`: paths and schemas as far as kubectl reads them; `undefined` when nothing is served there. */
export function openApiDocument(store: MemoryStore, root: string): unknown {
  const kinds = store.served().filter((kind) => rootOf(kind) === root)
  if (kinds.length === 0) return undefined
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.34.0' },
    paths: Object.fromEntries(kinds.flatMap(pathsOf)),
    components: { schemas: Object.fromEntries(kinds.map((kind) => [schemaName(kind), documentedSchema(kind)])) },
  }
}

const schemaName = ({ group, version, kind }: ServedKind) =>
  `${(group === '' ? 'core.k8s.io' : group).split('.').toReversed().join('.')}.${version}.${kind}`

const gvkOf = ({ group, version, kind }: ServedKind) => ({ group, version, kind })

function documentedSchema(kind: ServedKind): unknown {
  const schema: Schema = schemaOf(kind) ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  return {
    ...schema,
    properties: { ...schema.properties, ...objectFields },
    'x-kubernetes-group-version-kind': [gvkOf(kind)],
  }
}

const objectFields: Readonly<Record<string, Schema>> = {
  apiVersion: { type: 'string', description: 'Version of the form in which this object is written.' },
  kind: { type: 'string', description: 'What this object is.' },
  metadata: { type: 'object', description: 'Name, labels and what else every object has.' },
}

/** kubectl looks for `fieldValidation` and `dryRun` among the parameters of a kind's operations. */
const queryParameters = ['dryRun', 'fieldManager', 'fieldValidation', 'pretty'].map((name) => ({
  name,
  in: 'query',
  schema: { type: 'string', uniqueItems: true },
}))

function pathsOf(kind: ServedKind): readonly (readonly [string, unknown])[] {
  const scope = kind.namespaced ? '/namespaces/{namespace}' : ''
  const collection = `/${rootOf(kind)}${scope}/${kind.plural}`
  const content = { 'application/json': { schema: { $ref: `#/components/schemas/${schemaName(kind)}` } } }
  const operation = (action: string) => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvkOf(kind),
    parameters: queryParameters,
    responses: { 200: { description: 'OK', content } },
  })
  return [
    [collection, { get: operation('list'), post: operation('post') }],
    [
      `${collection}/{name}`,
      { get: operation('get'), put: operation('put'), patch: operation('patch'), delete: operation('delete') },
    ],
  ]
}
