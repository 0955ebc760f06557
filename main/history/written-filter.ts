import type { WrittenView } from '#contract/record-views.ts'

interface Wanted {
  readonly filter?: string | undefined
  readonly by?: 'person' | 'engine' | undefined
}

type Place = 'who' | 'object' | 'cluster'

const textIn: Readonly<Record<Place, (view: WrittenView) => string>> = {
  who: ({ user = '', account, host, by }) => `${user} ${account}@${host} ${by}`,
  object: ({ resource, subresource, namespace = '', name }) =>
    `${resource}${subresource === undefined ? '' : `/${subresource}`} ${namespace}/${name}`,
  cluster: ({ context }) => context,
}

const wholeText = (view: WrittenView): string => {
  const { verb, code, action = '', rule = '', summary = '', reason = '' } = view
  const places = Object.values(textIn).map((of) => of(view))
  return [...places, verb, code ?? 'no answer', action, rule, summary, reason].join('\n')
}

const prefixed = /^(who|object|cluster):(.+)$/

/** Whether a write is one that a person looks for: every word is found, one after a prefix in that place. */
export function wantedBy({ filter = '', by }: Wanted): (view: WrittenView) => boolean {
  const terms = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const tests = terms.map((term): ((view: WrittenView) => boolean) => {
    const [, place, word = term] = prefixed.exec(term) ?? []
    const of = place === undefined ? wholeText : textIn[place as Place]
    return (view) => of(view).toLowerCase().includes(word)
  })
  return (view) => (by === undefined || view.by === by) && tests.every((test) => test(view))
}
