import { jsonEqual } from '#lib/json-patch.ts'
import { type Fields, isFields } from '../registry/fields.ts'
import { type ListRule, strategicRule } from '../registry/list-rules.ts'

const directive = '$patch'
const deleteFrom = '$deleteFromPrimitiveList/'
const elementOrder = '$setElementOrder/'
const retainKeys = '$retainKeys'

/**
 * Applies a strategic merge patch to an object of a built-in kind: like a merge patch, but lists with a key are merged
 * item by item, and `$patch`, `$deleteFromPrimitiveList`, `$setElementOrder` and `$retainKeys` are obeyed.
 */
export function applyStrategicMerge(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch
  if (patch[directive] === 'replace') return without(patch, directive)
  if (patch[directive] === 'delete') return {}
  const base: Record<string, unknown> = { ...(isFields(target) ? target : {}) }
  const retained = patch[retainKeys]
  if (Array.isArray(retained)) for (const name of Object.keys(base)) if (!retained.includes(name)) delete base[name]
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith('$')) continue
    if (value === null) delete base[name]
    else base[name] = Array.isArray(value) ? mergeList(name, base[name], value) : applyStrategicMerge(base[name], value)
  }
  for (const [name, value] of Object.entries(patch)) if (Array.isArray(value)) arrange(base, name, value)
  return base
}

function mergeList(name: string, target: unknown, patch: readonly unknown[]): unknown {
  const present: readonly unknown[] = Array.isArray(target) ? target : []
  const rule = strategicRule(name, [...present, ...patch])
  if (patch.some((item) => isFields(item) && item[directive] === 'replace'))
    return patch.filter((item) => !(isFields(item) && item[directive] === 'replace'))
  if (rule.merge === 'set') return [...new Set([...present, ...patch])]
  if (rule.merge === 'atomic') return patch
  return patch.reduce<readonly unknown[]>((items, item) => mergeItem(items, item, rule), present)
}

function mergeItem(items: readonly unknown[], patch: unknown, rule: ListRule): readonly unknown[] {
  if (!isFields(patch)) return items
  const index = items.findIndex((item) => isSame(item, patch, rule))
  if (patch[directive] === 'delete') return index < 0 ? items : items.toSpliced(index, 1)
  const merged = applyStrategicMerge(items[index], patch)
  return index < 0 ? [...items, merged] : items.with(index, merged)
}

const isSame = (item: unknown, other: Fields, rule: ListRule): boolean =>
  isFields(item) && rule.merge === 'map' && rule.keys.every((key) => jsonEqual(item[key], other[key]))

/** The two directives that stand beside a list rather than in it. */
function arrange(base: Record<string, unknown>, name: string, value: readonly unknown[]): void {
  if (name.startsWith(deleteFrom)) {
    const list = base[name.slice(deleteFrom.length)]
    if (Array.isArray(list)) base[name.slice(deleteFrom.length)] = list.filter((item) => !value.includes(item))
  }
  if (!name.startsWith(elementOrder)) return
  const field = name.slice(elementOrder.length)
  const list = base[field]
  if (Array.isArray(list)) base[field] = inOrder(list, value, strategicRule(field, list))
}

/** Items named by the order come first, in that order; the rest keep theirs. */
function inOrder(items: readonly unknown[], order: readonly unknown[], rule: ListRule): readonly unknown[] {
  const place = (item: unknown) => {
    const index = order.findIndex((each) => (isFields(each) ? isSame(item, each, rule) : each === item))
    return index < 0 ? order.length : index
  }
  return items.toSorted((a, b) => place(a) - place(b))
}

function without(fields: Fields, name: string): Fields {
  const { [name]: _removed, ...rest } = fields
  return rest
}
