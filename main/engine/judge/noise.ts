/** A little Gaussian noise in proportion to each value, the same for the same seed: constant samples have no interval (JUDGE-7). */
export function withNoise(values: readonly number[], seed: number): readonly number[] {
  const next = uniform(seed)
  return values.map((value) => value + value * 1e-5 * gaussian(next))
}

/** 0 < value < 1, by the 32-bit generator mulberry. */
function uniform(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return (((value ^ (value >>> 14)) >>> 0) + 0.5) / 2 ** 32
  }
}

/** Mean 0, standard deviation 1 (Box and Muller). */
const gaussian = (next: () => number): number => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next())
