import type { Budget } from './budget.ts'
import type { Builtin } from './builtins/builtin.ts'
import { callType } from './call-types.ts'
import { ExprError } from './expr-error.ts'
import { operatorType } from './operator-types.ts'
import {
  anyList,
  anyMap,
  boolType,
  commonType,
  floatType,
  intType,
  isNumeric,
  isUnknown,
  listOf,
  mayBe,
  nilType,
  stringType,
  type Type,
  typeName,
  unknownType,
} from './static-types.ts'
import { type BinaryOperator, type Node, predicateArguments } from './syntax.ts'

/** Names and what is known of them. */
export type Names = Readonly<Record<string, Type>>

/** The functions an expression may call, those over predicates excepted; `time.Now` is one of a name that holds functions. */
export type Functions = (name: string) => Builtin | undefined

/** What a predicate is about, innermost last. */
interface Pointed {
  readonly element: Type
  readonly accumulator: Type
}

/** The type of an expression, all its branches checked (ANA-1308). @throws ExprError for what no run could make right */
export const check = (node: Node, names: Names, functions: Functions, budget: Budget): Type =>
  new Checker(names, functions, budget).type(node)

class Checker {
  readonly #names: Map<string, Type>
  readonly #functions: Functions
  readonly #budget: Budget
  readonly #pointed: Pointed[] = []

  constructor(names: Names, functions: Functions, budget: Budget) {
    this.#names = new Map(Object.entries(names))
    this.#functions = functions
    this.#budget = budget
  }

  type(node: Node): Type {
    switch (node.kind) {
      case 'nil':
        return nilType
      case 'boolean':
        return boolType
      case 'number':
        return typeof node.value === 'bigint' ? intType : floatType
      case 'string':
        return stringType
      case 'list':
        return this.#list(node.items)
      case 'map':
        for (const each of node.entries.flat()) this.type(each)
        return anyMap
      case 'name':
        return this.#name(node.name)
      case 'pointer':
        return this.#pointer(node.name)
      case 'unary':
        return this.#unary(node.operator, this.type(node.of))
      case 'binary':
        return this.#binary(node.operator, node.left, node.right)
      case 'condition':
        return this.#condition(node)
      case 'member':
        return this.#member(node)
      case 'slice':
        return this.#slice(node)
      case 'chain':
        return this.type(node.of)
      case 'call':
        return this.#call(node.name, node.args)
      case 'method':
        return this.#method(node.of, node.name, node.args)
      case 'predicate':
        return this.type(node.body)
      case 'let':
        return this.#let(node)
      case 'sequence':
        return node.nodes.map((each) => this.type(each)).at(-1) ?? nilType
    }
  }

