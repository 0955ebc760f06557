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
  for (const operation of operations) {
    const checked = parseOperation(operation)
    if (!checked.ok) return checked
    const applied = applyOperation(result, checked.value)
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

function applyOperation(document: unknown, operation: JsonPatchOperation): Outcome<unknown, JsonPatchFailure> {
  const { op, path } = operation
  switch (op) {
    case 'add':
      return change(document, tokens(path), path, { kind: 'add', value: operation.value })
    case 'replace':
      return change(document, tokens(path), path, { kind: 'replace', value: operation.value })
    case 'remove':
      return change(document, tokens(path), path, { kind: 'remove' })
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
      const rest =
        op === 'move' ? change(document, tokens(operation.from), operation.from, { kind: 'remove' }) : success(document)
      return rest.ok ? change(rest.value, tokens(path), path, { kind: 'add', value: found.value }) : rest
    }
  }
}

type Edit = { readonly kind: 'add' | 'replace'; readonly value: unknown } | { readonly kind: 'remove' }

function change(node: unknown, at: readonly string[], path: string, edit: Edit): Outcome<unknown, JsonPatchFailure> {
  const [token, ...rest] = at
  if (token === undefined) return edit.kind === 'remove' ? success(null) : success(edit.value)
  if (Array.isArray(node)) return changeArray(node, token, rest, path, edit)
  if (!isObject(node)) return missing(path)
  const exists = Object.hasOwn(node, token)
  if (rest.length > 0) {
    if (!exists) return missing(path)
    const inner = change(node[token], rest, path, edit)
    return inner.ok ? success({ ...node, [token]: inner.value }) : inner
  }
  if (edit.kind === 'add') return success({ ...node, [token]: edit.value })
  if (!exists) return missing(path)
  if (edit.kind === 'replace') return success({ ...node, [token]: edit.value })
  const { [token]: _removed, ...kept } = node
  return success(kept)
}

function changeArray(
  node: readonly unknown[],
  token: string,
  rest: readonly string[],
  path: string,
  edit: Edit,
): Outcome<unknown, JsonPatchFailure> {
  const inserting = edit.kind === 'add' && rest.length === 0
  const index = token === '-' && inserting ? node.length : arrayIndex(token)
  if (index === undefined || index > node.length || (index === node.length && !inserting)) return missing(path)
  if (rest.length > 0) {
    const inner = change(node[index], rest, path, edit)
    return inner.ok ? success(node.with(index, inner.value)) : inner
  }
  if (edit.kind === 'add') return success(node.toSpliced(index, 0, edit.value))
  return success(edit.kind === 'replace' ? node.with(index, edit.value) : node.toSpliced(index, 1))
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
const tokens = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))

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
