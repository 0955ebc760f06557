/** Randomness as a function of what it is for: the same seed and the same words always give the same number. */

/** 32-bit FNV-1a over UTF-16 units, finished with an avalanche so that near inputs give far outputs. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** A number in [0, 1). */
export const fraction = (seed: number, ...about: readonly (string | number)[]): number =>
  hashText(`${seed}/${about.join('/')}`) / 2 ** 32

/** A number in [min, max). */
export const between = (min: number, max: number, seed: number, ...about: readonly (string | number)[]): number =>
  min + (max - min) * fraction(seed, ...about)

/** Kubernetes' name alphabet: no vowels, so no words; no digits that look like letters. */
const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** Five characters, as the API server appends to `generateName`. */
export const nameSuffix = (seed: number, ...about: readonly (string | number)[]): string =>
  spell(hashText(`${seed}/name/${about.join('/')}`), 5)

/** A number in the name alphabet, as upstream spells the pod template hash. */
export const spellHash = (hash: number): string =>
  Array.from(String(hash), (digit) => nameAlphabet[digit.charCodeAt(0) % nameAlphabet.length]).join('')

function spell(value: number, length: number): string {
  let rest = value
  return Array.from({ length }, () => {
    const letter = nameAlphabet[rest % nameAlphabet.length]
    rest = Math.floor(rest / nameAlphabet.length)
    return letter
  }).join('')
}
