import { base64OfBytes, utf8 } from './template/functions/base64.ts'

/** The SHA-1 of a text, as base64 for URLs without padding: part of what is remembered of a condition (OPS-155). */
export const sha1Text = (text: string): string =>
  base64OfBytes(sha1(utf8(text)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')

const rotated = (value: number, by: number): number => (value << by) | (value >>> (32 - by))

const wordAt = (words: readonly number[], at: number): number => words[at] ?? 0

function sha1(message: readonly number[]): readonly number[] {
  const hash = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]
  const words = paddedWords(message)
  for (let block = 0; block < words.length; block += 16) {
    const w = words.slice(block, block + 16)
    for (let at = 16; at < 80; at++)
      w.push(
        rotated(
          [3, 8, 14, 16].reduce((mixed, back) => mixed ^ wordAt(w, at - back), 0),
          1,
        ),
      )
    let [a = 0, b = 0, c = 0, d = 0, e = 0] = hash
    for (let at = 0; at < 80; at++) {
      const [mixed, constant] = mixing(at, b, c, d)
      const next = (rotated(a, 5) + mixed + e + constant + wordAt(w, at)) | 0
      ;[a, b, c, d, e] = [next, a, rotated(b, 30), c, d]
    }
    for (const [at, value] of [a, b, c, d, e].entries()) hash[at] = (wordAt(hash, at) + value) | 0
  }
  return hash.flatMap((word) => [24, 16, 8, 0].map((shift) => (word >>> shift) & 0xff))
}

function mixing(round: number, b: number, c: number, d: number): readonly [number, number] {
  if (round < 20) return [(b & c) | (~b & d), 0x5a827999]
  if (round < 40) return [b ^ c ^ d, 0x6ed9eba1]
  return round < 60 ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc] : [b ^ c ^ d, 0xca62c1d6]
}

/** The message, a one, zeros, and its length in bits, in blocks of sixteen words. */
function paddedWords(message: readonly number[]): number[] {
  const count = (((message.length + 8) >> 6) + 1) * 16
  const words = Array.from({ length: count }, () => 0)
  for (const [at, byte] of [...message, 0x80].entries())
    words[at >> 2] = wordAt(words, at >> 2) | (byte << (24 - 8 * (at % 4)))
  words[count - 1] = message.length * 8
  return words
}
