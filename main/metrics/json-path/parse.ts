import { parseFloat64, parseInteger } from '#engine/expr/builtins/numbers.ts'
import { ExprError } from '#engine/expr/expr-error.ts'
import { JsonPathError } from './json-path-error.ts'
import type { Action, Filter, Slice, Step, Template, Text } from './nodes.ts'
import { unquote } from './unquote.ts'

/** The end of the text. */
const eof = ''

/** Reads a template of Kubernetes' JSONPath (PRV-308). @throws JsonPathError */
export const parse = (text: string): Template => new Parser(text).template()

class Parser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  template(): Template {
    const nodes: (Text | Action)[] = []
    while (this.#at < this.#text.length) {
      const open = this.#text.indexOf('{', this.#at)
      const end = open === -1 ? this.#text.length : open
      if (end > this.#at) nodes.push({ kind: 'text', text: this.#text.slice(this.#at, end) })
      this.#at = end
      if (open !== -1) nodes.push(this.#action())
    }
    return nodes
  }

  #action(): Action {
    this.#at++
    const steps: Step[] = []
    while (!this.#text.startsWith('}', this.#at)) for (const step of this.#steps(steps.at(-1))) steps.push(step)
    this.#at++
    return { kind: 'action', steps }
  }

  /** What one token stands for; often nothing or one step. */
  #steps(previous: Step | undefined): readonly Step[] {
    if (this.#text.startsWith('[?(', this.#at)) return [this.#filter()]
    if (this.#text.startsWith('..', this.#at)) return this.#recursive(previous)
    const char = this.#peek()
    if (char === eof || '\r\n'.includes(char)) throw new JsonPathError('unclosed action')
    if (/^[+\-\p{Nd}]$/u.test(char)) return [this.#number()]
    if (/^[_\p{L}]$/u.test(char)) return [this.#word()]
    this.#at += char.length
    if (' @$'.includes(char)) return []
    if (char === '[') return this.#array()
    if (`"'`.includes(char)) return [this.#quoted(char)]
    if (char === '.') return [this.#field()]
    throw new JsonPathError(`unrecognized character in action: ${described(char)}`)
  }

  #peek(): string {
    const point = this.#text.codePointAt(this.#at)
    return point === undefined ? eof : String.fromCodePoint(point)
  }

  #taken(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const taken = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += taken.length
    return taken
  }

  #recursive(previous: Step | undefined): readonly Step[] {
    if (previous?.kind === 'recursive') throw new JsonPathError('invalid multiple recursive descent')
    this.#at += 2
    const isNamed = /^[_\p{L}\p{Nd}]$/u.test(this.#peek())
    return isNamed ? [{ kind: 'recursive' }, this.#field()] : [{ kind: 'recursive' }]
  }

  /** Up to what cannot be part of a name; after a backslash everything can. */
  #field(): Step {
    const name = this.#taken(/(?:\\.|[^\\ \t\r\n.,[\]$@{}])*\\?/suy)
    return name === '*' ? { kind: 'wildcard' } : { kind: 'field', name: name.replaceAll('\\', '') }
  }

  #word(): Step {
    const name = this.#taken(/[^ \t\r\n.,[\]$@{}]*/uy)
    return name === 'true' || name === 'false'
      ? { kind: 'literal', value: name === 'true' }
      : { kind: 'identifier', name }
  }

  #number(): Step {
    const text = this.#taken(/[+-]?[.\p{Nd}]*/uy)
    return { kind: 'literal', value: numberOf(text) }
  }

  #quoted(quote: string): Step {
    const begin = this.#at - 1
    for (; ; this.#at++) {
      const char = this.#text[this.#at]
      if (char === undefined || char === '\n') throw new JsonPathError('unterminated quoted string')
      if (char === quote && this.#text[this.#at - 1] !== '\\') break
    }
    this.#at++
    return { kind: 'text', text: unquote(this.#text.slice(begin, this.#at)) }
  }

  #array(): readonly Step[] {
    const inner = this.#taken(/[^\]\n]*/uy)
    if (this.#text[this.#at] !== ']') throw new JsonPathError('unterminated array')
    this.#at++
    const parts = inner.split(',')
    if (parts.length > 1)
      return [{ kind: 'union', of: parts.map((each) => actionOf(`[${each.replaceAll(/^ +| +$/g, '')}]`)) }]
    const key = /^'([^']*)'$/.exec(inner)?.[1]
    return key === undefined ? [sliceOf(inner === '*' ? ':' : inner)] : actionOf(`.${key}`).steps
  }

  #filter(): Filter {
    this.#at += '[?('.length
    const begin = this.#at
    this.#toEndOfFilter()
    const text = this.#text.slice(begin, this.#at)
    this.#at++
    if (this.#text[this.#at] !== ']') throw new JsonPathError('unclosed array expect ]')
    this.#at++
    const [, left, operator, right] = /^([^!<>=]+)([!<>=]+)([^\n]+)$/.exec(text) ?? []
    if (left === undefined || operator === undefined || right === undefined)
      return { kind: 'filter', left: actionOf(text) }
    return { kind: 'filter', left: actionOf(left), compared: { operator, right: actionOf(right) } }
  }

  /** To the parenthesis that closes it: one outside of quotes, of which there may be one pair. */
  #toEndOfFilter(): void {
    let quote: string | undefined
    let isClosed = false
    for (; ; this.#at++) {
      const char = this.#text[this.#at]
      if (char === undefined || char === '\n') throw new JsonPathError('unterminated filter')
      if (char === ')' && (quote === undefined) === !isClosed) return
      if (char !== '"' && char !== "'") continue
      if (quote === undefined) quote = char
      else if (char === quote && this.#text[this.#at - 1] !== '\\') isClosed = true
    }
  }
}

/** The first action of what stands in braces, as if it were alone. */
function actionOf(text: string): Action {
  const [first] = parse(`{${text}}`)
  return first?.kind === 'action' ? first : { kind: 'action', steps: [] }
}

function numberOf(text: string): bigint | number {
  for (const read of [parseInteger, parseFloat64]) {
    try {
      return read(text)
    } catch (error) {
      if (!(error instanceof ExprError)) throw error
    }
  }
  throw new JsonPathError(`cannot parse number ${text}`)
}

function sliceOf(text: string): Slice {
  const [, from, to, step] = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text) ?? []
  if (from === undefined) throw new JsonPathError(`invalid array index ${text}`)
  return {
    kind: 'slice',
    from: from === '' ? undefined : indexOf(from),
    to: boundOf(to),
    isIndex: to === undefined,
    step: boundOf(step),
  }
}

const boundOf = (text: string | undefined): number | undefined =>
  text === undefined || text === ':' ? undefined : indexOf(text.slice(1))

function indexOf(text: string): number {
  const value = Number(text)
  if (text === '-' || !Number.isSafeInteger(value)) throw new JsonPathError(`array index ${text} is not a number`)
  return value
}

/** `U+0023 '#'` */
function described(char: string): string {
  const code = `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(char) ? `${code} '${char}'` : code
}
