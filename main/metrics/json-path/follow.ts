import { elementsOf, formatValue, isList, isMap, typeNameOf, type Value } from '#engine/expr/values.ts'
import { compares } from './compare.ts'
import { JsonPathError, MissingField } from './json-path-error.ts'
import type { Action, Filter, Slice, Step, Template } from './nodes.ts'

type Values = readonly Value[]

/** Values that may be looked at for one template. */
const valuesMax = 1_000_000

/** The values of each text and action of a template, in order (PRV-308). @throws JsonPathError */
export const follow = (template: Template, value: Value): readonly Values[] => new Follower(template).blocks(value, 0)

class Follower {
  readonly #template: Template
  #seen = 0
  /** Ranges that were begun and are not yet walked, that are walked, and ends that no range has taken. */
  #begun = 0
  #within = 0
  #ended = 0
  #lastEnd = -1

  constructor(template: Template) {
    this.#template = template
  }

  /** From one node on: to the end, or to the end of the range in which it stands. */
  blocks(value: Value, from: number): readonly Values[] {
    const blocks: Values[] = []
    for (let at = from; at < this.#template.length; at++) {
      const node = this.#template[at]
      const found = node === undefined ? [] : node.kind === 'text' ? [node.text] : this.#action([value], node)
      if (this.#ended > 0 && this.#ended <= this.#within) {
        this.#ended--
        this.#lastEnd = at
        break
      }
      if (this.#begun === 0) {
        blocks.push(found)
        continue
      }
      for (const each of this.#range(found, at + 1)) blocks.push(each)
      if (this.#lastEnd > at) at = this.#lastEnd
    }
    return blocks
  }

  /** What follows, for each value; for none it is walked once, for its end. */
  #range(values: Values, from: number): readonly Values[] {
    this.#begun--
    this.#within++
    const blocks = values.flatMap((each) => this.blocks(each, from))
    if (values.length === 0) this.blocks(null, from)
    this.#within--
    return blocks
  }

  #action(values: Values, { steps }: Action): Values {
    return steps.reduce<Values>((input, step) => this.#counted(this.#step(input, step)), values)
  }

  #counted(values: Values): Values {
    this.#seen += 1 + values.length
    if (this.#seen > valuesMax) throw new JsonPathError('the path finds too many values')
    return values
  }

  #step(input: Values, step: Step): Values {
    switch (step.kind) {
      case 'text':
        return [step.text]
      case 'literal':
        return input.map(() => step.value)
      case 'field':
        return fieldsOf(input, step.name)
      case 'wildcard':
        return input.flatMap(membersOf)
      case 'recursive':
        return this.#descend(input)
      case 'slice':
        return slicesOf(input, step)
      case 'union':
        return step.of.flatMap((each) => this.#action(input, each))
      case 'filter':
        return this.#filtered(input, step)
      case 'identifier':
        return this.#identifier(input, step.name)
    }
  }

  #identifier(input: Values, name: string): Values {
    if (name === 'range') {
      this.#begun++
      return input
    }
    if (name !== 'end') throw new JsonPathError(`unrecognized identifier ${name}`)
    if (this.#within === 0) throw new JsonPathError('not in range, nothing to end')
    this.#ended++
    return []
  }

  /** Every object, list and text that is not empty, from the outside in. */
  #descend(input: Values): Values {
    return input.flatMap((value) => {
      if (typeof value === 'string') return value === '' ? [] : [value]
      const members = membersOf(value)
      if (members.length === 0) return []
      return [value, ...this.#descend(this.#counted(members))]
    })
  }

  #filtered(input: Values, { left, compared }: Filter): Values {
    return input.flatMap((value) => {
      if (!isList(value)) throw new JsonPathError(`${formatValue(value)} is not array or slice and cannot be filtered`)
      const elements = this.#counted(elementsOf(value))
      if (compared === undefined) return elements.filter((each) => this.#exists(each, left))
      return elements.filter((each) => {
        const first = this.#operand(each, left)
        const second = first === undefined ? undefined : this.#operand(each, compared.right)
        return first !== undefined && second !== undefined && compares(first, compared.operator, second)
      })
    })
  }

  /** A field that is missing is not there; whatever else cannot be taken is, in the reference. */
  #exists(value: Value, path: Action): boolean {
    try {
      return this.#action([value], path).length > 0
    } catch (error) {
      if (!(error instanceof JsonPathError) || this.#seen > valuesMax) throw error
      return !(error instanceof MissingField)
    }
  }

  #operand(value: Value, path: Action): Value | undefined {
    const [first, second] = this.#action([value], path)
    if (second !== undefined) throw new JsonPathError('can only compare one element at a time')
    return first
  }
}

function fieldsOf(input: Values, name: string): Values {
  const found = input.flatMap((value) => {
    const member = isMap(value) ? value.get(name) : undefined
    return member === undefined ? [] : [member]
  })
  if (input.length > 0 && found.length === 0) throw new MissingField(`${name} is not found`)
  return found
}

function membersOf(value: Value): Values {
  if (value !== null && isMap(value)) return [...value.values()]
  return isList(value) ? elementsOf(value) : []
}

/** A part without elements ends it all: what was found before it stays. */
function slicesOf(input: Values, slice: Slice): Values {
  const found: Value[] = []
  for (const value of input) {
    if (value === null) continue
    if (!isList(value)) throw new JsonPathError(`${typeNameOf(value)} is not array or slice`)
    const [from, to] = boundsOf(slice, value.length)
    if (from === to) return found
    checkBounds(from, to, value.length)
    const step = slice.step ?? 1
    if (step <= 0) throw new JsonPathError('step must be > 0')
    for (let at = from; at < to; at += step) found.push(value[at] ?? null)
  }
  return found
}

function boundsOf({ from: written, to, isIndex }: Slice, length: number): readonly [from: number, to: number] {
  const from = written ?? 0
  // The last element is `[-1]`, whose end is no 0.
  const end = isIndex ? from + 1 : (to ?? length)
  const fromEnd = end < 0 || (end === 0 && isIndex)
  return [from < 0 ? from + length : from, fromEnd ? end + length : end]
}

function checkBounds(from: number, to: number, length: number): void {
  if (from >= length || from < 0) throw new JsonPathError(`array index out of bounds: index ${from}, length ${length}`)
  if (to > length || to < 0) throw new JsonPathError(`array index out of bounds: index ${to - 1}, length ${length}`)
  if (from > to) throw new JsonPathError(`starting index ${from} is greater than ending index ${to}`)
}
