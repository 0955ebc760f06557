import { parseDocument } from 'yaml'
import { isRecord } from '#engine/normalise/typed-value.ts'

/** What a value of the configuration is not. Its text names places and kinds, never values: they may be secrets. */
export class ShapeError extends Error {}

/** @throws ShapeError */
export function readYaml(text: string): unknown {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent', uniqueKeys: false })
  const [error] = document.errors
  if (error !== undefined) throw new ShapeError(`not YAML: ${error.code}`)
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch {
    throw new ShapeError('not YAML: too many aliases')
  }
}

/** Members of a mapping by the type that is wanted; nothing there counts as empty. @throws ShapeError */
export class Shape {
  readonly #value: Readonly<Record<string, unknown>>
  readonly #where: string

  constructor(value: unknown, where: string) {
    if (value !== undefined && value !== null && !isRecord(value)) throw new ShapeError(`${where}: expected a mapping`)
    this.#value = value ?? {}
    this.#where = where
  }

  has(name: string): boolean {
    return (this.#value[name] ?? undefined) !== undefined
  }

  get names(): readonly string[] {
    return Object.keys(this.#value)
  }

  text(name: string): string {
    const value = this.#at(name) ?? ''
    if (typeof value !== 'string') throw new ShapeError(`${this.#where}.${name}: expected a text`)
    return value
  }

  textOrNumber(name: string): string {
    const value = this.#at(name)
    return typeof value === 'number' ? String(value) : this.text(name)
  }

  flag(name: string): boolean {
    const value = this.#at(name) ?? false
    if (typeof value !== 'boolean') throw new ShapeError(`${this.#where}.${name}: expected true or false`)
    return value
  }

  /** A whole number, also one that came as a text out of a Secret. */
  whole(name: string): number {
    const value = this.#at(name) ?? 0
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
    if (typeof number !== 'number' || !Number.isSafeInteger(number))
      throw new ShapeError(`${this.#where}.${name}: expected a whole number`)
    return number
  }

  inner(name: string): Shape {
    return new Shape(this.#at(name), `${this.#where}.${name}`)
  }

  texts(name: string): readonly string[] {
    return textsIn(this.#at(name), `${this.#where}.${name}`)
  }

  list(name: string): readonly Shape[] {
    return shapesIn(this.#at(name), `${this.#where}.${name}`)
  }

  /** A mapping of texts. */
  textMap(name: string): ReadonlyMap<string, string> {
    const inner = this.inner(name)
    return new Map(inner.names.map((each) => [each, inner.text(each)]))
  }

  #at(name: string): unknown {
    return Object.hasOwn(this.#value, name) ? this.#value[name] : undefined
  }
}

/** @throws ShapeError */
export function textsIn(value: unknown, where: string): readonly string[] {
  const list = listIn(value, where)
  if (!list.every((each) => typeof each === 'string')) throw new ShapeError(`${where}: expected a list of texts`)
  return list
}

/** @throws ShapeError */
export const shapesIn = (value: unknown, where: string): readonly Shape[] =>
  listIn(value, where).map((each, at) => new Shape(each, `${where}[${at}]`))

function listIn(value: unknown, where: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new ShapeError(`${where}: expected a list`)
  return value
}