  #list(items: readonly Node[]): Type {
    const types = items.map((each) => this.type(each))
    const [first] = types
    const isUniform = first !== undefined && types.every((each) => typeName(each) === typeName(first))
    return isUniform ? listOf(first) : anyList
  }

  #name(name: string): Type {
    const type = this.#names.get(name)
    if (type === undefined) throw new ExprError(`unknown name ${name}`)
    return type
  }

  #pointer(name: string): Type {
    const pointed = this.#pointed.at(-1)
    if (pointed === undefined) throw new ExprError('cannot use pointer accessor outside predicate')
    if (name === '') return pointed.element
    if (name === 'index') return intType
    if (name === 'acc') return pointed.accumulator
    throw new ExprError(`unknown pointer #${name}`)
  }

  #unary(operator: string, of: Type): Type {
    if (isUnknown(of)) return operator === 'not' || operator === '!' ? boolType : unknownType
    const isFitting = operator === 'not' || operator === '!' ? of.kind === 'bool' : isNumeric(of)
    if (!isFitting) throw new ExprError(`invalid operation: ${operator} (mismatched type ${typeName(of)})`)
    return of
  }

  #binary(operator: BinaryOperator, left: Node, right: Node): Type {
    const [l, r] = [this.type(left), this.type(right)]
    if (operator === 'matches' && right.kind === 'string') this.#budget.pattern(right.value)
    const found = operatorType[operator](l, r)
    if (found === undefined)
      throw new ExprError(`invalid operation: ${operator} (mismatched types ${typeName(l)} and ${typeName(r)})`)
    return found
  }

  #condition({ test, yes, no }: Extract<Node, { kind: 'condition' }>): Type {
    const type = this.type(test)
    if (!mayBe(type, 'bool')) throw new ExprError(`non-bool expression (type ${typeName(type)}) used as condition`)
    return commonType(this.type(yes), this.type(no))
  }

  #member({ of, key }: Extract<Node, { kind: 'member' }>): Type {
    const [base, name] = [this.type(of), this.type(key)]
    if (base.kind === 'list') {
      if (!mayBe(name, 'int'))
        throw new ExprError(`array elements can only be selected using an integer (got ${typeName(name)})`)
      return base.of
    }
    if (base.kind === 'map') {
      if (!mayBe(name, 'string'))
        throw new ExprError(`cannot use ${typeName(name)} to get an element from ${typeName(base)}`)
      return base.of
    }
    if (isUnknown(base)) return unknownType
    if (key.kind === 'string') throw new ExprError(`type ${typeName(base)} has no field ${key.value}`)
    throw new ExprError(`type ${typeName(base)}[${typeName(name)}] is undefined`)
  }

  #slice({ of, from, to }: Extract<Node, { kind: 'slice' }>): Type {
    const base = this.type(of)
    for (const bound of [from, to]) {
      const type = bound === undefined ? intType : this.type(bound)
      if (!mayBe(type, 'int')) throw new ExprError(`non-integer slice index ${typeName(type)}`)
    }
    if (base.kind === 'list' || base.kind === 'string' || isUnknown(base)) return base
    throw new ExprError(`cannot slice ${typeName(base)}`)
  }

  #call(name: string, args: readonly Node[]): Type {
    if (Object.hasOwn(predicateArguments, name)) return this.#overElements(name, args)
    const called = this.#functions(name)
    if (called === undefined) throw new ExprError(`unknown name ${name}`)
    return callType(
      name,
      called,
      args.map((each) => this.type(each)),
    )
  }

  #overElements(name: string, [list, second, third]: readonly Node[]): Type {
    const type = list === undefined ? nilType : this.type(list)
    if (!mayBe(type, 'list')) throw new ExprError(`builtin ${name} takes only array (got ${typeName(type)})`)
    const element = type.kind === 'list' ? type.of : unknownType
    const accumulator = third === undefined || name !== 'reduce' ? element : unknownType
    if (third !== undefined) this.type(third)
    this.#pointed.push({ element, accumulator })
    const body = second === undefined ? undefined : this.type(second)
    this.#pointed.pop()
    if (body !== undefined && takesCondition.has(name) && !mayBe(body, 'bool'))
      throw new ExprError(`predicate should return boolean (got ${typeName(body)})`)
    return resultOf[name]?.(element, body ?? element) ?? unknownType
  }

  #method(of: Node, name: string, args: readonly Node[]): Type {
    if (of.kind === 'name' && this.#functions(`${of.name}.${name}`) !== undefined)
      return this.#call(`${of.name}.${name}`, args)
    const base = this.type(of)
    for (const each of args) this.type(each)
    if (isUnknown(base)) return unknownType
    const methods = base.kind === 'duration' ? durationMethods : base.kind === 'time' ? timeMethods : {}
    const known = Object.hasOwn(methods, name) ? methods[name] : undefined
    if (known === undefined) throw new ExprError(`type ${typeName(base)} has no method ${name}`)
    return known
  }

  #let({ name, value, body }: Extract<Node, { kind: 'let' }>): Type {
    const type = this.type(value)
    if (this.#names.has(name)) throw new ExprError(`cannot redeclare ${name}`)
    if (this.#functions(name) !== undefined || Object.hasOwn(predicateArguments, name))
      throw new ExprError(`cannot redeclare builtin ${name}`)
    this.#names.set(name, type)
    const result = this.type(body)
    this.#names.delete(name)
    return result
  }
}

const takesCondition = new Set([
  'all',
  'any',
  'none',
  'one',
  'filter',
  'count',
  'find',
  'findIndex',
  'findLast',
  'findLastIndex',
])

const resultOf: Readonly<Record<string, (element: Type, body: Type) => Type>> = {
  all: () => boolType,
  any: () => boolType,
  none: () => boolType,
  one: () => boolType,
  filter: () => anyList,
  map: (_element, body) => listOf(body),
  count: () => intType,
  sum: (_element, body) => (isNumeric(body) ? body : unknownType),
  find: (element) => element,
  findIndex: () => intType,
  findLast: (element) => element,
  findLastIndex: () => intType,
  groupBy: () => anyMap,
  sortBy: () => anyList,
  reduce: () => unknownType,
}

const durationMethods: Readonly<Record<string, Type>> = {
  Hours: floatType,
  Minutes: floatType,
  Seconds: floatType,
  Milliseconds: { kind: 'int', name: 'int64' },
  Microseconds: { kind: 'int', name: 'int64' },
  Nanoseconds: { kind: 'int', name: 'int64' },
  String: stringType,
}

const timeMethods: Readonly<Record<string, Type>> = {
  Unix: { kind: 'int', name: 'int64' },
  UnixMilli: { kind: 'int', name: 'int64' },
  Year: intType,
  Day: intType,
  Hour: intType,
  Minute: intType,
  Second: intType,
  Sub: { kind: 'duration' },
  Add: { kind: 'time' },
  Before: boolType,
  After: boolType,
  String: stringType,
}
