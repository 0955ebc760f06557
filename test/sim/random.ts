import { hashText } from '#main/sandbox/seeded.ts'

/** A stream of numbers that is a function of its seed. Every part of a run draws from its own, so that parts do not disturb each other. */
export class Random {
  readonly #seed: number
  #drawn = 0

  constructor(seed: number, ...about: readonly string[]) {
    this.#seed = about.length === 0 ? seed : hashText(`${seed}/${about.join('/')}`)
  }

  /** A stream of its own, whatever was drawn from this one. */
  fork(about: string): Random {
    return new Random(this.#seed, about)
  }

  /** 0 ≤ value < 1. */
  next = (): number => {
    let value = (this.#seed + Math.imul(++this.#drawn, 0x9e3779b9)) >>> 0
    value = Math.imul(value ^ (value >>> 16), 0x21f0aaad)
    value = Math.imul(value ^ (value >>> 15), 0x735a2d97)
    return ((value ^ (value >>> 15)) >>> 0) / 2 ** 32
  }

  /** A whole number, both ends included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1))
  }

  /** True this often, of 1. */
  chance(share: number): boolean {
    return this.next() < share
  }

  pick<T>(list: readonly T[]): T {
    const picked = list[Math.floor(this.next() * list.length)]
    if (picked === undefined) throw new Error('there is nothing to pick from')
    return picked
  }

  /** One of the names, as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries<number>(weights) as [K, number][]
    let rest = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [name, weight] of entries) {
      rest -= weight
      if (rest < 0) return name
    }
    throw new Error('the weights are all 0')
  }
}
