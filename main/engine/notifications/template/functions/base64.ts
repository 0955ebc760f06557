import { TemplateError } from '../syntax.ts'

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The bytes of a text in UTF-8. */
export function utf8(text: string): readonly number[] {
  return Array.from(text).flatMap((char) => {
    const code = char.codePointAt(0) ?? 0
    if (code < 0x80) return [code]
    const tail = (shift: number) => 0x80 | ((code >> shift) & 0x3f)
    if (code < 0x8_00) return [0xc0 | (code >> 6), tail(0)]
    if (code < 0x1_00_00) return [0xe0 | (code >> 12), tail(6), tail(0)]
    return [0xf0 | (code >> 18), tail(12), tail(6), tail(0)]
  })
}

/** Without padding. */
export function base64OfBytes(bytes: readonly number[]): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = bytes.slice(at, at + 3)
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0)
    const taken = b === undefined ? 2 : c === undefined ? 3 : 4
    for (let each = 0; each < taken; each++) text += digits[(bits >> (18 - 6 * each)) & 0x3f]
  }
  return text
}

export function base64Encoded(text: string): string {
  const bare = base64OfBytes(utf8(text))
  return bare.padEnd(Math.ceil(bare.length / 4) * 4, '=')
}

export function base64Decoded(text: string): string {
  const bare = text.replace(/=+$/, '')
  let [bits, count] = [0, 0]
  let escaped = ''
  for (const char of bare) {
    const digit = digits.indexOf(char)
    if (digit < 0) throw new TemplateError('illegal base64 data')
    bits = ((bits << 6) | digit) & 0xff_ff
    count += 6
    if (count < 8) continue
    count -= 8
    escaped += `%${((bits >> count) & 0xff).toString(16).padStart(2, '0')}`
  }
  try {
    return decodeURIComponent(escaped)
  } catch {
    throw new TemplateError('base64 data is not text')
  }
}
