/** A JSON number is an absolute count; any string is a percentage, with or without `%`: `"25"` and `"25%"` (API-65). */
export type Amount = number | string

/**
 * Resolves an int-or-string against `total` as Kubernetes does (API-65).
 * @returns whole units, rounded as asked; `undefined` when the text is not an integer percentage.
 */
export function resolveAmount(amount: Amount, total: number, round: 'up' | 'down'): number | undefined {
  if (typeof amount === 'number') return amount
  const percent = parseInteger(amount.replaceAll('%', ''))
  if (percent === undefined) return undefined
  return round === 'up' ? Math.ceil((percent * total) / 100) : Math.floor((percent * total) / 100)
}

/** A base-10 integer with optional sign and nothing around it. */
export const parseInteger = (text: string | undefined): number | undefined =>
  text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : undefined
