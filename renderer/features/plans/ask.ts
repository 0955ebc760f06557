import { BridgeError } from '#contract/bridge.ts'
import type { Failure } from '#lib/failure.ts'
import type { Outcome } from '#lib/outcome.ts'
import { failureWords } from '../../format/failure-words.ts'
import type { Text } from '../../format/text.ts'

/** The answer of main, or why there is none, in words. Never rejects. */
export async function ask<T>(text: Text, call: Promise<Outcome<T, Failure>>): Promise<Outcome<T, string>> {
  try {
    const outcome = await call
    return outcome.ok ? outcome : { ok: false, error: failureWords(text, outcome.error) }
  } catch (error) {
    return { ok: false, error: error instanceof BridgeError || error instanceof Error ? error.message : String(error) }
  }
}
