/**
 * A length of time as a person writes it down, in its two largest units.
 * @example durationText(600_000) // '10 min'
 */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000)
  const parts = [
    { amount: Math.floor(seconds / 86_400), unit: 'd' },
    { amount: Math.floor(seconds / 3600) % 24, unit: 'h' },
    { amount: Math.floor(seconds / 60) % 60, unit: 'min' },
    { amount: seconds % 60, unit: 's' },
  ].filter(({ amount }) => amount > 0)
  const [first, second] = parts
  if (first === undefined) return '0 s'
  return [first, second].flatMap((part) => (part === undefined ? [] : `${part.amount} ${part.unit}`)).join(' ')
}
