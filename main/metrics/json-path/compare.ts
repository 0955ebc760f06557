import type { Value } from '#engine/expr/values.ts'
import { JsonPathError } from './json-path-error.ts'

type Kind = 'string' | 'bool' | 'float' | 'int'

/** Values are compared within their kind only; a whole number of the template is never one of the data (PRV-308). @throws JsonPathError */
export function compares(left: Value, operator: string, right: Value): boolean {
  const compare = Object.hasOwn(operators, operator) ? operators[operator] : undefined
  if (compare === undefined) throw new JsonPathError(`unrecognized filter operator ${operator}`)
  const kind = kindOf(left)
  const isOrdered = operator !== '==' && operator !== '!='
  if (kindOf(right) !== kind) throw new JsonPathError('incompatible types for comparison')
  if (kind === 'bool' && isOrdered) throw new JsonPathError('invalid type for comparison')
  return compare(order(left, right))
}

const operators: Readonly<Record<string, (order: number) => boolean>> = {
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

function kindOf(value: Value): Kind {
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return 'float'
  if (typeof value === 'bigint') return 'int'
  throw new JsonPathError('invalid type for comparison')
}

/** Of two values of one kind. Texts by their bytes. */
function order(left: Value, right: Value): number {
  if (left === right) return 0
  if (typeof left === 'string' && typeof right === 'string')
    return Buffer.compare(Buffer.from(left), Buffer.from(right))
  return Number(left) < Number(right) ? -1 : 1
}
