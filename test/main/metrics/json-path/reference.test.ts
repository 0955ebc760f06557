import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { jsonText } from '#engine/expr/json-text.ts'
import { fromJson } from '#engine/expr/values.ts'
import { firstFound, parseJsonPath } from '#main/metrics/json-path/json-path.ts'

/**
 * What client-go v0.34.5 says of each path, computed by its own Go library: `value: JSON`, `nothing`, `error: TEXT` of a step, or
 * `parser: TEXT`. Paths and documents were made up at random; where it crashes or gives another answer each time they are left out,
 * and where it takes a text for its bytes.
 */
interface Told {
  readonly path: string
  readonly data: unknown
  readonly told: string
}

const told = JSON.parse(readFileSync('test/fixtures/json-paths.json', 'utf8')) as readonly Told[]

function found({ path, data }: Told): string {
  const template = parseJsonPath(path)
  if (!template.ok) return `parser: ${template.error}`
  const outcome = firstFound(template.value, fromJson(data))
  if (!outcome.ok) return `error: ${outcome.error}`
  return outcome.value === undefined ? 'nothing' : `value: ${jsonText(outcome.value.value)}`
}

it('PRV-302, PRV-308: hundreds of paths find what the reference finds, and fail with its words', () => {
  expect(told.length).toBeGreaterThanOrEqual(700)
  expect(told.filter((each) => found(each) !== each.told).map((each) => ({ ...each, found: found(each) }))).toEqual([])
})
