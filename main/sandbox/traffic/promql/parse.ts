import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Expression, Grouping, Matcher, Selector } from './expression.ts'
import { durationMs, type Token, tokenize, unquote } from './tokens.ts'

export const aggregations = ['sum', 'avg', 'min', 'max', 'count', 'topk', 'bottomk', 'quantile'] as const
const parametered = ['topk', 'bottomk', 'quantile']
const nestingMax = 64

/** Loosest first. `^` binds to the right. */
const precedence: readonly (readonly string[])[] = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '<=', '<', '>=', '>'],
  ['+', '-'],
  ['*', '/', '%'],
  ['^'],
]

/** Thrown inside this file only: a parser reads best when a rule can just stop. */
class SyntaxProblem extends Error {}

/** Reads a query. The error is a sentence, as in the HTTP answer. */
export function parseQuery(text: string): Outcome<Expression, string> {
  const tokens = tokenize(text)
  if (!tokens.ok) return tokens
  try {
    return success(new Parser(tokens.value).whole())
  } catch (error) {
    if (error instanceof SyntaxProblem) return failure(`parse error: ${error.message}`)
    throw error
  }
}

class Parser {
  readonly #tokens: readonly Token[]
  #position = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  whole(): Expression {
    const expression = this.#binary(0)
    if (this.#next.kind !== 'end') this.#stop()
    return expression
  }

  get #next(): Token {
    return this.#tokens[this.#position] ?? { kind: 'end', text: 'end of input' }
  }

  #stop(expected?: string): never {
    throw new SyntaxProblem(`unexpected ${this.#next.text}${expected === undefined ? '' : `, expected ${expected}`}`)
  }

  #take(...texts: readonly string[]): boolean {
    if (this.#next.kind === 'string' || !texts.includes(this.#next.text)) return false
    this.#position++
    return true
  }

  #need(text: string): void {
    if (!this.#take(text)) this.#stop(`"${text}"`)
  }

  #needKind(kind: Token['kind']): string {
    const { kind: found, text } = this.#next
    if (found !== kind) this.#stop(kind)
    this.#position++
    return text
  }

  #binary(level: number): Expression {
    const operators = precedence[level]
    if (operators === undefined) return this.#unary()
    let left = this.#binary(level + 1)
    for (;;) {
      const operator = this.#next.text
      if (!this.#take(...operators)) return left
      const bool = this.#take('bool')
      const matching = this.#grouping('on', 'ignoring')
      if (this.#take('group_left', 'group_right'))
        throw new SyntaxProblem('many-to-one matching is not part of the sandbox')
      const right = this.#binary(operator === '^' ? level : level + 1)
      left = { kind: 'binary', operator, left, right, bool, matching }
    }
  }

  #unary(): Expression {
    if (this.#take('+')) return this.#unary()
    if (!this.#take('-')) return this.#postfix(this.#primary())
    const right = this.#binary(precedence.length - 1)
    return {
      kind: 'binary',
      operator: '*',
      left: { kind: 'number', value: -1 },
      right,
      bool: false,
      matching: undefined,
    }
  }

  #primary(): Expression {
    const { kind, text } = this.#next
    if (kind === 'number' || kind === 'string') {
      this.#position++
      return kind === 'number' ? { kind, value: Number(text) } : { kind, value: unquote(text) }
    }
    if (this.#take('(')) return this.#nested(() => this.#closed(this.#binary(0)))
    if (text === '{' && kind === 'symbol') return this.#selector(undefined)
    const name = this.#needKind('name')
    if (aggregations.some((each) => each === name)) return this.#nested(() => this.#aggregate(name))
    if (this.#take('(')) return this.#nested(() => ({ kind: 'call', name, args: this.#args() }))
    if (/^(inf|nan)$/i.test(name))
      return { kind: 'number', value: /inf/i.test(name) ? Number.POSITIVE_INFINITY : Number.NaN }
    return this.#selector(name)
  }

  /** A bound on nesting, so that a hostile query cannot exhaust the stack. */
  #nested<T>(read: () => T): T {
    if (++this.#depth > nestingMax) throw new SyntaxProblem(`more than ${nestingMax} levels of nesting`)
    const result = read()
    this.#depth--
    return result
  }

  #closed<T>(value: T): T {
    this.#need(')')
    return value
  }

  /** Up to and with the closing parenthesis. */
  #args(): readonly Expression[] {
    const args: Expression[] = []
    if (this.#take(')')) return args
    do args.push(this.#binary(0))
    while (this.#take(','))
    return this.#closed(args)
  }

  #aggregate(name: string): Expression {
    const before = this.#grouping('by', 'without')
    this.#need('(')
    const args = this.#args()
    const grouping = before ?? this.#grouping('by', 'without') ?? { keep: true, labels: [] }
    const [first, second] = args
    const hasParameter = parametered.includes(name)
    const body = hasParameter ? second : first
    if (body === undefined || args.length !== (hasParameter ? 2 : 1))
      throw new SyntaxProblem(`wrong number of arguments for aggregate expression ${name}`)
    return { kind: 'aggregate', name, body, parameter: hasParameter ? first : undefined, grouping }
  }

  #grouping(keep: string, drop: string): Grouping | undefined {
    const isKeep = this.#next.text === keep
    if (!this.#take(keep, drop)) return undefined
    this.#need('(')
    const labels: string[] = []
    while (!this.#take(')')) {
      labels.push(this.#needKind('name'))
      if (!this.#take(',') && this.#next.text !== ')') this.#stop('")"')
    }
    return { keep: isKeep, labels }
  }

  #selector(name: string | undefined): Selector {
    const matchers: Matcher[] = []
    if (this.#take('{'))
      while (!this.#take('}')) {
        matchers.push(this.#matcher())
        if (!this.#take(',') && this.#next.text !== '}') this.#stop('"}"')
      }
    if (name === undefined && matchers.length === 0)
      throw new SyntaxProblem('vector selector must contain at least one non-empty matcher')
    return { kind: 'selector', name, matchers, rangeMs: undefined, offsetMs: 0 }
  }

  #matcher(): Matcher {
    const label = this.#needKind('name')
    const operator = this.#next.text
    if (operator !== '=' && operator !== '!=' && operator !== '=~' && operator !== '!~') this.#stop('a matcher')
    this.#position++
    const value = unquote(this.#needKind('string'))
    if (operator.endsWith('~') && !isPattern(value)) throw new SyntaxProblem(`invalid regular expression ${value}`)
    return { label, operator, value }
  }

  #postfix(expression: Expression): Expression {
    let result = expression
    if (this.#take('[')) {
      if (result.kind !== 'selector') throw new SyntaxProblem('ranges are only possible on a vector selector')
      const rangeMs = durationMs(this.#needKind('duration'))
      if (this.#next.text === ':') throw new SyntaxProblem('subqueries are not part of the sandbox')
      this.#need(']')
      result = { ...result, rangeMs }
    }
    if (this.#take('offset')) {
      if (result.kind !== 'selector') throw new SyntaxProblem('offset is only possible on a vector selector')
      const back = this.#take('-') ? -1 : 1
      result = { ...result, offsetMs: back * durationMs(this.#needKind('duration')) }
    }
    return result
  }
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'v') instanceof RegExp
  } catch {
    // RE2 and JavaScript differ in rare constructs; what JavaScript cannot read is refused, not guessed.
    return false
  }
}
