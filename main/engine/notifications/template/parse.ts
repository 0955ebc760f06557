import { type Command, type Node, type Nodes, type Operand, type Pipe, type Template, TemplateError } from './syntax.ts'
import { type Piece, piecesOf, type Token } from './tokens.ts'

/** Characters of a source that are worth reading. */
const sourceMax = 200_000
/** Blocks in blocks, brackets in brackets. */
const nestingMax = 100

/**
 * Reads a template of Go's `text/template` (OPS-158). @throws TemplateError
 * @param isFunction what may be called; anything else is an error that names it
 */
export function parseTemplate(source: string, isFunction: (name: string) => boolean): Template {
  if (source.length > sourceMax) throw new TemplateError(`template is longer than ${sourceMax} characters`)
  return new Parser(source, isFunction).template()
}

/** Why a list of nodes is over. */
interface Ended {
  readonly nodes: Nodes
  readonly by: 'end' | 'else' | 'source'
  /** What follows `else`. */
  readonly rest: readonly Token[]
}

class Parser {
  readonly #pieces: readonly Piece[]
  readonly #isFunction: (name: string) => boolean
  readonly #defined = new Map<string, Nodes>()
  #at = 0
  #nesting = 0
  #ranges = 0
  /** Variables in sight. */
  #variables: string[] = ['$']

  constructor(source: string, isFunction: (name: string) => boolean) {
    this.#pieces = piecesOf(source)
    this.#isFunction = isFunction
  }

  template(): Template {
    const { nodes, by } = this.#list()
    if (by !== 'source') throw new TemplateError(`unexpected {{${by}}}`)
    return { nodes, defined: this.#defined }
  }

  #list(): Ended {
    if (++this.#nesting > nestingMax) throw new TemplateError('template is nested too deeply')
    const nodes: Node[] = []
    for (;;) {
      const piece = this.#pieces[this.#at++]
      if (piece === undefined) {
        this.#nesting--
        return { nodes, by: 'source', rest: [] }
      }
      if ('text' in piece) {
        if (piece.text !== '') nodes.push({ kind: 'text', text: piece.text })
        continue
      }
      const [first, ...rest] = piece.tokens
      if (first?.kind === 'word' && (first.text === 'end' || first.text === 'else')) {
        this.#nesting--
        if (first.text === 'end' && rest.length > 0) throw new TemplateError('unexpected text after end')
        return { nodes, by: first.text, rest }
      }
      const node = this.#action(piece.tokens)
      if (node !== undefined) nodes.push(node)
    }
  }

  #action(tokens: readonly Token[]): Node | undefined {
    const [first, ...rest] = tokens
    if (first?.kind === 'word')
      switch (first.text) {
        case 'if':
        case 'with':
        case 'range':
          return this.#control(first.text, rest)
        case 'break':
        case 'continue':
          if (this.#ranges === 0) throw new TemplateError(`{{${first.text}}} outside {{range}}`)
          return { kind: first.text }
        case 'define':
          this.#define(rest)
          return undefined
        case 'block':
        case 'template':
          return this.#template(first.text, rest)
      }
    return { kind: 'action', pipe: this.#wholePipe(tokens, 'command') }
  }

  #control(kind: 'if' | 'with' | 'range', tokens: readonly Token[]): Node {
    const seen = this.#variables.length
    const pipe = this.#wholePipe(tokens, kind)
    if (kind === 'range') this.#ranges++
    const body = this.#list()
    if (kind === 'range') this.#ranges--
    const otherwise = body.by === 'else' ? this.#otherwise(kind, body.rest) : { nodes: [], by: body.by }
    if (otherwise.by === 'source') throw new TemplateError(`unexpected EOF: {{${kind}}} has no {{end}}`)
    this.#variables.length = seen
    return { kind, pipe, body: body.nodes, otherwise: otherwise.nodes }
  }

  /** `{{else}} … {{end}}`, or another condition that shares that end. */
  #otherwise(kind: string, [word, ...rest]: readonly Token[]): Pick<Ended, 'nodes' | 'by'> {
    if (word !== undefined) {
      if (word.kind !== 'word' || word.text !== kind || kind === 'range')
        throw new TemplateError(`unexpected ${JSON.stringify(word.text)} after else`)
      return { nodes: [this.#control(word.text as 'if' | 'with', rest)], by: 'end' }
    }
    const { nodes, by } = this.#list()
    if (by === 'else') throw new TemplateError(`expected end; found {{else}}`)
    return { nodes, by }
  }

  #define(tokens: readonly Token[]): void {
    const [name] = tokens
    if (name?.kind !== 'string' || tokens.length > 1) throw new TemplateError('define needs a name')
    this.#defined.set(name.text, this.#apart(`define ${JSON.stringify(name.text)}`))
  }

  #template(kind: 'block' | 'template', [name, ...rest]: readonly Token[]): Node {
    if (name?.kind !== 'string') throw new TemplateError(`${kind} needs a name`)
    const pipe = rest.length === 0 ? undefined : this.#wholePipe(rest, kind)
    if (kind === 'block') this.#defined.set(name.text, this.#apart(`block ${JSON.stringify(name.text)}`))
    return { kind: 'template', name: name.text, pipe }
  }

  /** What does not see the variables around it. */
  #apart(what: string): Nodes {
    const [variables, ranges] = [this.#variables, this.#ranges]
    this.#variables = ['$']
    this.#ranges = 0
    const { nodes, by } = this.#list()
    if (by !== 'end') throw new TemplateError(`unexpected ${by === 'else' ? '{{else}}' : 'EOF'} in ${what}`)
    this.#variables = variables
    this.#ranges = ranges
    return nodes
  }

