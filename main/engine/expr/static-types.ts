import { isDuration, isList, isMap, type Value } from './values.ts'

/** What is known of a value before an expression runs (ANA-1308). */
export type Type =
  | { readonly kind: 'unknown' | 'nil' | 'bool' | 'float' | 'string' | 'time' | 'duration' | 'func' }
  | { readonly kind: 'int'; readonly name: 'int' | 'int64' }
  | { readonly kind: 'list'; readonly of: Type }
  | { readonly kind: 'map'; readonly of: Type }

export const unknownType: Type = { kind: 'unknown' }
export const nilType: Type = { kind: 'nil' }
export const boolType: Type = { kind: 'bool' }
export const floatType: Type = { kind: 'float' }
export const stringType: Type = { kind: 'string' }
export const timeType: Type = { kind: 'time' }
export const durationType: Type = { kind: 'duration' }
export const intType: Type = { kind: 'int', name: 'int' }
export const int64Type: Type = { kind: 'int', name: 'int64' }
export const listOf = (of: Type): Type => ({ kind: 'list', of })
export const anyList = listOf(unknownType)
export const anyMap: Type = { kind: 'map', of: unknownType }

/** The static type of a value as Go's reflection would give it: members of JSON are unknown. */
export function typeOfValue(value: Value): Type {
  if (value === null) return nilType
  if (typeof value === 'boolean') return boolType
  if (typeof value === 'bigint') return intType
  if (typeof value === 'number') return floatType
  if (typeof value === 'string') return stringType
  if (value instanceof Float64Array) return listOf(floatType)
  if (isList(value)) return anyList
  if (isMap(value)) return anyMap
  return isDuration(value) ? durationType : timeType
}

/** Go's name of a type. */
export function typeName(type: Type): string {
  switch (type.kind) {
    case 'int':
      return type.name
    case 'list':
      return type.of.kind === 'float' ? '[]float64' : '[]interface {}'
    case 'map':
      return `map[string]${typeName(type.of)}`
    default:
      return plainNames[type.kind]
  }
}

const plainNames = {
  unknown: 'interface {}',
  nil: 'unknown',
  bool: 'bool',
  float: 'float64',
  string: 'string',
  time: 'time.Time',
  duration: 'time.Duration',
  func: 'func',
} as const

export const isUnknown = ({ kind }: Type): boolean => kind === 'unknown'
/** A type whose values can be numbers. */
export const isNumeric = ({ kind }: Type): boolean => kind === 'int' || kind === 'float'
/** This kind, or not known before it runs. */
export const mayBe = (type: Type, kind: Type['kind']): boolean => type.kind === kind || type.kind === 'unknown'

/** The type of either of two values: theirs when they agree. */
export function commonType(a: Type, b: Type): Type {
  if (a.kind === 'nil' && b.kind !== 'nil') return b
  if (b.kind === 'nil') return a
  return typeName(a) === typeName(b) ? a : unknownType
}
