import * as v from 'valibot'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { durationMs } from '../duration-ms.ts'
import { optionalFlag, optionalText } from '../read-shape.ts'

/** PRV-501. Defaults are those of the API server, so an object that never passed it lacks them. */
export const datadogBlock = v.looseObject({
  apiVersion: v.nullish(
    v.pipe(
      v.string(),
      v.transform((text) => (text === '' ? 'v1' : text)),
    ),
    'v1',
  ),
  query: optionalText,
  queries: v.nullish(v.record(v.string(), v.string()), {}),
  formula: optionalText,
  aggregator: optionalText,
  interval: optionalText,
  secretRef: v.nullish(v.looseObject({ name: optionalText, namespaced: optionalFlag })),
  requestTimeout: optionalText,
})
export type DatadogBlock = v.InferOutput<typeof datadogBlock>

/** What no request can be made of; the first failure counts (PRV-503). */
export function checkBlock(block: DatadogBlock): Outcome<void, string> {
  const rule = rules.find(({ when }) => when(block))
  if (rule !== undefined) return failure(rule.text)
  if (block.requestTimeout === '') return success(undefined)
  const timeout = durationMs(block.requestTimeout)
  if (!timeout.ok)
    return failure(`Could not parse the request timeout: ${timeout.error}. Please review the Analysis Template.`)
  return timeout.value > 0
    ? success(undefined)
    : failure('Request timeout must be a positive duration (e.g. 30s). Please review the Analysis Template.')
}

const countOf = ({ queries }: DatadogBlock): number => Object.keys(queries).length

const rules: readonly { readonly when: (block: DatadogBlock) => boolean; readonly text: string }[] = [
  {
    when: (block) => block.query === '' && countOf(block) === 0,
    text: 'Must have either a query or queries. Please review the Analysis Template.',
  },
  {
    when: (block) => block.query !== '' && countOf(block) > 0,
    text: 'Cannot have both a query and queries. Please review the Analysis Template.',
  },
  {
    when: ({ apiVersion, query }) => apiVersion === 'v1' && query === '',
    text: 'Query is empty. API Version v1 only supports using the query parameter in your Analysis Template.',
  },
  {
    when: (block) => block.formula !== '' && countOf(block) === 0,
    text: 'Formula are only valid when queries are set. Please review the Analysis Template.',
  },
  {
    when: (block) => block.formula === '' && countOf(block) > 1,
    text: 'When multiple queries are provided you must include a formula.',
  },
  {
    when: ({ apiVersion, aggregator }) => apiVersion === 'v1' && aggregator !== '',
    text: 'Aggregator is not supported in v1. Please review the Analysis Template.',
  },
]
