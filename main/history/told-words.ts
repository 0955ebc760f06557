import type { HistoryMomentView } from '#contract/views.ts'

/** Of one run, in characters: enough for what its events say, once. */
const wordsMax = 8_000

/** What a moment says in words that somebody may look for. */
function textOf(moment: HistoryMomentView): string {
  switch (moment.kind) {
    case 'status':
      return moment.message
    case 'event':
      return `${moment.reason} ${moment.message}`
    case 'action':
      return `${moment.who} ${moment.reason} ${moment.result}`
    case 'gap':
      return moment.why
    default:
      return ''
  }
}

/** The words of a run with those of its new moments: each once, in the order in which they came, lower case. */
export function wordsWith(words: string, moments: readonly HistoryMomentView[]): string {
  const known = new Set(words === '' ? [] : words.split(' '))
  const before = known.size
  for (const word of moments.map(textOf).join(' ').toLowerCase().split(/\s+/)) if (word !== '') known.add(word)
  if (known.size === before) return words
  const all = [...known].join(' ')
  return all.length <= wordsMax ? all : words
}
