import type { Expression } from './expression.ts'
import { allLabels, groupLabels, labelKey } from './grouping.ts'
import { QueryProblem, type Sample, type Value } from './value.ts'

type Binary = Extract<Expression, { readonly kind: 'binary' }>

const arithmetic: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': (left, right) => left ** right,
}

const comparison: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
}

/** Applies an operator to scalars and vectors; vectors match one to one. */
export function combine(expression: Binary, left: Value, right: Value): Value {
  const { operator, bool } = expression
  if (left.kind === 'string' || right.kind === 'string') throw new QueryProblem('operators take no strings')
  const one = (a: number, b: number, kept: number) => applyOne(operator, bool, a, b, kept)
  if (left.kind === 'scalar' && right.kind === 'scalar') {
    if (comparison[operator] !== undefined && !bool) throw new QueryProblem('comparisons between scalars must use bool')
    return { kind: 'scalar', value: one(left.value, right.value, left.value) ?? Number.NaN }
  }
  if (left.kind === 'vector' && right.kind === 'vector') return matchVectors(expression, left.samples, right.samples)
  const samples = left.kind === 'vector' ? left.samples : right.kind === 'vector' ? right.samples : []
  return {
    kind: 'vector',
    samples: samples.flatMap(({ labels, value }) => {
      const result =
        left.kind === 'scalar'
          ? one(left.value, value, value)
          : one(value, right.kind === 'scalar' ? right.value : 0, value)
      return result === undefined ? [] : [{ labels: resultLabels(expression, labels), value: result }]
    }),
  }
}

/** `undefined` when a comparison filters the sample out; `kept` is what a comparison lets through. */
function applyOne(operator: string, bool: boolean, left: number, right: number, kept: number): number | undefined {
  const compute = arithmetic[operator]
  if (compute !== undefined) return compute(left, right)
  const holds = comparison[operator]
  if (holds === undefined) throw new QueryProblem(`set operator "${operator}" not allowed in binary scalar expression`)
  if (bool) return holds(left, right) ? 1 : 0
  return holds(left, right) ? kept : undefined
}

/** A comparison keeps the metric's name; arithmetic gives something that no longer is that metric. */
const resultLabels = ({ operator, bool }: Binary, labels: Sample['labels']): Sample['labels'] =>
  comparison[operator] !== undefined && !bool ? labels : groupLabels(labels, allLabels)

function matchVectors(expression: Binary, left: readonly Sample[], right: readonly Sample[]): Value {
  const { operator, bool, matching = allLabels } = expression
  const keyOf = (sample: Sample) => labelKey(groupLabels(sample.labels, matching))
  const partners = Map.groupBy(right, keyOf)
  const has = new Set(left.map(keyOf))
  const vector = (samples: readonly Sample[]): Value => ({ kind: 'vector', samples })
  if (operator === 'and') return vector(left.filter((sample) => partners.has(keyOf(sample))))
  if (operator === 'unless') return vector(left.filter((sample) => !partners.has(keyOf(sample))))
  if (operator === 'or') return vector([...left, ...right.filter((sample) => !has.has(keyOf(sample)))])
  if (has.size < left.length || [...partners.values()].some((each) => each.length > 1))
    throw new QueryProblem('found duplicate series for the match group: matching labels must be unique on one side')
  return vector(
    left.flatMap((sample) => {
      const partner = partners.get(keyOf(sample))?.[0]
      const value = partner && applyOne(operator, bool, sample.value, partner.value, sample.value)
      if (value === undefined) return []
      const labels =
        expression.matching === undefined
          ? resultLabels(expression, sample.labels)
          : groupLabels(sample.labels, matching)
      return [{ labels, value }]
    }),
  )
}
