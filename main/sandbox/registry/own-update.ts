import type { KubeObject } from '#api/meta.ts'
import { apiVersionOf } from '#api/resources.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import type { WriteBy } from '../store.ts'
import { type FieldPath, fieldsSetBy, formatFieldSet, parseFieldSet, readPath, samePath } from './field-set.ts'
import { type Fields, fieldsOf, isFields } from './fields.ts'
import type { ServedKind } from './kinds.ts'

/**
 * The object with `managedFields` after a plain write: what it changes is its manager's and nobody else's, and what is gone is
 * nobody's. A write without a manager, such as one of a controller of the sandbox, leaves them alone. `time` is RFC 3339.
 */
export function ownUpdate(
  kind: ServedKind,
  object: KubeObject,
  previous: KubeObject | undefined,
  { fieldManager, subresource }: WriteBy,
  time: string,
): KubeObject {
  if (fieldManager === undefined) return object
  const entries = (previous?.metadata.managedFields ?? []).filter(isFields)
  const after = fieldsOf(object)
  const before: Fields = previous === undefined ? {} : fieldsOf(previous)
  const changed = fieldsSetBy(kind, after).filter(
    (path) =>
      !(previous === undefined && kind.hasStatus && path[0] === 'f:status') &&
      !jsonEqual(readPath(kind, after, path), readPath(kind, before, path)),
  )
  const isOwn = (entry: Fields) =>
    entry['manager'] === fieldManager && entry['operation'] === 'Update' && entry['subresource'] === subresource
  const isThere = (path: FieldPath) => readPath(kind, after, path) !== undefined
  const isChanged = (path: FieldPath) => changed.some((each) => samePath(each, path))
  const others = entries.flatMap((entry) => {
    const paths = parseFieldSet(entry['fieldsV1'])
    const kept = paths.filter((path) => isThere(path) && (isOwn(entry) || !isChanged(path)))
    if (isOwn(entry) && changed.length > 0) return []
    return kept.length === 0
      ? []
      : [kept.length === paths.length ? entry : { ...entry, fieldsV1: formatFieldSet(kept) }]
  })
  const mine = entries.filter(isOwn).flatMap((entry) => parseFieldSet(entry['fieldsV1']))
  const own = [...mine.filter((path) => isThere(path) && !isChanged(path)), ...changed]
  const entry = {
    manager: fieldManager,
    operation: 'Update',
    apiVersion: apiVersionOf(kind),
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: formatFieldSet(own),
    ...(subresource !== undefined && { subresource }),
  }
  const { managedFields: _sent, ...metadata } = object.metadata
  const managedFields = changed.length === 0 ? others : [...others, entry]
  return { ...object, metadata: managedFields.length === 0 ? metadata : { ...metadata, managedFields } }
}
