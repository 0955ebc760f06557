import type { Schema } from '#api/schema/schema.ts'
import { type Fields, isFields } from './fields.ts'
import { duplicateValue, type FieldError, invalidValue, notSupported, requiredValue } from './status.ts'

/** Fields every object has, whether the schema of its kind says so or not. */
const rootFields = new Set(['apiVersion', 'kind', 'metadata'])

/**
 * Removes the fields a structural schema does not know (never `apiVersion`, `kind`, `metadata` of the root).
 * `dropped` collects their paths, for `fieldValidation`.
 */
export function pruneObject(object: Fields, schema: Schema, dropped: string[] = []): Fields {
  const entries = Object.entries(object).map(([name, value]) => {
    if (rootFields.has(name)) return [name, value] as const
    return [name, pruneMember(name, value, schema, '', dropped)] as const
  })
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

function prune(value: unknown, schema: Schema, path: string, dropped: string[]): unknown {
  if (Array.isArray(value)) {
    const { items } = schema
    return items === undefined ? value : value.map((item, index) => prune(item, items, `${path}[${index}]`, dropped))
  }
  if (!isFields(value)) return value
  const skipsRoot = schema['x-kubernetes-embedded-resource'] === true
  const entries = Object.entries(value).map(([name, member]) =>
    skipsRoot && rootFields.has(name)
      ? ([name, member] as const)
      : ([name, pruneMember(name, member, schema, path, dropped)] as const),
  )
  return Object.fromEntries(entries.filter(([, member]) => member !== undefined))
}

function pruneMember(name: string, value: unknown, schema: Schema, parent: string, dropped: string[]): unknown {
  const path = parent === '' ? name : `${parent}.${name}`
  const known =
    schema.properties !== undefined && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined
  if (known !== undefined) return prune(value, known, path, dropped)
  const { additionalProperties } = schema
  if (typeof additionalProperties === 'object') return prune(value, additionalProperties, path, dropped)
  if (additionalProperties === true || schema['x-kubernetes-preserve-unknown-fields'] === true) return value
  dropped.push(path)
  return undefined
}

/** Fills in the schema's defaults and drops what is null without meaning it, at every level that exists. */
export function defaultValue(value: unknown, schema: Schema): unknown {
  if (Array.isArray(value)) {
    const { items } = schema
    return items === undefined ? value : value.map((item) => defaultValue(item, items))
  }
  if (!isFields(value)) return value
  const { properties = {}, additionalProperties } = schema
  const others = typeof additionalProperties === 'object' ? additionalProperties : undefined
  const result: Record<string, unknown> = { ...value }
  for (const name of new Set([...Object.keys(properties), ...Object.keys(value)])) {
    const member = Object.hasOwn(properties, name) ? properties[name] : others
    if (member === undefined) continue
    const wanted = replacesNull(result[name], member) ? member.default : result[name]
    if (wanted === undefined) delete result[name]
    else result[name] = defaultValue(wanted, member)
  }
  return result
}

/** A default fills in for a missing member, and for `null` where that is no value. */
const replacesNull = (value: unknown, { nullable }: Schema): boolean =>
  value === undefined || (value === null && nullable !== true)

/** What does not fit the schema. `path` is empty for the root, whose metadata has rules of its own. */
export function validateValue(value: unknown, schema: Schema, path = ''): readonly FieldError[] {
  if (value === null) return schema.nullable === true || path === '' ? [] : [wrongType(value, schema, path)]
  const typeError = checkType(value, schema, path)
  if (typeError !== undefined) return [typeError]
  if (Array.isArray(value)) return validateList(value, schema, path)
  if (isFields(value)) return validateMembers(value, schema, path)
  return validateScalar(value, schema, path)
}

function checkType(value: unknown, schema: Schema, path: string): FieldError | undefined {
  if (schema['x-kubernetes-int-or-string'] === true)
    return typeof value === 'string' || Number.isInteger(value) ? undefined : wrongType(value, schema, path)
  if (schema.type === undefined || typeMatches(value, schema.type)) return undefined
  return wrongType(value, schema, path)
}

function typeMatches(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isFields(value)
    case 'array':
      return Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === type
  }
}

