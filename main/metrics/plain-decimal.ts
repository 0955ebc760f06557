/** A float with the fewest digits that read back the same, and never an exponent: Go's `FormatFloat(value, 'f', -1, 64)`. */
export function plainDecimal(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const shown = String(value)
  if (value !== 0 && !shown.includes('e')) return shown
  const [digits = '', power = '0'] = Math.abs(value).toExponential().split('e')
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  return `${sign}${placed(digits.replace('.', ''), Number(power))}`
}

function placed(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  const rest = digits.slice(exponent + 1)
  return rest === '' ? whole : `${whole}.${rest}`
}

/** `[1,0.5]` */
export const plainDecimals = (values: Iterable<number>): string => `[${Array.from(values, plainDecimal).join(',')}]`
