import { ExprError } from './expr-error.ts'
import {
  boolType,
  commonType,
  floatType,
  intType,
  isNumeric,
  isUnknown,
  listOf,
  mayBe,
  stringType,
  type Type,
  typeName,
  unknownType,
} from './static-types.ts'
import type { BinaryOperator } from './syntax.ts'

type Rule = (left: Type, right: Type) => Type | undefined

const either = (kinds: readonly Type['kind'][], l: Type, r: Type): boolean =>
  (isUnknown(l) && (isUnknown(r) || kinds.includes(r.kind))) || (isUnknown(r) && kinds.includes(l.kind))

const logic: Rule = (l, r) => (mayBe(l, 'bool') && mayBe(r, 'bool') ? boolType : undefined)

const equality: Rule = (l, r) => {
  const isOpen = [l, r].some(({ kind }) => kind === 'unknown' || kind === 'nil')
  const isSame = l.kind === r.kind || (isNumeric(l) && isNumeric(r))
  return isOpen || isSame ? boolType : undefined
}

const ordered: readonly Type['kind'][] = ['int', 'float', 'string', 'time', 'duration']
const ordering: Rule = (l, r) => {
  const isSame = (isNumeric(l) && isNumeric(r)) || (l.kind === r.kind && ordered.includes(l.kind))
  return isSame || either(ordered, l, r) ? boolType : undefined
}

const text: Rule = (l, r) => (mayBe(l, 'string') && mayBe(r, 'string') ? boolType : undefined)

const arithmetic =
  (numbers: (l: Type, r: Type) => Type): Rule =>
  (l, r) => {
    if (isNumeric(l) && isNumeric(r)) return numbers(l, r)
    return either(['int', 'float', 'duration'], l, r) ? unknownType : undefined
  }
const wider = (l: Type, r: Type): Type => (l.kind === 'float' || r.kind === 'float' ? floatType : intType)

const sum: Rule = (l, r) => {
  if (l.kind === 'string' && r.kind === 'string') return stringType
  if (l.kind === 'time' && r.kind === 'duration') return l
  if (l.kind === 'duration' && (r.kind === 'time' || r.kind === 'duration')) return r
  return either(['string', 'time'], l, r) ? unknownType : arithmetic(wider)(l, r)
}

const difference: Rule = (l, r) => {
  if (l.kind === 'time' && r.kind === 'time') return { kind: 'duration' }
  if (r.kind === 'duration' && (l.kind === 'time' || l.kind === 'duration')) return l
  return either(['time'], l, r) ? unknownType : arithmetic(wider)(l, r)
}

const product: Rule = (l, r) => {
  const isScaled = (l.kind === 'duration' && isNumeric(r)) || (isNumeric(l) && r.kind === 'duration')
  return isScaled ? { kind: 'duration' } : arithmetic(wider)(l, r)
}

const membership: Rule = (l, r) => {
  if (isUnknown(r)) return boolType
  if (r.kind === 'list') return equality(l, r.of)
  if (r.kind !== 'map') return undefined
  if (!mayBe(l, 'string')) throw new ExprError(`cannot use ${typeName(l)} as type string in map key`)
  return boolType
}

/** The type of what an operator gives for two types; `undefined` when it does not take them (ANA-1308). */
export const operatorType: Readonly<Record<BinaryOperator, Rule>> = {
  '|': () => undefined,
  or: logic,
  '||': logic,
  and: logic,
  '&&': logic,
  '==': equality,
  '!=': equality,
  '<': ordering,
  '>': ordering,
  '<=': ordering,
  '>=': ordering,
  in: membership,
  matches: text,
  contains: text,
  startsWith: text,
  endsWith: text,
  '..': (l, r) => (mayBe(l, 'int') && mayBe(r, 'int') ? listOf(intType) : undefined),
  '+': sum,
  '-': difference,
  '*': product,
  '/': arithmetic(() => floatType),
  '%': (l, r) => (mayBe(l, 'int') && mayBe(r, 'int') ? intType : undefined),
  '**': arithmetic(() => floatType),
  '^': arithmetic(() => floatType),
  '??': (l, r) => (l.kind === 'nil' ? r : commonType(l, r)),
}
