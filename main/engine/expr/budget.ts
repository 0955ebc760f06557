import { ExprError } from './expr-error.ts'
import { compiled, type Pattern } from './regex.ts'
import { elementsOf, isList, isMap, type Value } from './values.ts'

/** Elements that may be made in one evaluation (ANA-1315), and those of one value, the ones inside of its elements included. */
const elementsMax = 1_000_000
/** Steps of one evaluation: nested predicates over long lists would otherwise run for hours. */
const stepsMax = 5_000_000
/** Lists in lists: what walks through a value calls itself as often. */
const nestingMax = 500
/** Characters of one text. */
const charactersMax = 10_000_000
/** Characters that are looked at in one step, as a rough measure. */
const charactersPerStep = 16
/** Steps of a regular expression are short, and those of compiling one are long. */
const instructionsPerStep = 8
const stepsPerInstruction = 20

/** All elements of a value, and how deep they are. */
interface Weight {
  readonly elements: number
  readonly nesting: number
}

/**
 * What one evaluation may take. It is spent by what an expression does, never by the time that takes, so that an expression has the same
 * outcome on every machine. All of its functions throw ExprError once there is nothing left.
 */
export class Budget {
  #elements = 0
  #steps = 0
  readonly #weights = new WeakMap<object, Weight>()
  readonly #patterns = new Map<string, Pattern>()

  /** Elements are about to be made. */
  spend(elements: number): void {
    this.#elements += elements
    if (this.#elements > elementsMax) throw memory()
  }

  /** Steps are about to be made. */
  work(steps: number): void {
    this.#steps += steps
    if (this.#steps > stepsMax) throw new ExprError('evaluation takes too many steps')
  }

  /** A text of so many characters is about to be made. */
  text(characters: number): void {
    if (characters > charactersMax) throw memory()
    this.work(characters / charactersPerStep)
  }

  /** A text is about to be looked for in another, which takes long when both repeat themselves. */
  search(text: string, part: string): void {
    this.work((text.length + part.length) / charactersPerStep + (text.length * part.length) / 1_000)
  }

  /** All of a value is about to be looked at. */
  look(value: Value): void {
    this.work(this.weightOf(value).elements)
  }

  /** Two values are about to be compared: no longer than the smaller one lasts. */
  compare(a: Value, b: Value): void {
    if (isPlain(a) || isPlain(b)) return
    this.work(Math.min(this.weightOf(a).elements, this.weightOf(b).elements))
  }

  /** A pattern that is looked for in a text; it is compiled once in an evaluation. */
  pattern(text: string): Pattern {
    const known = this.#patterns.get(text)
    if (known !== undefined) return known
    const found = compiled(text)
    this.work((found.ok ? found.value.size : text.length) * stepsPerInstruction)
    if (!found.ok) throw new ExprError(found.error)
    this.#patterns.set(text, found.value)
    return found.value
  }

  match({ size }: Pattern, text: string): void {
    this.work((size * text.length) / instructionsPerStep)
  }

  /**
   * Each list and map is gone through once.
   * @param depth in how many others it is, on the way there
   */
  weightOf(value: Value, depth = 0): Weight {
    if (typeof value === 'string') return { elements: 1 + value.length / charactersPerStep, nesting: 0 }
    if (value instanceof Float64Array) return { elements: 1 + value.length, nesting: 1 }
    if (!isList(value) && !isMap(value)) return { elements: 1, nesting: 0 }
    const weight = this.#weights.get(value) ?? this.#weigh(value, depth)
    this.#weights.set(value, weight)
    return weight
  }

  #weigh(value: readonly Value[] | ReadonlyMap<string, Value>, depth: number): Weight {
    if (depth >= nestingMax) throw tooDeep()
    let [elements, nesting] = [1, 0]
    if (isMap(value)) for (const key of value.keys()) elements += key.length / charactersPerStep
    for (const each of isMap(value) ? value.values() : elementsOf(value)) {
      const weight = this.weightOf(each, depth + 1)
      elements += weight.elements
      nesting = Math.max(nesting, weight.nesting)
    }
    if (elements > elementsMax) throw memory()
    if (nesting >= nestingMax) throw tooDeep()
    return { elements, nesting: nesting + 1 }
  }
}

const isPlain = (value: Value): boolean => typeof value !== 'string' && !isList(value) && !isMap(value)

const tooDeep = (): ExprError => new ExprError('value is nested too deeply')
const memory = (): ExprError => new ExprError('memory budget exceeded')
