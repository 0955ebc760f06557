import type { Value } from '#engine/expr/values.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { follow } from './follow.ts'
import { JsonPathError } from './json-path-error.ts'
import type { Template } from './nodes.ts'
import { parse } from './parse.ts'

/** A template of Kubernetes' JSONPath, which is not that of RFC 9535 (PRV-308). Failure: the text of its parser (PRV-302). */
export const parseJsonPath = (text: string): Outcome<Template, string> => caught(() => parse(text))

/**
 * The first value of the first part of a template that finds any; `undefined` when none does. Bounded in the values it looks at.
 *
 * Failure  why a step cannot be taken, in any of its parts.
 */
export const firstFound = (template: Template, value: Value): Outcome<{ readonly value: Value } | undefined, string> =>
  caught(() => {
    const [first] = follow(template, value).flat()
    return first === undefined ? undefined : { value: first }
  })

function caught<T>(run: () => T): Outcome<T, string> {
  try {
    return success(run())
  } catch (error) {
    if (error instanceof JsonPathError) return failure(error.message)
    throw error
  }
}
