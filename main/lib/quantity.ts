/** A resource quantity as the API writes it: `500m`, `1Gi`, `8192M`. */

type Format = 'decimal' | 'exponent' | 'binary'

/** `unscaled × 10^exponent`. */
interface Amount {
  readonly unscaled: bigint
  readonly exponent: number
}

interface Parsed {
  readonly negative: boolean
  /** Digits before the point, without leading zeros, `0` if none are left. */
  readonly whole: string
  readonly fraction: string
  readonly format: Format
  /** Power of ten, or of two for the binary format. */
  readonly power: number
}

const decimalSuffixes = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
])
const binarySuffixes = new Map([
  ['Ki', 10],
  ['Mi', 20],
  ['Gi', 30],
  ['Ti', 40],
  ['Pi', 50],
  ['Ei', 60],
])
const suffixOfPower = new Map([...decimalSuffixes].map(([suffix, power]) => [power, suffix]))
const suffixOfBinaryPower = new Map([...binarySuffixes].map(([suffix, power]) => [power, suffix]))

const maxBinary = 2n ** 63n - 1n

/**
 * The text the API server's libraries give back for `input` (REC-43q): kept as written where that is already canonical,
 * re-rendered otherwise. `undefined` when it is not a quantity. Exponents beyond ±9999 count as unreadable.
 */
export function canonicalQuantity(input: string | number): string | undefined {
  const text = String(input).replace(/^ +| +$/g, '')
  const parsed = parseQuantity(text)
  if (parsed === undefined) return undefined
  if (isCanonical(parsed)) return text
  return render(amountOf(parsed), parsed.format)
}

/** The same text for the same amount, however it was written: `1024Mi` and `1Gi`; text that is no quantity is kept. */
export function quantityValue(input: string): string {
  const parsed = parseQuantity(input.trim())
  if (parsed === undefined) return input
  return render(amountOf(parsed), 'exponent')
}

/** The same amount rounded up to thousandths, as defaulting does to resource lists (REC-45). */
export function roundUpToMilli(input: string): string {
  const parsed = parseQuantity(input.trim())
  if (parsed === undefined) return input
  const amount = amountOf(parsed)
  const rounded = roundUp(amount, -3)
  return compareAmounts(amount, rounded) === 0 ? input : render(rounded, parsed.format)
}

/** Written in the format of the first, or of the second where the first is 0, as the API server's libraries add. Text that is no quantity counts as 0. */
export function addQuantities(one: string, other: string): string {
  const [a, b] = [parseQuantity(one.trim()) ?? zero, parseQuantity(other.trim()) ?? zero]
  const [first, second] = [amountOf(a), amountOf(b)]
  const exponent = Math.min(first.exponent, second.exponent)
  const unscaled = scaled(first, exponent) + scaled(second, exponent)
  return render({ unscaled, exponent }, first.unscaled === 0n ? b.format : a.format)
}

/** Negative when the first is less. Text that is no quantity counts as 0. */
export const compareQuantities = (one: string, other: string): number =>
  compareAmounts(amountOf(parseQuantity(one.trim()) ?? zero), amountOf(parseQuantity(other.trim()) ?? zero))

const zero: Parsed = { negative: false, whole: '0', fraction: '', format: 'decimal', power: 0 }

function parseQuantity(text: string): Parsed | undefined {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(|[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d{1,4})$/.exec(text)
  if (parts === null || text === '') return undefined
  const [, sign, digits = '', fraction = '', suffix = ''] = parts
  const whole = digits.replace(/^0+/, '') || '0'
  const binary = binarySuffixes.get(suffix)
  const decimal = decimalSuffixes.get(suffix)
  const scale: Pick<Parsed, 'format' | 'power'> =
    binary !== undefined
      ? { format: 'binary', power: binary }
      : decimal !== undefined
        ? { format: 'decimal', power: decimal }
        : { format: 'exponent', power: Number(suffix.slice(1)) }
  return { negative: sign === '-', whole, fraction, ...scale }
}

function isCanonical({ whole, fraction, format, power }: Parsed): boolean {
  const digits = whole + fraction
  if (format === 'binary') {
    const roomForDigits = 15 - whole.length - Math.floor((power * 3) / 10) - 1
    return fraction === '' && roomForDigits >= 0 && BigInt(whole) % 8n !== 0n
  }
  const exponent = power - fraction.length
  return (
    digits.length <= 18 && exponent >= -9 && exponent % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0')
  )
}

function amountOf({ negative, whole, fraction, format, power }: Parsed): Amount {
  const digits = BigInt(whole + fraction)
  const exact: Amount =
    format === 'binary'
      ? { unscaled: digits << BigInt(power), exponent: -fraction.length }
      : { unscaled: digits, exponent: power - fraction.length }
  const magnitude = roundUp(exact, -9)
  const capped =
    format === 'binary' && compareAmounts(magnitude, { unscaled: maxBinary, exponent: 0 }) > 0
      ? { unscaled: maxBinary, exponent: 0 }
      : magnitude
  return negative ? { ...capped, unscaled: -capped.unscaled } : capped
}

/** Away from zero, to a multiple of `10^exponent`; an amount that is coarser already stays. */
function roundUp(amount: Amount, exponent: number): Amount {
  if (amount.exponent >= exponent) return amount
  const factor = 10n ** BigInt(exponent - amount.exponent)
  const quotient = amount.unscaled / factor
  if (quotient * factor === amount.unscaled) return { unscaled: quotient, exponent }
  return { unscaled: quotient + (amount.unscaled < 0n ? -1n : 1n), exponent }
}

function compareAmounts(a: Amount, b: Amount): number {
  const exponent = Math.min(a.exponent, b.exponent)
  const difference = scaled(a, exponent) - scaled(b, exponent)
  return difference === 0n ? 0 : difference < 0n ? -1 : 1
}

const scaled = (amount: Amount, exponent: number): bigint => amount.unscaled * 10n ** BigInt(amount.exponent - exponent)

function render(amount: Amount, format: Format): string {
  if (amount.unscaled === 0n) return '0'
  if (format === 'binary') {
    const whole = wholeNumber(amount)
    if (whole !== undefined && (whole >= 1024n || whole <= -1024n)) return renderBinary(whole)
  }
  return renderDecimal(amount, format)
}

function wholeNumber(amount: Amount): bigint | undefined {
  if (amount.exponent >= 0) return scaled(amount, 0)
  const factor = 10n ** BigInt(-amount.exponent)
  return amount.unscaled % factor === 0n ? amount.unscaled / factor : undefined
}

function renderBinary(whole: bigint): string {
  let [mantissa, power] = [whole, 0]
  while (mantissa % 1024n === 0n) [mantissa, power] = [mantissa / 1024n, power + 10]
  return `${mantissa}${suffixOfBinaryPower.get(power) ?? ''}`
}

/** The largest power of a thousand that leaves a whole mantissa. Beyond `E` the libraries print no suffix at all. */
function renderDecimal(amount: Amount, format: Format): string {
  let [mantissa, exponent] = [amount.unscaled, amount.exponent]
  while (mantissa % 10n === 0n) [mantissa, exponent] = [mantissa / 10n, exponent + 1]
  while (exponent % 3 !== 0) [mantissa, exponent] = [mantissa * 10n, exponent - 1]
  if (format === 'exponent') return exponent === 0 ? `${mantissa}` : `${mantissa}e${exponent}`
  return `${mantissa}${suffixOfPower.get(exponent) ?? ''}`
}
