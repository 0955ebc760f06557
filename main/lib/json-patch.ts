import { failure, type Outcome, success } from './outcome.ts'

/** Why a JSON patch was refused: `Malformed` could never apply; `Inapplicable` does not fit this document. */
export interface JsonPatchFailure {
  readonly kind: 'Malformed' | 'Inapplicable'
  readonly message: string
}

/** One operation of RFC 6902. */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly path: string; readonly from: string }

/**
 * Applies an RFC 6902 patch, all of it or nothing. The document is not changed; unchanged parts are shared with the result.
 * `operations` is checked here because it comes from outside.
 */
export function applyJsonPatch(document: unknown, operations: unknown): Outcome<unknown, JsonPatchFailure> {
  if (!Array.isArray(operations)) return malformed('a JSON patch is an array of operations')
  let result = document
  const own: Own = new Set()
  for (const operation of operations) {
    const checked = parseOperation(operation)
    if (!checked.ok) return checked
    const applied = applyOperation(result, checked.value, own)
    if (!applied.ok) return applied
    result = applied.value
  }
  return success(result)
}

const malformed = (message: string) => failure<JsonPatchFailure>({ kind: 'Malformed', message })
const inapplicable = (message: string) => failure<JsonPatchFailure>({ kind: 'Inapplicable', message })

function parseOperation(value: unknown): Outcome<JsonPatchOperation, JsonPatchFailure> {
  if (!isObject(value)) return malformed('an operation is an object')
  const { op, path, from } = value
  if (!isPointer(path)) return malformed('"path" is not a JSON pointer')
  switch (op) {
    case 'remove':
      return success({ op, path })
    case 'add':
    case 'replace':
    case 'test':
      if (!Object.hasOwn(value, 'value')) return malformed(`"${op}" needs a value`)
      return success({ op, path, value: value['value'] })
    case 'move':
    case 'copy':
      if (!isPointer(from)) return malformed('"from" is not a JSON pointer')
      return success({ op, path, from })
    default:
      return malformed(`unknown operation ${JSON.stringify(op)}`)
  }
}

/** What this patch has made and is in one place only: that may change in place. All else is copied before it changes. */
type Own = Set<unknown>

function applyOperation(
  document: unknown,
  operation: JsonPatchOperation,
  own: Own,
): Outcome<unknown, JsonPatchFailure> {
  const { op, path } = operation
  switch (op) {
    case 'add':
    case 'replace':
      return change(document, path, { kind: op, value: operation.value }, own)
    case 'remove':
      return change(document, path, { kind: op }, own)
    case 'test': {
      const found = read(document, path)
      if (!found.ok) return found
      return jsonEqual(found.value, operation.value) ? success(document) : inapplicable(`testing path ${path} failed`)
    }
    case 'copy':
    case 'move': {
      if (op === 'move' && path.startsWith(`${operation.from}/`)) return malformed('cannot move a value into itself')
      const found = read(document, operation.from)
      if (!found.ok) return found
      // What is copied is in two places.
      own.clear()
      const rest = op === 'move' ? change(document, operation.from, { kind: 'remove' }, own) : success(document)
      return rest.ok ? change(rest.value, path, { kind: 'add', value: found.value }, own) : rest
    }
  }
}

type Edit = { readonly kind: 'add' | 'replace'; readonly value: unknown } | { readonly kind: 'remove' }

interface Place {
  readonly path: string
  readonly tokens: readonly string[]
  readonly edit: Edit
  readonly own: Own
}

const change = (document: unknown, path: string, edit: Edit, own: Own) =>
  changeAt(document, { path, tokens: tokens(path), edit, own }, 0)

function changeAt(node: unknown, place: Place, depth: number): Outcome<unknown, JsonPatchFailure> {
  const { path, tokens: at, edit, own } = place
  const token = at[depth]
  if (token === undefined) return edit.kind === 'remove' ? success(null) : success(edit.value)
  const isLast = depth === at.length - 1
  if (Array.isArray(node)) return changeArray(node, token, place, depth)
  if (!isObject(node)) return missing(path)
  const isThere = Object.hasOwn(node, token)
  if (!isThere && !(isLast && edit.kind === 'add')) return missing(path)
  if (!isLast) {
    const inner = changeAt(node[token], place, depth + 1)
    return inner.ok ? success(withMember(node, token, inner.value, own)) : inner
  }
  return success(edit.kind === 'remove' ? withoutMember(node, token, own) : withMember(node, token, edit.value, own))
}

function withMember(node: Record<string, unknown>, key: string, value: unknown, own: Own): unknown {
  if (node[key] === value && Object.hasOwn(node, key)) return node
  // Setting `__proto__` is something else.
  if (!own.has(node) || key === '__proto__') return owned({ ...node, [key]: value }, own)
  node[key] = value
  return node
}

function withoutMember(node: Record<string, unknown>, key: string, own: Own): unknown {
  const { [key]: _removed, ...kept } = node
  return owned(kept, own)
}

function owned<T>(made: T, own: Own): T {
  own.add(made)
  return made
}

function changeArray(
  node: readonly unknown[],
  token: string,
  place: Place,
  depth: number,
): Outcome<unknown, JsonPatchFailure> {
  const { path, tokens: at, edit, own } = place
  const isLast = depth === at.length - 1
  const inserting = edit.kind === 'add' && isLast
  const index = token === '-' && inserting ? node.length : arrayIndex(token)
  if (index === undefined || index > node.length || (index === node.length && !inserting)) return missing(path)
  const inner = isLast ? success(undefined) : changeAt(node[index], place, depth + 1)
  if (!inner.ok) return inner
  const items = own.has(node) ? (node as unknown[]) : owned([...node], own)
  if (isLast) editItem(items, index, edit)
  else items[index] = inner.value
  return success(items)
}

function editItem(items: unknown[], index: number, edit: Edit): void {
  if (edit.kind === 'remove') items.splice(index, 1)
  else items.splice(index, edit.kind === 'add' ? 0 : 1, edit.value)
}

function read(document: unknown, path: string): Outcome<unknown, JsonPatchFailure> {
  let node = document
  for (const token of tokens(path)) {
    const index = arrayIndex(token)
    if (Array.isArray(node) && index !== undefined && index < node.length) node = node[index]
    else if (isObject(node) && Object.hasOwn(node, token)) node = node[token]
    else return missing(path)
  }
  return success(node)
}

const missing = (path: string) => inapplicable(`path ${path} does not exist`)
const isPointer = (value: unknown): value is string => typeof value === 'string' && (value === '' || value[0] === '/')
const arrayIndex = (token: string) => (/^(0|[1-9]\d*)$/.test(token) ? Number(token) : undefined)
const tokens = (pointer: string): readonly string[] => {
  const parts = pointer.split('/').slice(1)
  return pointer.includes('~') ? parts.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~')) : parts
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Equality of JSON values: the order of keys does not matter, that of items does. */
export function jsonEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => jsonEqual(item, b[i]))
  }
  if (!isObject(a) || !isObject(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && jsonEqual(a[key], b[key]))
  )
}
