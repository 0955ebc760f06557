import type { KubeObject, Status } from '#api/meta.ts'
import { apiVersionOf } from '#api/resources.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import {
  type FieldPath,
  fieldsSetBy,
  formatFieldPath,
  formatFieldSet,
  isUnder,
  itemPart,
  parseFieldSet,
  readPath,
  samePath,
} from '../registry/field-set.ts'
import { type Fields, fieldsOf, isFields, objectOf, textOf } from '../registry/fields.ts'
import type { ServedKind } from '../registry/kinds.ts'
import { applyRule, isAtomic } from '../registry/list-rules.ts'
import { refuse, status } from '../registry/status.ts'

export interface Applier {
  readonly manager: string
  /** Takes over what other appliers own. */
  readonly force: boolean
  /** RFC 3339. */
  readonly time: string
  readonly subresource: string | undefined
}

interface Ownership {
  readonly entry: Fields
  readonly paths: readonly FieldPath[]
}

/**
 * The object after a manager applied its configuration: fields it sets are set, fields it no longer sets are removed
 * unless somebody else owns them.
 */
export function applyConfiguration(
  kind: ServedKind,
  live: KubeObject,
  configuration: Fields,
  by: Applier,
): Outcome<KubeObject, Status> {
  const wanted = fieldsSetBy(kind, configuration)
  const ownerships = ownershipsOf(live)
  const isOwn = ({ entry }: Ownership) =>
    entry['manager'] === by.manager && entry['operation'] === 'Apply' && entry['subresource'] === by.subresource
  const mine = ownerships.find(isOwn)
  const others = ownerships.filter((each) => !isOwn(each))
  const liveFields = fieldsOf(live)
  const differing = wanted.filter(
    (path) => !jsonEqual(readPath(kind, liveFields, path), readPath(kind, configuration, path)),
  )
  const conflicts = others.flatMap(({ entry, paths }) =>
    paths
      .filter((path) => differing.some((each) => samePath(each, path)))
      .map((path) => ({ manager: managerOf(entry), path })),
  )
  if (conflicts.length > 0 && !by.force) return refuse(conflictStatus(conflicts))
  const remaining = others.map(({ entry, paths }) => ({
    entry,
    paths: paths.filter((path) => !conflicts.some((each) => samePath(each.path, path))),
  }))
  const dropped = (mine?.paths ?? []).filter(
    (path) => ![wanted, ...remaining.map(({ paths }) => paths)].flat().some((each) => isUnder(each, path)),
  )
  const kept = dropped
    .toSorted((a, b) => b.length - a.length)
    .reduce((each, path) => removePath(kind, each, path), liveFields)
  const merged = mergeFields(kind, kept, configuration, []) as Fields
  const fieldsV1 = formatFieldSet(wanted)
  const unchanged = mine !== undefined && jsonEqual(mine.entry['fieldsV1'], fieldsV1)
  const entry = unchanged ? mine.entry : entryOf(kind, fieldsV1, by)
  const entries = remaining
    .filter(({ paths }) => paths.length > 0)
    .map(({ entry: other, paths }) => ({ ...other, fieldsV1: formatFieldSet(paths) }))
  const metadata = { ...(merged['metadata'] as Fields), managedFields: [...entries, entry] }
  return success(objectOf({ ...merged, metadata }))
}

function ownershipsOf({ metadata }: KubeObject): readonly Ownership[] {
  return (metadata.managedFields ?? [])
    .filter(isFields)
    .map((entry) => ({ entry, paths: parseFieldSet(entry['fieldsV1']) }))
}

const entryOf = (kind: ServedKind, fieldsV1: Fields, { manager, time, subresource }: Applier): Fields => ({
  manager,
  operation: 'Apply',
  apiVersion: apiVersionOf(kind),
  time,
  fieldsType: 'FieldsV1',
  fieldsV1,
  ...(subresource !== undefined && { subresource }),
})

/** As conflicts name it: who only updated is told with the version and the time. */
function managerOf({ manager, operation, subresource, apiVersion, time }: Fields): string {
  const name = JSON.stringify(manager)
  if (operation === 'Apply') return name
  const part = subresource === undefined ? '' : ` with subresource ${JSON.stringify(subresource)}`
  return `${name}${part} using ${textOf(apiVersion)} at ${textOf(time)}`
}

function conflictStatus(conflicts: readonly { readonly manager: string; readonly path: FieldPath }[]): Status {
  const causes = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${manager}`,
    field: formatFieldPath(path),
  }))
  const plural = causes.length === 1 ? 'conflict' : 'conflicts'
  const told = causes.map(({ message, field }) => `${message}: ${field}`).join('\n')
  return status(409, 'Conflict', `Apply failed with ${causes.length} ${plural}: ${told}`, { causes })
}

function mergeFields(kind: ServedKind, live: unknown, wanted: unknown, names: readonly string[]): unknown {
  if (isFields(wanted)) {
    if (isAtomic(kind, names)) return wanted
    const result: Record<string, unknown> = { ...(isFields(live) ? live : {}) }
    for (const [name, value] of Object.entries(wanted))
      result[name] = mergeFields(kind, result[name], value, [...names, name])
    return result
  }
  if (!Array.isArray(wanted) || !Array.isArray(live)) return wanted
  const rule = applyRule(kind, names, [...live, ...wanted])
  if (rule.merge === 'atomic') return wanted
  return wanted.reduce((items: readonly unknown[], item: unknown) => {
    const part = itemPart(item, rule)
    const index = items.findIndex((each) => itemPart(each, rule) === part)
    return index < 0 ? [...items, item] : items.with(index, mergeFields(kind, items[index], item, names))
  }, live)
}

/** A copy without the field; lists and objects that become empty by it go too. */
function removePath(kind: ServedKind, fields: Fields, path: FieldPath): Fields {
  const result = remove(kind, fields, path, [])
  return isFields(result) ? result : {}
}

function remove(kind: ServedKind, value: unknown, path: FieldPath, names: readonly string[]): unknown {
  const [part, ...rest] = path
  if (part === undefined || part === '.') return undefined
  if (part.startsWith('f:') && isFields(value)) {
    const name = part.slice(2)
    if (!Object.hasOwn(value, name)) return value
    const member = remove(kind, value[name], rest, [...names, name])
    const { [name]: _removed, ...others } = value
    if (member !== undefined) return { ...others, [name]: member }
    return Object.keys(others).length === 0 && names.length > 0 ? undefined : others
  }
  if (!Array.isArray(value)) return value
  const rule = applyRule(kind, names, value)
  const items = value.flatMap((item: unknown) => {
    const kept = itemPart(item, rule) === part ? remove(kind, item, rest, names) : item
    return kept === undefined ? [] : [kept]
  })
  return items.length === 0 ? undefined : items
}
