/** A float with so many decimals: Go's `%.2f`, which rounds a tie to the even digit. */
export function fixedDecimal(value: number, places: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const size = Math.abs(value)
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  if (size >= 1e21) return `${sign}${BigInt(size)}.${'0'.repeat(places)}`
  const shown = size.toFixed(places)
  return `${sign}${isTie(size, places) && isOdd(shown) ? lower(shown, places) : shown}`
}

/** Halfway between two texts are odd multiples of 2^-(places+1), and nothing else that a float can hold. */
const isTie = (size: number, places: number): boolean => (size * 2 ** (places + 1)) % 2 === 1

const isOdd = (shown: string): boolean => Number(shown.at(-1)) % 2 === 1

/** `toFixed` takes the upper of the two. */
function lower(shown: string, places: number): string {
  const digits = String(BigInt(shown.replace('.', '')) - 1n).padStart(places + 1, '0')
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`
}
