import type { IconName } from '../ui/icon-names.ts'

export interface PaletteItem {
  readonly id: string
  readonly group: 'do' | 'goTo'
  readonly icon: IconName
  readonly words: string
  readonly detail: string
  readonly hint: string | undefined
  readonly off: boolean
  readonly run: () => void
}

/**
 * Every word of the question begins a word of the answer: `prom chec` finds "Promote checkout-api". What is looked through has
 * the name of the action or page too: people type `promote` in every language.
 */
export function fits(words: string, question: string): boolean {
  const parts = words.toLowerCase().split(/[^\p{L}\p{N}]+/u)
  return question
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .every((asked) => parts.some((part) => part.startsWith(asked)))
}
