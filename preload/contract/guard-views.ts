import * as v from 'valibot'
import type { EpochMs } from '#lib/clock.ts'

/** What has to be given before an action is sent: main refuses it otherwise. */
export interface GuardView {
  /** The name of the context, of the application where there are several (UI-ACT-2). */
  readonly typedName: boolean
  /** One more confirmation, for what skips every check. */
  readonly again: boolean
  /** Why a written reason is asked for. */
  readonly reasonFor: string | undefined
  /** Why it is shut, but for who breaks the glass with a written reason. */
  readonly closed: { readonly why: string; readonly until: EpochMs | undefined } | undefined
}

/** What a person gave for it, besides the reason. */
export const assurance = v.object({
  typed: v.optional(v.pipe(v.string(), v.maxLength(1024))),
  /** How many rollouts were shown, where their number is typed. */
  of: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000))),
  again: v.optional(v.boolean()),
  breakGlass: v.optional(v.boolean()),
})

export type AssuranceInput = v.InferOutput<typeof assurance>
