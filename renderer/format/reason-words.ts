import { isAdvised, type Reason } from '#lib/reason.ts'
import type { Text } from './text.ts'

export const reasonWords = (text: Text, { cause, values }: Reason): string => text(`reason.${cause}`, values)

/** What can be done about it; `undefined` where nobody can do anything but wait. */
export const adviceWords = (text: Text, { cause }: Reason): string | undefined =>
  isAdvised(cause) ? text(`advice.${cause}`) : undefined

/** Why a rollout is where it is, in a sentence for each reason; empty when there is nothing to say. */
export const whyWords = (text: Text, reasons: readonly Reason[]): string =>
  reasons.map((each) => reasonWords(text, each)).join(' ')
