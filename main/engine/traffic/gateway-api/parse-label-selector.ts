import type { LabelSelector, LabelSelectorRequirement } from '#api/meta.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import { nameError, valueError } from '#engine/rollout/validation/selector.ts'
import { formatSpecError, invalid, type SpecError } from '#engine/rollout/validation/spec-error.ts'
import { collected, failure, type Outcome, success } from '#lib/outcome.ts'
import { fieldAt, listAt, textAt } from '../route-json.ts'

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const
type Operator = (typeof operators)[number]

/**
 * A selector whose JSON has the right types. The error is what Kubernetes says of the first condition that is none (GW-3): an operator
 * that does not exist, values that are missing or too many, a label that cannot be one.
 */
export function parseLabelSelector(selector: unknown): Outcome<LabelSelector, string> {
  const labels = fieldAt(selector, 'matchLabels')
  const matchLabels = Object.fromEntries(
    Object.entries(isRecord(labels) ? labels : {}).map(([key, value]) => [key, typeof value === 'string' ? value : '']),
  )
  const sorted = Object.entries(matchLabels).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const wrong = sorted.map(([key, value]) => requirementError(key, 'In', [value])).find((each) => each !== undefined)
  if (wrong !== undefined) return failure(formatSpecError(wrong))
  const expressions = collected(listAt(selector, 'matchExpressions').map(parseRequirement))
  if (!expressions.ok) return expressions
  return success({ matchLabels, matchExpressions: expressions.value })
}

function parseRequirement(requirement: unknown): Outcome<LabelSelectorRequirement, string> {
  const key = textAt(requirement, 'key')
  const named = textAt(requirement, 'operator')
  const values = listAt(requirement, 'values').map((value) => (typeof value === 'string' ? value : ''))
  const operator = operators.find((each) => each === named)
  if (operator === undefined) return failure(`${JSON.stringify(named)} is not a valid label selector operator`)
  const wrong = requirementError(key, operator, values)
  return wrong === undefined ? success({ key, operator, values }) : failure(formatSpecError(wrong))
}

function requirementError(key: string, operator: Operator, values: readonly string[]): SpecError | undefined {
  return (
    nameError(key, 'key') ??
    countError(operator, values) ??
    values.map((value, i) => valueError(value, `values[${i}][${key}]`)).find((each) => each !== undefined)
  )
}

function countError(operator: Operator, values: readonly string[]): SpecError | undefined {
  const needsValues = operator === 'In' || operator === 'NotIn'
  if (needsValues === values.length > 0) return undefined
  const detail = needsValues
    ? "for 'in', 'notin' operators, values set can't be empty"
    : 'values set must be empty for exists and does not exist'
  return invalid('values', values, detail)
}