  #wholePipe(tokens: readonly Token[], context: string): Pipe {
    const reader = new PipeReader(tokens, this.#isFunction, this.#variables)
    const pipe = reader.pipe(context)
    reader.expectEnd()
    return pipe
  }
}

/** The tokens of one action. */
class PipeReader {
  readonly #tokens: readonly Token[]
  readonly #isFunction: (name: string) => boolean
  readonly #variables: string[]
  #at = 0
  #nesting = 0

  constructor(tokens: readonly Token[], isFunction: (name: string) => boolean, variables: string[]) {
    this.#tokens = tokens
    this.#isFunction = isFunction
    this.#variables = variables
  }

  pipe(context: string): Pipe {
    const declared = this.#declared(context)
    const commands: Command[] = [this.#command(context)]
    while (this.#tookSign('|')) {
      const command = this.#command(context)
      if (command.first.kind === 'value') throw new TemplateError('a value cannot get a piped argument')
      commands.push(command)
    }
    if (!declared.isAssignment) this.#variables.push(...declared.variables)
    return { ...declared, commands }
  }

  expectEnd(): void {
    const next = this.#tokens[this.#at]
    if (next !== undefined) throw new TemplateError(`unexpected ${JSON.stringify(next.text)} in action`)
  }

  #declared(context: string): Pick<Pipe, 'variables' | 'isAssignment'> {
    const start = this.#at
    const names: string[] = []
    for (;;) {
      const token = this.#tokens[this.#at]
      if (token?.kind !== 'variable') break
      names.push(token.text)
      this.#at++
      if (context === 'range' && names.length === 1 && this.#tookSign(',')) continue
      const isAssignment = this.#isSign('=')
      if (!isAssignment && !this.#isSign(':=')) break
      this.#at++
      for (const name of isAssignment ? names : []) this.#known(name)
      return { variables: names, isAssignment }
    }
    this.#at = start
    return { variables: [], isAssignment: false }
  }

  #command(context: string): Command {
    const operands: Operand[] = []
    for (;;) {
      const token = this.#tokens[this.#at]
      if (token === undefined || (token.kind === 'sign' && token.text !== '(')) break
      operands.push(this.#operand(token))
    }
    const [first, ...args] = operands
    if (first === undefined) throw new TemplateError(`missing value for ${context}`)
    if (first.kind === 'value' && first.value === null) throw new TemplateError('nil is not a command')
    if (first.kind === 'value' && args.length > 0) throw new TemplateError("can't give argument to non-function")
    return call(first, args)
  }

  #operand(token: Token): Operand {
    this.#at++
    switch (token.kind) {
      case 'string':
        return { kind: 'value', value: token.text }
      case 'char':
        return { kind: 'value', value: BigInt(token.text.codePointAt(0) ?? 0) }
      case 'number':
        return { kind: 'value', value: numberOf(token.text) }
      case 'dot':
        if (this.#path().length > 0) throw new TemplateError('unexpected . after term "."')
        return { kind: 'field', path: [] }
      case 'field':
        return { kind: 'field', path: [token.text.slice(1), ...this.#path()] }
      case 'variable':
        this.#known(token.text)
        return { kind: 'variable', name: token.text, path: this.#path() }
      case 'word':
        return this.#word(token.text)
      case 'sign':
        return this.#bracketed()
    }
  }

  #word(name: string): Operand {
    if (name === 'true' || name === 'false') return { kind: 'value', value: name === 'true' }
    if (name === 'nil') return { kind: 'value', value: null }
    if (!this.#isFunction(name)) throw new TemplateError(`function ${JSON.stringify(name)} is not supported`, true)
    return { kind: 'function', name }
  }

  #bracketed(): Operand {
    if (++this.#nesting > nestingMax) throw new TemplateError('template is nested too deeply')
    const pipe = this.pipe('parenthesized pipeline')
    if (!this.#tookSign(')')) throw new TemplateError('unclosed left paren')
    this.#nesting--
    return { kind: 'pipe', pipe, path: this.#path() }
  }

  /** Fields that hang on an operand without a space. */
  #path(): readonly string[] {
    const path: string[] = []
    for (;;) {
      const token = this.#tokens[this.#at]
      if (token?.kind !== 'field' || token.isApart) return path
      path.push(token.text.slice(1))
      this.#at++
    }
  }

  #known(name: string): void {
    if (!this.#variables.includes(name)) throw new TemplateError(`undefined variable ${JSON.stringify(name)}`)
  }

  #isSign(text: string): boolean {
    const token = this.#tokens[this.#at]
    return token?.kind === 'sign' && token.text === text
  }

  #tookSign(text: string): boolean {
    const isThere = this.#isSign(text)
    if (isThere) this.#at++
    return isThere
  }
}

/** `call .time.Now` and `call .time.Parse x` (OPS-157) are the only functions among the data. */
function call(first: Operand, args: readonly Operand[]): Command {
  if (first.kind !== 'function' || first.name !== 'call') return { first, args }
  const [called, ...rest] = args
  const path = called?.kind === 'field' || called?.kind === 'variable' ? called.path : []
  const name = path.join('.')
  if (name !== 'time.Now' && name !== 'time.Parse')
    throw new TemplateError(`call of ${name === '' ? 'a value' : `.${name}`} is not supported`, true)
  return { first: { kind: 'function', name }, args: rest }
}

function numberOf(text: string): bigint | number {
  const digits = text.replaceAll('_', '')
  const sign = digits.startsWith('-') ? -1n : 1n
  const size = digits.replace(/^[+-]/, '')
  if (/^(?:0[xXbBoO].*|\d+)$/.test(size)) {
    const value = sign * BigInt(size)
    if (value >= 2n ** 63n || value < -(2n ** 63n)) throw new TemplateError(`integer overflow: ${text}`)
    return value
  }
  return Number(digits)
}
