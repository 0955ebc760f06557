import type { ThresholdView } from '#contract/analysis-views.ts'
import { ExprError } from '#engine/expr/expr-error.ts'
import { parse } from '#engine/expr/parse.ts'
import { childrenOf, type Node } from '#engine/expr/syntax.ts'

interface Conditions {
  readonly successCondition?: string | undefined
  readonly failureCondition?: string | undefined
}

type Line = Omit<ThresholdView, 'from'>

/**
 * The lines that the conditions draw through the numbers of a metric: `result[0] >= 0.95`, `result < 5 && result > 1`,
 * `all(result, # < 0.01)`, `default(result, 0) < 0.05`, and whatever else amounts to comparisons with fixed numbers that all have to
 * hold. A number on the bad side of any line is bad for sure. None where it cannot be told.
 */
export const thresholdsOf = ({ successCondition, failureCondition }: Conditions): readonly ThresholdView[] => [
  ...linesOf(successCondition, true).map((line) => ({ ...line, from: 'success' as const })),
  ...linesOf(failureCondition, false).map((line) => ({ ...line, from: 'failure' as const })),
]

/** The parts of a result that the conditions look at, `0` of `result[0]` and `p99` of `result.p99`, in their order. */
export function keysOf({ successCondition, failureCondition }: Conditions): readonly string[] {
  const nodes = [successCondition, failureCondition].flatMap((text) => parsed(text) ?? [])
  return [...new Set(nodes.flatMap(keysIn))]
}

function parsed(text: string | undefined): Node | undefined {
  if (text === undefined || text === '') return undefined
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof ExprError) return undefined
    throw error
  }
}

function linesOf(text: string | undefined, wanted: boolean): readonly Line[] {
  const node = parsed(text)
  return node === undefined ? [] : linesIn(node, wanted)
}

/** What must hold of numbers for `node` to be `wanted`. */
function linesIn(node: Node, wanted: boolean): readonly Line[] {
  switch (node.kind) {
    case 'unary':
      return node.operator === 'not' || node.operator === '!' ? linesIn(node.of, !wanted) : []
    case 'binary':
      return joins.has(node.operator) ? linesOfJoin(node, wanted) : comparison(node, wanted)
    case 'call':
      return linesOfEach(node, wanted)
    case 'sequence': {
      const [only] = node.nodes
      return node.nodes.length === 1 && only !== undefined ? linesIn(only, wanted) : []
    }
    default:
      return []
  }
}

const joins = new Set(['&&', 'and', '||', 'or'])

type Binary = Node & { readonly kind: 'binary' }

/** Either both sides have to be as wanted, or one of them has: then what is the same for every number does not count. */
function linesOfJoin({ operator, left, right }: Binary, wanted: boolean): readonly Line[] {
  const isAnd = operator === '&&' || operator === 'and'
  if (isAnd === wanted) return [...linesIn(left, wanted), ...linesIn(right, wanted)]
  if (ofEveryNumber(left) === isAnd) return linesIn(right, wanted)
  return ofEveryNumber(right) === isAnd ? linesIn(left, wanted) : []
}

const presenceTests = new Set(['isNaN', 'isInf', 'isNil'])

/** What a test for missing data says of every number that is there: `isNaN(result)`, `result != nil`, `len(result) == 0`. */
function ofEveryNumber(node: Node): boolean | undefined {
  if (node.kind === 'call') return presenceTests.has(node.name) ? false : undefined
  if (node.kind === 'unary' && (node.operator === 'not' || node.operator === '!')) {
    const inner = ofEveryNumber(node.of)
    return inner === undefined ? undefined : !inner
  }
  return node.kind === 'binary' ? comparedWithNone(node) : undefined
}

function comparedWithNone({ operator, left, right }: Binary): boolean | undefined {
  const isLength = left.kind === 'call' && left.name === 'len' && numberOf(right) === 0
  if (!isLength && left.kind !== 'nil' && right.kind !== 'nil') return undefined
  if (operator === '==') return false
  return operator === '!=' || (isLength && operator === '>') ? true : undefined
}

/** `all(result, …)` and its like, where each element has to be as wanted. */
function linesOfEach({ name, args }: Node & { readonly kind: 'call' }, wanted: boolean): readonly Line[] {
  const [list, predicate] = args
  if (list === undefined || predicate?.kind !== 'predicate' || placeOf(list) === undefined) return []
  if (name === 'all' && wanted) return linesIn(predicate.body, true)
  if ((name === 'any' && !wanted) || (name === 'none' && wanted)) return linesIn(predicate.body, false)
  return []
}

const mirrored = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' } as const
type Comparison = keyof typeof mirrored
const isComparison = (operator: string): operator is Comparison => Object.hasOwn(mirrored, operator)

function comparison({ operator, left, right }: Binary, wanted: boolean): readonly Line[] {
  if (!isComparison(operator)) return []
  const [own, other] = [placeOf(left), placeOf(right)]
  const value = numberOf(own === undefined ? left : right)
  const place = own ?? other
  if (place === undefined || value === undefined) return []
  const asWritten = own === undefined ? mirrored[operator] : operator
  const isUpward = asWritten === '>' || asWritten === '>='
  const inclusive = asWritten.endsWith('=') === wanted
  return [{ value, good: isUpward === wanted ? 'above' : 'below', inclusive, key: place.key }]
}

function numberOf(node: Node): number | undefined {
  if (node.kind === 'number') return Number(node.value)
  if (node.kind !== 'unary' || (node.operator !== '-' && node.operator !== '+')) return undefined
  const value = numberOf(node.of)
  return value === undefined || node.operator === '+' ? value : -value
}

/** What leaves a number as it is, in its first argument. */
const wrappers = new Set(['default', 'asFloat', 'asInt', 'float', 'int'])

interface Place {
  /** `undefined`: the result itself, or each of its elements. */
  readonly key: string | undefined
}

/** Which number of the result a node is; `undefined` when it is none. */
function placeOf(node: Node): Place | undefined {
  switch (node.kind) {
    case 'name':
      return node.name === 'result' ? { key: undefined } : undefined
    case 'pointer':
      return node.name === '' ? { key: undefined } : undefined
    case 'chain':
      return placeOf(node.of)
    case 'binary':
      return node.operator === '??' ? placeOf(node.left) : undefined
    case 'call':
      return node.args[0] && wrappers.has(node.name) ? placeOf(node.args[0]) : undefined
    case 'member':
      return placeOfMember(node)
    default:
      return undefined
  }
}

function placeOfMember({ of, key }: Node & { readonly kind: 'member' }): Place | undefined {
  if (of.kind !== 'name' || of.name !== 'result') return undefined
  if (key.kind === 'string') return { key: key.value }
  return key.kind === 'number' ? { key: String(key.value) } : undefined
}

function keysIn(node: Node): readonly string[] {
  const own = node.kind === 'member' ? placeOf(node)?.key : undefined
  return own === undefined ? childrenOf(node).flatMap(keysIn) : [own]
}
