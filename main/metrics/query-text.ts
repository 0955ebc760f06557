/** The query of a URL as Go writes it: sorted by key, spaces as `+`. Without the question mark. */
export const queryText = (pairs: Readonly<Record<string, string>>): string => queryOfPairs(Object.entries(pairs))

/** The same, where a key may come more than once. */
export const queryOfPairs = (pairs: readonly (readonly [key: string, value: string])[]): string =>
  pairs
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, value]) => `${escaped(key)}=${escaped(value)}`)
    .join('&')

const escaped = (text: string): string =>
  encodeURIComponent(text)
    .replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
