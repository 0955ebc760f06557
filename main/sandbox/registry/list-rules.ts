import type { Schema } from '#api/schema/schema.ts'
import { fieldAt, isFields } from './fields.ts'
import { schemaOf } from './kind-schemas.ts'
import type { ServedKind } from './kinds.ts'

/** How the items of a list are told apart when two versions of it are merged. */
export type ListRule =
  | { readonly merge: 'atomic' }
  /** Strings that are their own key. */
  | { readonly merge: 'set' }
  /** Objects with the same values in these fields are the same item. */
  | { readonly merge: 'map'; readonly keys: readonly string[] }

const atomic: ListRule = { merge: 'atomic' }
const by = (...keys: readonly string[]): ListRule => ({ merge: 'map', keys })

/** Lists of the built-in kinds by name; a list not named here is replaced whole. */
const builtInLists: Readonly<Record<string, ListRule>> = {
  conditions: by('type'),
  containers: by('name'),
  devicePath: by('devicePath'),
  env: by('name'),
  ephemeralContainers: by('name'),
  finalizers: { merge: 'set' },
  hostAliases: by('ip'),
  imagePullSecrets: by('name'),
  initContainers: by('name'),
  ownerReferences: by('uid'),
  podIPs: by('ip'),
  resourceClaims: by('name'),
  secrets: by('name'),
  topologySpreadConstraints: by('topologyKey'),
  volumeDevices: by('devicePath'),
  volumeMounts: by('mountPath'),
  volumes: by('name'),
}

/** Ports of containers and of Services have different keys and the same name. */
const portKeys = (items: readonly unknown[]) =>
  items.some((item) => isFields(item) && 'containerPort' in item) ? by('containerPort') : by('port')

/** The rule of strategic merge patches, which know built-in kinds only. */
export function strategicRule(name: string, items: readonly unknown[]): ListRule {
  if (name === 'ports') return portKeys(items)
  return Object.hasOwn(builtInLists, name) ? (builtInLists[name] ?? atomic) : atomic
}

/**
 * The rule of server-side apply at a path of field names. Custom kinds say it in their schema. Ports are told apart by
 * protocol too.
 */
export function applyRule(kind: ServedKind, path: readonly string[], items: readonly unknown[]): ListRule {
  const name = path.at(-1) ?? ''
  if (kind.custom !== undefined && path[0] !== 'metadata') return schemaRule(kind.custom.schema, path)
  if (name !== 'ports') return strategicRule(name, items)
  const rule = portKeys(items)
  return rule.merge === 'map' ? by(...rule.keys, 'protocol') : rule
}

/** Whether an object is one field, replaced whole and owned whole, at a path of field names. */
export const isAtomic = (kind: ServedKind, path: readonly string[]): boolean =>
  fieldAt(schemaAt(schemaOf(kind), path), ['x-kubernetes-map-type']) === 'atomic'

function schemaAt(schema: Schema | undefined, path: readonly string[]): unknown {
  let at: unknown = schema
  for (const name of path) {
    const list = fieldAt(at, ['items'])
    const node = isFields(list) ? list : at
    at = fieldAt(node, ['properties', name]) ?? fieldAt(node, ['additionalProperties'])
  }
  return at
}

function schemaRule(schema: Schema | undefined, path: readonly string[]): ListRule {
  const at = schemaAt(schema, path)
  const type = fieldAt(at, ['x-kubernetes-list-type'])
  const keys = fieldAt(at, ['x-kubernetes-list-map-keys'])
  if (type === 'map' && Array.isArray(keys)) return by(...keys.map(String))
  return type === 'set' ? { merge: 'set' } : atomic
}
