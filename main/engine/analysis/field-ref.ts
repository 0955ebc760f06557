import type { KubeObject } from '#api/meta.ts'
import { formatFloat } from '#engine/expr/format-float.ts'
import { isQualifiedName } from '#lib/label-selector.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'

/** A field of a Rollout as text: those of its metadata as the downward API names them, any other by a walk (ANA-306, ANA-307). */
export const fieldOf = (object: KubeObject, path: string): Outcome<string, string> =>
  isOfMetadata(path) ? metadataField(object, path) : walkedField(object, path)

export const isOfMetadata = (path: string): boolean => path.startsWith('metadata')

function metadataField({ metadata }: KubeObject, path: string): Outcome<string, string> {
  const [, map, key] = /^(.+?)\['((?:(?!\[').)*)'\]$/s.exec(path) ?? []
  if (map !== undefined && key !== undefined) return entryOf(metadata, map, key)
  switch (path) {
    case 'metadata.name':
      return success(metadata.name)
    case 'metadata.namespace':
      return success(metadata.namespace ?? '')
    case 'metadata.uid':
      return success(metadata.uid ?? '')
    case 'metadata.labels':
      return success(listed(metadata.labels))
    case 'metadata.annotations':
      return success(listed(metadata.annotations))
    default:
      return failure(`unsupported fieldPath: ${path}`)
  }
}

function entryOf({ labels, annotations }: KubeObject['metadata'], map: string, key: string): Outcome<string, string> {
  if (map !== 'metadata.labels' && map !== 'metadata.annotations')
    return failure(`fieldPath ${JSON.stringify(map)} does not support subscript`)
  const isAnnotation = map === 'metadata.annotations'
  if (!isQualifiedName(isAnnotation ? key.toLowerCase() : key))
    return failure(`invalid key subscript in ${map}['${key}']: '${key}' is no qualified name`)
  const entries = (isAnnotation ? annotations : labels) ?? {}
  return success((Object.hasOwn(entries, key) ? entries[key] : undefined) ?? '')
}

const listed = (entries: Readonly<Record<string, string>> = {}): string =>
  Object.entries(entries)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n')

function walkedField(object: KubeObject, path: string): Outcome<string, string> {
  let at: unknown = object
  for (const section of path.split(/[.[\]]+/).filter((each) => each !== '')) {
    if (Array.isArray(at)) {
      const item = itemOf(at, section)
      if (!item.ok) return item
      at = item.value
    } else if (typeof at === 'object' && at !== null) at = Object.getOwnPropertyDescriptor(at, section)?.value
    else return failure(`invalid path ${path} in rollout`)
  }
  if (at === undefined || at === null) return failure(`invalid path ${path} in rollout`)
  if (typeof at === 'object') return failure(`path ${path} in rollout must terminate in a primitive value`)
  if (typeof at === 'number') return success(formatFloat(at))
  return success(typeof at === 'string' ? at : JSON.stringify(at))
}

function itemOf(items: readonly unknown[], section: string): Outcome<unknown, string> {
  if (!/^[+-]?\d+$/.test(section)) return failure(`invalid index '${section}'`)
  const at = Number(section)
  return at < 0 || at >= items.length ? failure(`index ${at} out of range`) : success(items[at])
}