function wrongType(value: unknown, schema: Schema, path: string): FieldError {
  const wanted = schema['x-kubernetes-int-or-string'] === true ? 'integer,string' : (schema.type ?? 'any')
  const actual = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  return {
    field: path,
    reason: 'FieldValueTypeInvalid',
    message: `Invalid value: "${actual}": ${path} in body must be of type ${wanted}: "${actual}"`,
  }
}

function validateList(value: readonly unknown[], schema: Schema, path: string): readonly FieldError[] {
  const { items, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema
  const inside =
    items === undefined ? [] : value.flatMap((item, index) => validateValue(item, items, `${path}[${index}]`))
  const repeated = repeatedItems(value, schema, path)
  if (repeated.length > 0) return [...inside, ...repeated]
  if (value.length < minItems)
    return [...inside, invalidValue(path, value.length, `${path} in body should have at least ${minItems} items`)]
  if (value.length > maxItems)
    return [...inside, invalidValue(path, value.length, `${path} in body should have at most ${maxItems} items`)]
  return inside
}

/** Items of a list with keys, or of a set, that are there already. */
function repeatedItems(value: readonly unknown[], schema: Schema, path: string): readonly FieldError[] {
  const { 'x-kubernetes-list-type': type, 'x-kubernetes-list-map-keys': keys = [] } = schema
  if (type !== 'map' && type !== 'set') return []
  const seen = new Set<string>()
  return value.flatMap((item, index) => {
    const key = isFields(item) ? Object.fromEntries(keys.map((name) => [name, item[name]])) : item
    const text = JSON.stringify(key)
    if (seen.has(text)) return [duplicateValue(`${path}[${index}]`, text)]
    seen.add(text)
    return []
  })
}

function validateMembers(value: Fields, schema: Schema, path: string): readonly FieldError[] {
  const under = (name: string) => (path === '' ? name : `${path}.${name}`)
  const absent = (schema.required ?? [])
    .filter((name) => value[name] === undefined)
    .map((name) => requiredValue(under(name)))
  const present = Object.entries(value).flatMap(([name, member]) => {
    if (path === '' && rootFields.has(name)) return []
    const { additionalProperties } = schema
    const known =
      schema.properties?.[name] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined)
    return known === undefined ? [] : validateValue(member, known, under(name))
  })
  return [...absent, ...present]
}

function validateScalar(value: unknown, schema: Schema, path: string): readonly FieldError[] {
  const bounds = typeof value === 'number' ? brokenBounds(value, schema) : []
  const limits = typeof value === 'string' ? brokenLimits(value, schema) : []
  const broken = [...bounds, ...limits].map((why) => invalidValue(path, value, `${path} in body ${why}`))
  if (schema.enum === undefined || schema.enum.includes(value)) return broken
  return [notSupported(path, value, schema.enum), ...broken]
}

const brokenBounds = (value: number, { minimum = -Infinity, maximum = Infinity }: Schema): readonly string[] => [
  ...(value < minimum ? [`should be greater than or equal to ${minimum}`] : []),
  ...(value > maximum ? [`should be less than or equal to ${maximum}`] : []),
]

const brokenLimits = (value: string, { minLength = 0, maxLength = Infinity, pattern }: Schema): readonly string[] => [
  ...(value.length < minLength ? [`should be at least ${minLength} chars long`] : []),
  ...(value.length > maxLength ? [`should be at most ${maxLength} chars long`] : []),
  ...(pattern !== undefined && !matchesPattern(value, pattern) ? [`should match '${pattern}'`] : []),
]

/** Patterns are RE2's; one that JavaScript cannot compile is not enforced. */
function matchesPattern(value: string, pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value)
  } catch {
    return true
  }
}
