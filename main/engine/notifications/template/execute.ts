import { ExprError } from '#engine/expr/expr-error.ts'
import { elementsOf, formatValue, isList, isMap, isTime, typeNameOf, type Value } from '#engine/expr/values.ts'
import type { EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { isTrue } from './functions/basic.ts'
import type { Running } from './functions/function.ts'
import { templateFunctions } from './functions/index.ts'
import { timeField } from './functions/times.ts'
import { type Command, type Node, type Nodes, type Operand, type Pipe, type Template, TemplateError } from './syntax.ts'

/** What one run may take: steps, characters that it writes, templates in templates. */
const stepsMax = 200_000
const outputMax = 256 * 1024
const callsMax = 100
/** Characters that are worked on in one step. */
const charactersPerStep = 64

/** What a template gives for its data (OPS-158). Bounded, whatever it says; the failure says what went wrong. */
export function execute(template: Template, data: Value, now: EpochMs): Outcome<string, string> {
  const run = new Run(template, data, now)
  try {
    run.nodes(template.nodes, data)
    return success(run.output)
  } catch (error) {
    if (error instanceof TemplateError || error instanceof ExprError) return failure(error.message)
    throw error
  }
}

/** How a list of nodes ended. */
type Flow = 'done' | 'break' | 'continue'

interface Variable {
  readonly name: string
  value: Value
}

class Run implements Running {
  readonly now: EpochMs
  readonly #template: Template
  readonly #output: string[] = []
  #variables: Variable[]
  #written = 0
  #steps = 0
  #calls = 0

  constructor(template: Template, data: Value, now: EpochMs) {
    this.#template = template
    this.#variables = [{ name: '$', value: data }]
    this.now = now
  }

  get output(): string {
    return this.#output.join('')
  }

  work(steps: number): void {
    this.#steps += steps
    if (this.#steps > stepsMax) throw new TemplateError('template takes too many steps')
  }

  text(characters: number): void {
    if (characters > outputMax) throw new TemplateError(`text is longer than ${outputMax} characters`)
    this.work(1 + characters / charactersPerStep)
  }

  nodes(nodes: Nodes, dot: Value): Flow {
    const seen = this.#variables.length
    for (const node of nodes) {
      const flow = this.#node(node, dot)
      if (flow === 'done') continue
      this.#variables.length = seen
      return flow
    }
    this.#variables.length = seen
    return 'done'
  }

  #node(node: Node, dot: Value): Flow {
    this.work(1)
    switch (node.kind) {
      case 'text':
        this.#write(node.text)
        return 'done'
      case 'action': {
        const value = this.#pipe(node.pipe, dot)
        if (node.pipe.variables.length === 0) this.#write(value === null ? '<no value>' : this.#shown(value))
        return 'done'
      }
      case 'if':
      case 'with':
        return this.#branch(node, dot)
      case 'range':
        return this.#range(node, dot)
      case 'template':
        this.#call(node.name, node.pipe === undefined ? null : this.#pipe(node.pipe, dot))
        return 'done'
      case 'break':
      case 'continue':
        return node.kind
    }
  }

  #branch(node: Extract<Node, { kind: 'if' | 'with' | 'range' }>, dot: Value): Flow {
    const seen = this.#variables.length
    const value = this.#pipe(node.pipe, dot)
    const flow = isTrue(value)
      ? this.nodes(node.body, node.kind === 'with' ? value : dot)
      : this.nodes(node.otherwise, dot)
    this.#variables.length = seen
    return flow
  }

  #range({ pipe, body, otherwise }: Extract<Node, { kind: 'if' | 'with' | 'range' }>, dot: Value): Flow {
    const seen = this.#variables.length
    const over = this.#pipe(pipe, dot)
    const entries = entriesOf(over)
    if (entries.length === 0) {
      this.#variables.length = seen
      return this.nodes(otherwise, dot)
    }
    for (const [key, value] of entries) {
      this.work(1)
      const [first = '', second] = pipe.variables
      const declared =
        second === undefined ? [[first, value] as const] : [[first, key] as const, [second, value] as const]
      for (const [name, each] of pipe.variables.length === 0 ? [] : declared) this.#set(name, each)
      const around = this.#variables.length
      const flow = this.nodes(body, value)
      this.#variables.length = around
      if (flow === 'break') break
    }
    this.#variables.length = seen
    return 'done'
  }

  #call(name: string, data: Value): void {
    const nodes = this.#template.defined.get(name)
    if (nodes === undefined) throw new TemplateError(`template ${JSON.stringify(name)} not defined`)
    if (++this.#calls > callsMax) throw new TemplateError('templates call each other too deeply')
    const variables = this.#variables
    this.#variables = [{ name: '$', value: data }]
    this.nodes(nodes, data)
    this.#variables = variables
    this.#calls--
  }

  #pipe({ variables, isAssignment, commands }: Pipe, dot: Value): Value {
    let value: Value | undefined
    for (const command of commands) value = this.#command(command, dot, value)
    const result = value ?? null
    for (const name of variables)
      if (isAssignment) this.#set(name, result)
      else this.#variables.push({ name, value: result })
    return result
  }

  /** Of the innermost variable of that name. */
  #set(name: string, value: Value): void {
    const variable = this.#variables.findLast((each) => each.name === name)
    if (variable === undefined) throw new TemplateError(`undefined variable ${JSON.stringify(name)}`)
    variable.value = value
  }

  /** @param piped what the command before gave */
  #command({ first, args }: Command, dot: Value, piped: Value | undefined): Value {
    this.work(1)
    if (first.kind === 'function') return this.#function(first.name, args, dot, piped)
    const hasArguments = args.length > 0 || piped !== undefined
    if (first.kind === 'value') return first.value
    if (!hasArguments) return this.#base(first, dot)
    // A method of a time, or nothing that takes arguments.
    const given = [...args.map((each) => this.#operand(each, dot)), ...(piped === undefined ? [] : [piped])]
    const last = first.path.at(-1)
    const of = last === undefined ? null : this.#base({ ...first, path: first.path.slice(0, -1) }, dot)
    const result = last !== undefined && isTime(of) ? timeField(of, last, given) : undefined
    if (result === undefined) throw new TemplateError(`${last ?? 'value'} is not a method but has arguments`)
    return result
  }

  #function(name: string, args: readonly Operand[], dot: Value, piped: Value | undefined): Value {
    const known = templateFunctions(name)
    if (known === undefined) throw new TemplateError(`function ${JSON.stringify(name)} is not supported`, true)
    if (name === 'and' || name === 'or') return this.#logic(name, args, dot, piped)
    const values = [...args.map((each) => this.#operand(each, dot)), ...(piped === undefined ? [] : [piped])]
    const { least, most = least } = known
    if (values.length < least || values.length > most)
      throw new TemplateError(
        `wrong number of args for ${name}: want ${least === most ? '' : 'at least '}${least} got ${values.length}`,
      )
    this.work(1)
    try {
      return known.run(values, this)
    } catch (error) {
      if (error instanceof TemplateError)
        throw new TemplateError(`error calling ${name}: ${error.message}`, error.isUnsupported)
      throw error
    }
  }

  /** The first argument that decides, the others are not looked at. */
  #logic(name: 'and' | 'or', args: readonly Operand[], dot: Value, piped: Value | undefined): Value {
    let value: Value | undefined
    for (const arg of args) {
      value = this.#operand(arg, dot)
      if (isTrue(value) === (name === 'or')) return value
    }
    const last = piped ?? value
    if (last === undefined) throw new TemplateError(`wrong number of args for ${name}: want at least 1 got 0`)
    return last
  }

  #operand(operand: Operand, dot: Value): Value {
    this.work(1)
    if (operand.kind === 'value') return operand.value
    if (operand.kind === 'function') return this.#function(operand.name, [], dot, undefined)
    return this.#base(operand, dot)
  }

  #base(operand: Exclude<Operand, { kind: 'value' | 'function' }>, dot: Value): Value {
    return operand.path.reduce((value, name) => fieldOf(value, name), this.#start(operand, dot))
  }

  #start(operand: Exclude<Operand, { kind: 'value' | 'function' }>, dot: Value): Value {
    if (operand.kind === 'field') return dot
    if (operand.kind === 'pipe') return this.#pipe(operand.pipe, dot)
    const variable = this.#variables.findLast((each) => each.name === operand.name)
    return variable?.value ?? null
  }

  #shown(value: Value): string {
    if (typeof value === 'object') this.text(sizeOf(value, this))
    return formatValue(value)
  }

  #write(text: string): void {
    this.#written += text.length
    if (this.#written > outputMax) throw new TemplateError(`output is longer than ${outputMax} characters`)
    this.#output.push(text)
  }
}

