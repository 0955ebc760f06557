import type { Value } from '#engine/expr/values.ts'
import type { EpochMs } from '#lib/clock.ts'

/** What a run may take, for functions that make or walk through much. All of it throws TemplateError when it is too much. */
export interface Running {
  readonly now: EpochMs
  work(steps: number): void
  /** A text of so many characters is about to be made, or looked through. */
  text(characters: number): void
}

/** A function of the template language. What came through a pipe is its last argument. */
export interface TemplateFunction {
  readonly least: number
  /** The same when absent. */
  readonly most?: number
  readonly run: (args: readonly Value[], running: Running) => Value
}

export type TemplateFunctions = Readonly<Record<string, TemplateFunction>>
