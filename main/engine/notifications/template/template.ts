import type { Value } from '#engine/expr/values.ts'
import type { EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { execute } from './execute.ts'
import { templateFunctions } from './functions/index.ts'
import { parseTemplate } from './parse.ts'
import { TemplateError } from './syntax.ts'

/** A text template that was read; it gives a text for data, or says what went wrong. */
export type TextTemplate = (data: Value, now: EpochMs) => Outcome<string, string>

/** What is wrong with a source: the language does not have it, or this interpreter does not (OPS-158). */
export interface TemplateFault {
  readonly message: string
  readonly isUnsupported: boolean
}

/** Reads a template of Go's `text/template` with the functions that notification catalogues use. */
export function textTemplate(source: string): Outcome<TextTemplate, TemplateFault> {
  try {
    const template = parseTemplate(source, (name) => templateFunctions(name) !== undefined)
    return success((data, now) => execute(template, data, now))
  } catch (error) {
    if (error instanceof TemplateError) return failure({ message: error.message, isUnsupported: error.isUnsupported })
    throw error
  }
}