/** What is not there has no fields, and prints as `<no value>`. */
function fieldOf(value: Value, name: string): Value {
  if (value === null) return null
  if (isMap(value)) return value.get(name) ?? null
  const field = isTime(value) ? timeField(value, name, []) : undefined
  if (field === undefined) throw new TemplateError(`can't evaluate field ${name} in type ${typeNameOf(value)}`)
  return field
}

/** Lists in their order, maps by their keys, a number as all those below it. */
function entriesOf(value: Value): readonly (readonly [Value, Value])[] {
  if (value === null) return []
  if (isList(value)) return elementsOf(value).map((each, at) => [BigInt(at), each] as const)
  if (isMap(value)) return [...value].toSorted(([a], [b]) => (a < b ? -1 : 1))
  if (typeof value === 'bigint') {
    if (value > stepsMax) throw new TemplateError('template takes too many steps')
    return Array.from({ length: Math.max(0, Number(value)) }, (_, at) => [BigInt(at), BigInt(at)] as const)
  }
  throw new TemplateError(`range can't iterate over ${formatValue(value)}`)
}

/** How many characters a value takes at least; each element is a step. */
function sizeOf(value: Value, running: Running): number {
  running.work(1)
  if (typeof value === 'string') return value.length
  if (isList(value)) return elementsOf(value).reduce((sum: number, each) => sum + 1 + sizeOf(each, running), 0)
  if (isMap(value)) return [...value].reduce((sum, [key, each]) => sum + key.length + 2 + sizeOf(each, running), 0)
  return 1
}
