import { seeded } from './seeded.ts'

/** How a value looks: each is a way by which part of it could get through. */
const shapes = {
  plain: (a: string, b: string) => `${a}-${b}`,
  quotes: (a: string, b: string) => `${a}"'\`\\${b}`,
  lines: (a: string, b: string) => `${a}\n${b}`,
  unicode: (a: string, b: string) => `${a}ß密🔑${b}`,
  base64: (a: string, b: string) => Buffer.from(`${a}:${b}`).toString('base64'),
  address: (a: string, b: string) => `${a}%20&=/${b}`,
} as const

type Shape = keyof typeof shapes

/** Every planted value has this in its first and in its last half, so that a value that is cut or escaped is found too. */
const mark = 'plantedZq7X'

/** The forms in which the mark can be somewhere: as it is, and at any place inside base64. */
const forms: readonly string[] = [
  mark.toLowerCase(),
  ...[0, 1, 2].map((before) => {
    const text = Buffer.from(`${'.'.repeat(before)}${mark}`).toString('base64')
    // The first and last characters also hold what stands before and after it.
    return text.slice(before === 0 ? 0 : before + 1, Math.floor(((before + mark.length) * 4) / 3))
  }),
]

export interface PlantedSecrets {
  /** A new value; `where` is part of it, so that what is found tells where it comes from. */
  readonly value: (where: string, shape?: Shape) => string
  /** What to search for besides, that was not made here. */
  also(where: string, value: string): string
  /** Every place of a text that has part of a planted value, with what stands around it. */
  found(text: string): readonly string[]
  readonly count: number
}

export function plantSecrets(seed: number): PlantedSecrets {
  const random = seeded(seed)
  const given = new Map<string, string>()
  let count = 0
  const half = (where: string): string => `${mark}${where}${random.number(0xffffff).toString(16).padStart(6, '0')}`
  return {
    value(where, shape = 'plain') {
      count += 1
      return shapes[shape](half(where), half(where))
    },
    also(where, value) {
      count += 1
      given.set(value, where)
      return value
    },
    found(text) {
      const lower = text.toLowerCase()
      const [plain = '', ...encoded] = forms
      const placed = [
        ...placesOf(lower, plain),
        ...encoded.flatMap((form) => placesOf(text, form)),
        ...[...given.keys()].flatMap((value) => [
          ...placesOf(text, value),
          ...placesOf(text, Buffer.from(value).toString('base64').slice(0, -4)),
        ]),
      ]
      return placed.map((at) => text.slice(Math.max(0, at - 120), at + 80))
    },
    get count() {
      return count
    },
  }
}

function placesOf(text: string, part: string): readonly number[] {
  const places: number[] = []
  for (let at = text.indexOf(part); at !== -1 && places.length < 20; at = text.indexOf(part, at + 1)) places.push(at)
  return places
}
