import type { EpochMs } from '#lib/clock.ts'
import type { Budget } from './budget.ts'
import { sortingSteps } from './builtins/lists.ts'
import { truncated } from './builtins/numbers.ts'
import { timeMethod } from './builtins/times.ts'
import type { Functions } from './check.ts'
import { ExprError } from './expr-error.ts'
import { operate } from './operate.ts'
import { overElements } from './over-elements.ts'
import { type Node, predicateArguments } from './syntax.ts'
import { dynamicName, isDuration, isList, isMap, isNumber, typeNameOf, type Value } from './values.ts'

export interface Surroundings {
  readonly names: Readonly<Record<string, Value>>
  readonly functions: Functions
  readonly now: EpochMs
  readonly budget: Budget
}

/** What an expression that was checked evaluates to. @throws ExprError */
export const run = (node: Node, surroundings: Surroundings): Value => new Run(surroundings).value(node)

/** What `#`, `#index` and `#acc` are. */
export interface Pointed {
  readonly element: Value
  readonly index: number
  readonly accumulator: Value
}

/** A `?.` met nil: the rest of its chain is nil. */
const cut = Symbol('cut')

class Run {
  readonly #names: Map<string, Value>
  readonly #surroundings: Surroundings
  readonly #budget: Budget
  readonly #pointed: Pointed[] = []

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
    this.#budget = surroundings.budget
    this.#names = new Map(Object.entries(surroundings.names))
    for (const value of this.#names.values()) this.#budget.weightOf(value)
  }

  value(node: Node): Value {
    const value = this.#evaluate(node)
    return value === cut ? null : value
  }

  #evaluate(node: Node): Value | typeof cut {
    this.#budget.work(1)
    switch (node.kind) {
      case 'nil':
        return null
      case 'boolean':
      case 'number':
      case 'string':
        return node.value
      case 'list':
        this.#budget.spend(node.items.length)
        return this.#made(node.items.map((each) => this.value(each)))
      case 'map':
        return this.#map(node.entries)
      case 'name':
        return this.#names.get(node.name) ?? null
      case 'pointer':
        return this.#pointer(node.name)
      case 'unary':
        return this.#unary(node.operator, this.value(node.of))
      case 'binary':
        return this.#binary(node)
      case 'condition':
        return this.value(this.#isTrue(node.test) ? node.yes : node.no)
      case 'member':
        return this.#member(node)
      case 'slice':
        return this.#slice(node)
      case 'chain':
        return this.value(node.of)
      case 'call':
        return this.#call(node.name, node.args)
      case 'method':
        return this.#method(node)
      case 'predicate':
        return this.value(node.body)
      case 'let':
        return this.#let(node)
      case 'sequence':
        return node.nodes.map((each) => this.value(each)).at(-1) ?? null
    }
  }

