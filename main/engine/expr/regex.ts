import { RE2JS, RE2JSException } from 're2js'
import { failure, type Outcome, success } from '#lib/outcome.ts'

/** A regular expression of RE2 that was compiled: found anywhere in a text, by code points, in linear time (ANA-1313). */
export interface Pattern {
  readonly isIn: (text: string) => boolean
  /** Instructions. Looking through a text takes at most this many steps for each of its characters. */
  readonly size: number
}

/** Longer patterns and larger programs are refused: compiling them would take seconds. */
const patternMax = 1_000
const sizeMax = 100_000
/** Compiled patterns that are kept; those that were not used for longest go first. */
const keptMax = 200
const kept = new Map<string, Outcome<Pattern, string>>()

/** Whether a pattern is found in a text, as a function of the text (ANA-605, ANA-1313); the failure is Go's text. */
export function matcher(pattern: string): Outcome<(text: string) => boolean, string> {
  const found = compiled(pattern)
  return found.ok ? success(found.value.isIn) : found
}

/** The failure is Go's text. Remembered, so that a condition is compiled once and not with each measurement. */
export function compiled(pattern: string): Outcome<Pattern, string> {
  const found = kept.get(pattern) ?? compile(pattern)
  kept.delete(pattern)
  kept.set(pattern, found)
  const [oldest] = kept.keys()
  if (kept.size > keptMax && oldest !== undefined) kept.delete(oldest)
  return found
}

const tooLarge = failure('error parsing regexp: expression too large')

function compile(pattern: string): Outcome<Pattern, string> {
  if (pattern.length > patternMax) return tooLarge
  try {
    const program = RE2JS.compile(pattern)
    const size = program.programSize()
    return size > sizeMax ? tooLarge : success({ isIn: (text) => program.test(text), size })
  } catch (error) {
    if (error instanceof RE2JSException) return failure(error.message)
    throw error
  }
}
