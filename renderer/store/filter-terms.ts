import type { RolloutView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'

/** One word of a filter: `ns:shop-*`, `age:>2h`, or plain text looked for in application and namespace names. */
export interface FilterTerm {
  readonly text: string
  matches(view: RolloutView, now: EpochMs): boolean
}

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `*` stands for any run of characters; everything else for itself. Upper and lower case are the same. */
function glob(pattern: string): (value: string) => boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*')
  const expression = new RegExp(`^${source}$`, 'i')
  return (value) => expression.test(value)
}

function ageTest(argument: string): FilterTerm['matches'] | undefined {
  const match = /^([<>])(\d+)([smhd])$/.exec(argument)
  if (match === null) return undefined
  const limitMs = Number(match[2]) * unitMs[match[3] as keyof typeof unitMs]
  return match[1] === '>' ? (view, now) => now - view.since > limitMs : (view, now) => now - view.since < limitMs
}

function fieldTest(field: string, argument: string): FilterTerm['matches'] | undefined {
  const fits = glob(argument)
  switch (field) {
    case 'ns':
    case 'namespace':
      return (view) => fits(view.namespace)
    case 'cluster':
    case 'context':
      return (view) => fits(view.context)
    case 'app':
    case 'name':
      return (view) => fits(view.name)
    case 'phase':
    case 'status':
      return (view) => fits(view.status) || fits(view.phase)
    case 'kind':
      return (view) => fits(view.kind ?? 'Rollout')
    case 'strategy':
      return (view) => fits(view.strategy)
    case 'version':
      return (view) => fits(view.version ?? '') || fits(view.stableVersion ?? '')
    case 'age':
      return ageTest(argument)
    default:
      return undefined
  }
}

/** Splits at spaces. A field it does not know is looked for as plain text, so that a colon in a name does no harm. */
export function parseFilter(filter: string): readonly FilterTerm[] {
  return filter
    .split(/\s+/)
    .filter((text) => text !== '')
    .map((text) => {
      const colon = text.indexOf(':')
      const test =
        colon > 0 && colon < text.length - 1
          ? fieldTest(text.slice(0, colon).toLowerCase(), text.slice(colon + 1))
          : undefined
      const needle = text.toLowerCase()
      return {
        text,
        matches:
          test ?? ((view) => view.name.toLowerCase().includes(needle) || view.namespace.toLowerCase().includes(needle)),
      }
    })
}

export const matchesAll = (terms: readonly FilterTerm[], view: RolloutView, now: EpochMs): boolean =>
  terms.every((term) => term.matches(view, now))

/** UI-EMP-3: the one term whose removal brings the most back, with how many rollouts that is. */
export function bestTermToDrop(
  terms: readonly FilterTerm[],
  views: Iterable<RolloutView>,
  now: EpochMs,
): { readonly term: FilterTerm; readonly count: number } | undefined {
  const counts = terms.map(() => 0)
  for (const view of views) {
    const failed = terms.flatMap((term, index) => (term.matches(view, now) ? [] : [index]))
    const only = failed[0]
    if (failed.length === 1 && only !== undefined) counts[only] = (counts[only] ?? 0) + 1
  }
  const count = Math.max(0, ...counts)
  const term = terms[counts.indexOf(count)]
  return term === undefined || count === 0 ? undefined : { term, count }
}

/** The filter text without one of its terms. */
export const withoutTerm = (terms: readonly FilterTerm[], dropped: FilterTerm): string =>
  terms
    .filter((term) => term !== dropped)
    .map((term) => term.text)
    .join(' ')