  /** Whatever an expression makes is weighed, so that nothing grows beyond what can be walked through. */
  #made<T extends Value>(value: T): T {
    this.#budget.weightOf(value)
    return value
  }

  #map(entries: readonly (readonly [Node, Node])[]): Value {
    this.#budget.spend(entries.length)
    return this.#made(
      new Map(
        entries.map(([key, value]) => {
          const name = this.value(key)
          if (typeof name !== 'string') throw new ExprError(`invalid map key ${typeNameOf(name)}`)
          return [name, this.value(value)]
        }),
      ),
    )
  }

  #pointer(name: string): Value {
    const pointed = this.#pointed.at(-1)
    if (pointed === undefined) throw new ExprError('cannot use pointer accessor outside predicate')
    if (name === 'index') return BigInt(pointed.index)
    return name === 'acc' ? pointed.accumulator : pointed.element
  }

  #unary(operator: string, of: Value): Value {
    if (operator === '!' || operator === 'not') {
      if (typeof of !== 'boolean')
        throw new ExprError(`interface conversion: interface {} is ${dynamicName(of)}, not bool`)
      return !of
    }
    if (!isNumber(of) && !isDuration(of)) throw new ExprError(`invalid operation: ${operator}${typeNameOf(of)}`)
    if (operator === '+') return of
    if (isDuration(of)) return { kind: 'duration', ns: -of.ns }
    return typeof of === 'bigint' ? BigInt.asIntN(64, -of) : -of
  }

  #isTrue(node: Node): boolean {
    const value = this.value(node)
    if (typeof value !== 'boolean')
      throw new ExprError(`interface conversion: interface {} is ${dynamicName(value)}, not bool`)
    return value
  }

  #binary({ operator, left, right }: Extract<Node, { kind: 'binary' }>): Value {
    switch (operator) {
      case '&&':
      case 'and':
        return this.#isTrue(left) && this.#isTrue(right)
      case '||':
      case 'or':
        return this.#isTrue(left) || this.#isTrue(right)
      case '??':
        return this.value(left) ?? this.value(right)
      case '..':
        return this.#range(this.value(left), this.value(right))
      default:
        return operate(operator, this.value(left), this.value(right), this.#budget)
    }
  }

  #range(from: Value, to: Value): Value {
    if (!isNumber(from) || !isNumber(to))
      throw new ExprError(`invalid operation: ${typeNameOf(from)} .. ${typeNameOf(to)}`)
    const [first, last] = [wholeOf(from), wholeOf(to)]
    if (last < first) return []
    const length = last - first + 1n
    this.#budget.spend(Number(length))
    return Array.from({ length: Number(length) }, (_, at) => first + BigInt(at))
  }

  #member(node: Extract<Node, { kind: 'member' }>): Value | typeof cut {
    const of = this.#evaluate(node.of)
    if (of === cut) return cut
    if (of === null && node.optional) return cut
    return memberOf(of, this.value(node.key))
  }

  #slice({ of, from, to }: Extract<Node, { kind: 'slice' }>): Value | typeof cut {
    const whole = this.#evaluate(of)
    if (whole === cut) return cut
    if (typeof whole !== 'string' && !isList(whole)) throw new ExprError(`cannot slice ${typeNameOf(whole)}`)
    const start = from === undefined ? 0 : boundOf(this.value(from), whole.length)
    const end = to === undefined ? whole.length : boundOf(this.value(to), whole.length)
    if (end > start) this.#budget.work(typeof whole === 'string' ? 1 : end - start)
    return whole.slice(Math.min(start, end), end)
  }

  #call(name: string, args: readonly Node[]): Value {
    if (Object.hasOwn(predicateArguments, name)) return this.#overElements(name, args)
    const builtin = this.#surroundings.functions(name)
    if (builtin === undefined) throw new ExprError(`unknown name ${name}`)
    const values = args.map((each) => this.value(each))
    if (builtin.isQuick !== true) for (const each of values) this.#budget.look(each)
    return this.#made(builtin.run(values, { now: this.#surroundings.now, budget: this.#budget }, args))
  }

  #overElements(name: string, [list, second, third]: readonly Node[]): Value {
    const elements = list === undefined ? null : this.value(list)
    if (!isList(elements)) throw new ExprError(`builtin ${name} takes only array (got ${typeNameOf(elements)})`)
    this.#budget.work(elements.length)
    if (['map', 'filter', 'groupBy', 'sortBy'].includes(name)) this.#budget.spend(elements.length)
    const each = (pointed: Pointed): Value => {
      if (second === undefined) return pointed.element
      this.#pointed.push(pointed)
      const value = this.value(second)
      this.#pointed.pop()
      return value
    }
    const [{ length }, budget] = [elements, this.#budget]
    if (name === 'sortBy') budget.work(sortingSteps(length))
    return this.#made(overElements(name, elements, { each, budget, third: third && this.value(third) }))
  }

  #method({ of, name, args }: Extract<Node, { kind: 'method' }>): Value | typeof cut {
    if (of.kind === 'name' && this.#surroundings.functions(`${of.name}.${name}`) !== undefined)
      return this.#call(`${of.name}.${name}`, args)
    const value = this.#evaluate(of)
    if (value === cut) return cut
    const values = args.map((each) => this.value(each))
    const result = timeMethod(value, name, values)
    if (result === undefined) throw new ExprError(`type ${typeNameOf(value)} has no method ${name}`)
    return result
  }

  #let({ name, value, body }: Extract<Node, { kind: 'let' }>): Value {
    this.#names.set(name, this.value(value))
    const result = this.value(body)
    this.#names.delete(name)
    return result
  }
}

const wholeOf = (value: number | bigint): bigint => (typeof value === 'bigint' ? value : truncated(value))

function memberOf(of: Value, key: Value): Value {
  if (isMap(of)) {
    if (typeof key !== 'string') throw new ExprError(`cannot fetch ${dynamicName(key)} from ${typeNameOf(of)}`)
    return of.get(key) ?? null
  }
  if (isList(of) && isNumber(key)) return elementAt(of, Math.trunc(Number(key)))
  const shown = typeof key === 'string' || isNumber(key) ? String(key) : dynamicName(key)
  throw new ExprError(`cannot fetch ${shown} from ${typeNameOf(of)}`)
}

/** Negative ones count from the end. */
function elementAt(list: Float64Array | readonly Value[], index: number): Value {
  const at = index < 0 ? index + list.length : index
  const element = list[at]
  if (element === undefined) throw new ExprError(`index out of range: ${at} (array length is ${list.length})`)
  return element
}

/** Clamped, like slices are. */
function boundOf(value: Value, length: number): number {
  if (!isNumber(value)) throw new ExprError(`non-integer slice index ${typeNameOf(value)}`)
  const at = Number(value)
  return Math.min(Math.max(at < 0 ? at + length : at, 0), length)
}
