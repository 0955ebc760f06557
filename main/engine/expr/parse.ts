import { ExprError } from './expr-error.ts'
import {
  type BinaryOperator,
  binaryPrecedence,
  childrenOf,
  type Node,
  predicateArguments,
  type UnaryOperator,
  unaryPrecedence,
} from './syntax.ts'
import { type Token, type TokenKind, tokensOf } from './tokens.ts'

/** More parts are refused (ANA-1315). */
const nodesMax = 10_000
/** Deeper nesting is refused before it can exhaust the stack. */
const depthMax = 400
/** The same for what hangs on what hangs on it, `a.b.c` or `a + b + c`, which nests without a bracket. */
const heightMax = 1_000

/** Reads an expression of expr-lang (ANA-1304…1306). @throws ExprError */
export const parse = (text: string): Node => new Parser(tokensOf(text)).parse()

const isBinary = (text: string): text is BinaryOperator => Object.hasOwn(binaryPrecedence, text)
const isUnary = (text: string): text is UnaryOperator => Object.hasOwn(unaryPrecedence, text)
const isComparison = (text: string): boolean => ['<', '>', '<=', '>='].includes(text)
const mayBeNegated = new Set(['in', 'matches', 'contains', 'startsWith', 'endsWith'])
const isRightAssociative = (operator: BinaryOperator): boolean => operator === '**' || operator === '^'

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0
  #nodes = 0
  readonly #heights = new Map<Node, number>()
  #depth = 0
  /** Inside how many predicates: only there is `#` a thing. */
  #predicates = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  parse(): Node {
    const node = this.#sequence()
    if (this.#current.kind !== 'end') throw this.#unexpected()
    return node
  }

  get #current(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' }
  }

  #is(kind: TokenKind, text?: string): boolean {
    return this.#current.kind === kind && (text === undefined || this.#current.text === text)
  }

  /** Steps over this token if it is there. */
  #took(kind: TokenKind, text: string): boolean {
    const isThere = this.#is(kind, text)
    if (isThere) this.#at++
    return isThere
  }

  #expect(kind: TokenKind, text?: string): Token {
    const token = this.#current
    if (!this.#is(kind, text)) throw this.#unexpected()
    this.#at++
    return token
  }

  #unexpected(): ExprError {
    const { kind, text } = this.#current
    return new ExprError(kind === 'end' ? 'unexpected token EOF' : `unexpected token ${kindName[kind]}("${text}")`)
  }

  #made(node: Node): Node {
    if (++this.#nodes > nodesMax) throw new ExprError('compilation failed: expression exceeds maximum allowed nodes')
    const height = 1 + childrenOf(node).reduce((most, each) => Math.max(most, this.#heights.get(each) ?? 0), 0)
    if (height > heightMax) throw new ExprError('expression is nested too deeply')
    this.#heights.set(node, height)
    return node
  }

  #sequence(): Node {
    const nodes = [this.#expression(0)]
    while (this.#took('operator', ';')) {
      if (this.#is('end') || this.#is('bracket', ')') || this.#is('bracket', '}')) break
      nodes.push(this.#expression(0))
    }
    const [only] = nodes
    return nodes.length === 1 && only !== undefined ? only : this.#made({ kind: 'sequence', nodes })
  }

  #expression(precedence: number): Node {
    if (++this.#depth > depthMax) throw new ExprError('expression is nested too deeply')
    const node = precedence === 0 ? (this.#statement() ?? this.#operation(0)) : this.#operation(precedence)
    this.#depth--
    return node
  }

  #statement(): Node | undefined {
    if (this.#took('operator', 'let')) return this.#declaration()
    return this.#took('operator', 'if') ? this.#conditional() : undefined
  }

  #declaration(): Node {
    const { text: name } = this.#expect('name')
    this.#expect('operator', '=')
    const value = this.#expression(0)
    this.#expect('operator', ';')
    return this.#made({ kind: 'let', name, value, body: this.#sequence() })
  }

  /** `if c { a } else { b }`, or `else if …`. */
  #conditional(): Node {
    const test = this.#expression(0)
    const yes = this.#block()
    this.#expect('operator', 'else')
    const no = this.#took('operator', 'if') ? this.#conditional() : this.#block()
    return this.#made({ kind: 'condition', test, yes, no })
  }

  #block(): Node {
    this.#expect('bracket', '{')
    const node = this.#sequence()
    this.#expect('bracket', '}')
    return node
  }

  #operation(precedence: number): Node {
    let node = this.#primary()
    let before = ''
    for (;;) {
      const start = this.#at
      const isNegated = this.#is('operator', 'not') && mayBeNegated.has(this.#tokens[start + 1]?.text ?? '')
      if (isNegated) this.#at++
      const { kind, text: operator } = this.#current
      if (kind !== 'operator' || !isBinary(operator) || binaryPrecedence[operator] < precedence) {
        this.#at = start
        break
      }
      this.#at++
      if (before === '??' && operator !== '??' && operator !== '|')
        throw new ExprError(
          `Operator (${operator}) and coalesce expressions (??) cannot be mixed. Wrap either by parentheses.`,
        )
      node = this.#withRight(node, operator, isNegated)
      before = operator
    }
    return precedence === 0 ? this.#ternary(node) : node
  }

  #withRight(left: Node, operator: BinaryOperator, isNegated: boolean): Node {
    if (operator === '|') return this.#postfix(this.#call(this.#expect('name').text, [left]))
    if (isComparison(operator)) return this.#comparison(left, operator)
    const precedence = binaryPrecedence[operator]
    const right = this.#expression(isRightAssociative(operator) ? precedence : precedence + 1)
    const node = this.#made({ kind: 'binary', operator, left, right })
    return isNegated ? this.#made({ kind: 'unary', operator: 'not', of: node }) : node
  }

  /** `0 < a <= 1` means `0 < a && a <= 1`. */
  #comparison(first: Node, operator: BinaryOperator): Node {
    let [left, comparator] = [first, operator]
    let node: Node | undefined
    for (;;) {
      const right = this.#expression(binaryPrecedence[comparator] + 1)
      const one = this.#made({ kind: 'binary', operator: comparator, left, right })
      node = node === undefined ? one : this.#made({ kind: 'binary', operator: '&&', left: node, right: one })
      const next = this.#current
      if (next.kind !== 'operator' || !isBinary(next.text) || !isComparison(next.text)) return node
      this.#at++
      left = right
      comparator = next.text
    }
  }

  /** `a ? b : c` and `a ?: c`. */
  #ternary(start: Node): Node {
    let node = start
    while (this.#took('operator', '?')) {
      if (this.#took('operator', ':')) {
        node = this.#made({ kind: 'condition', test: node, yes: node, no: this.#expression(0) })
        continue
      }
      const yes = this.#expression(0)
      this.#expect('operator', ':')
      node = this.#made({ kind: 'condition', test: node, yes, no: this.#expression(0) })
    }
    return node
  }

  #primary(): Node {
    const { kind, text } = this.#current
    if (kind === 'operator' && isUnary(text)) {
      this.#at++
      const of = this.#expression(unaryPrecedence[text])
      return this.#postfix(this.#made({ kind: 'unary', operator: text, of }))
    }
    if (this.#took('bracket', '(')) {
      const node = this.#sequence()
      this.#expect('bracket', ')')
      return this.#postfix(node)
    }
    if (this.#predicates > 0 && kind === 'operator' && (text === '#' || text === '.')) {
      if (text === '#') this.#at++
      const name = text === '#' && this.#is('name') ? this.#expect('name').text : ''
      return this.#postfix(this.#made({ kind: 'pointer', name }))
    }
    return this.#postfix(this.#secondary())
  }

  #secondary(): Node {
    const { kind, text } = this.#current
    this.#at++
    switch (kind) {
      case 'name':
        return this.#named(text)
      case 'number':
        return this.#made({ kind: 'number', value: numberOf(text) })
      case 'string':
        return this.#made({ kind: 'string', value: text })
      case 'bracket':
        if (text === '[') return this.#made({ kind: 'list', items: this.#listed(']') })
        if (text === '{') return this.#map()
        break
      case 'operator':
      case 'end':
        break
    }
    this.#at--
    throw this.#unexpected()
  }

  #named(name: string): Node {
    if (name === 'nil') return this.#made({ kind: 'nil' })
    if (name === 'true' || name === 'false') return this.#made({ kind: 'boolean', value: name === 'true' })
    return this.#is('bracket', '(') ? this.#call(name, []) : this.#made({ kind: 'name', name })
  }

  /** @param given what a pipe puts in front of the arguments */
  #call(name: string, given: readonly Node[]): Node {
    this.#expect('bracket', '(')
    const after = Object.hasOwn(predicateArguments, name) ? predicateArguments[name] : undefined
    const args = after === undefined ? [...given, ...this.#listed(')')] : this.#predicateCall(given, after)
    return this.#made({ kind: 'call', name, args })
  }

  #predicateCall(given: readonly Node[], after: NonNullable<(typeof predicateArguments)[string]>): readonly Node[] {
    const args = given.length > 0 ? [...given] : [this.#expression(0)]
    for (const [index, each] of after.entries()) {
      const isFirst = given.length > 0 && index === 0
      const isOptional = each !== 'predicate'
      if (isOptional && this.#is('bracket', ')')) break
      if (!isFirst) this.#expect('operator', ',')
      if (isOptional && this.#is('bracket', ')')) break
      args.push(each === 'optional' ? this.#expression(0) : this.#predicate())
    }
    this.#took('operator', ',')
    this.#expect('bracket', ')')
    return args
  }

  #predicate(): Node {
    this.#predicates++
    const body = this.#is('bracket', '{') ? this.#block() : this.#expression(0)
    this.#predicates--
    return this.#made({ kind: 'predicate', body })
  }

  /** Expressions between commas, up to the closing bracket; a comma at the end is allowed. */
  #listed(closing: string): readonly Node[] {
    const nodes: Node[] = []
    while (!this.#took('bracket', closing)) {
      if (nodes.length > 0) {
        this.#expect('operator', ',')
        if (this.#took('bracket', closing)) break
      }
      nodes.push(this.#expression(0))
    }
    return nodes
  }

  #map(): Node {
    const entries: (readonly [Node, Node])[] = []
    while (!this.#took('bracket', '}')) {
      if (entries.length > 0) {
        this.#expect('operator', ',')
        if (this.#took('bracket', '}')) break
      }
      const key = this.#mapKey()
      this.#expect('operator', ':')
      entries.push([key, this.#expression(0)])
    }
    return this.#made({ kind: 'map', entries })
  }

  #mapKey(): Node {
    const { kind, text } = this.#current
    if (kind === 'number' || kind === 'string' || kind === 'name') {
      this.#at++
      return this.#made({ kind: 'string', value: text })
    }
    if (this.#is('bracket', '(')) return this.#expression(0)
    throw new ExprError(
      `a map key must be a quoted string, a number, a identifier, or an expression enclosed in parentheses`,
    )
  }

  /** What hangs on an expression: `.name`, `?.name`, `[i]`, `[a:b]`, `.method(x)`. */
  #postfix(start: Node): Node {
    let node = start
    let isOptional = false
    for (;;) {
      const optional = this.#took('operator', '?.')
      isOptional ||= optional
      if ((optional && !this.#is('bracket', '[')) || this.#took('operator', '.')) node = this.#property(node, optional)
      else if (this.#took('bracket', '[')) node = this.#subscript(node, optional)
      else break
    }
    return isOptional ? this.#made({ kind: 'chain', of: node }) : node
  }

  #property(of: Node, optional: boolean): Node {
    const { kind, text: name } = this.#current
    if (kind !== 'name' && !(kind === 'operator' && /^[a-zA-Z]+$/.test(name))) throw new ExprError('expected name')
    this.#at++
    if (this.#took('bracket', '(')) return this.#made({ kind: 'method', of, name, args: this.#listed(')') })
    return this.#made({ kind: 'member', of, key: this.#made({ kind: 'string', value: name }), optional })
  }

  #subscript(of: Node, optional: boolean): Node {
    const from = this.#is('operator', ':') ? undefined : this.#expression(0)
    if (this.#took('operator', ':')) {
      const to = this.#is('bracket', ']') ? undefined : this.#expression(0)
      this.#expect('bracket', ']')
      return this.#made({ kind: 'slice', of, from, to })
    }
    this.#expect('bracket', ']')
    if (from === undefined) throw this.#unexpected()
    return this.#made({ kind: 'member', of, key: from, optional })
  }
}

const kindName: Readonly<Record<TokenKind, string>> = {
  number: 'Number',
  string: 'String',
  name: 'Identifier',
  operator: 'Operator',
  bracket: 'Bracket',
  end: 'EOF',
}

/** A whole number must fit into 64 bits. */
function numberOf(text: string): number | bigint {
  const digits = text.replaceAll('_', '')
  if (/^0[xob]/i.test(digits) || /^\d+$/.test(digits)) {
    const value = BigInt(digits)
    if (value >= 2n ** 63n) throw new ExprError('integer literal is too large')
    return value
  }
  const value = Number(digits)
  if (!Number.isFinite(value)) throw new ExprError(`strconv.ParseFloat: parsing "${digits}": value out of range`)
  return value
}
