import { ExprError } from './expr-error.ts'

export type TokenKind = 'number' | 'string' | 'name' | 'operator' | 'bracket' | 'end'

export interface Token {
  readonly kind: TokenKind
  /** As written; of a string what it stands for. */
  readonly text: string
}

/** Words that are operators, not names. */
const wordOperators = new Set([
  'not',
  'in',
  'or',
  'and',
  'matches',
  'contains',
  'startsWith',
  'endsWith',
  'let',
  'if',
  'else',
])

/** Longest first. */
const pattern =
  /(?<space>\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<number>0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*(?:\.(?!\.)[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)|(?<name>[\p{L}_$][\p{L}\p{Nd}_$]*)|(?<bracket>[()[\]{}])|(?<operator>\?\.|\?\?|\|\||&&|==|!=|<=|>=|\*\*|\.\.|::|[?:,;%+\-^&!=*<>/.#|])/uy

/** Splits an expression into tokens, the last of which is the end (ANA-1304). @throws ExprError */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < text.length; ) {
    const quote = text[at]
    if (quote === '"' || quote === "'" || quote === '`') {
      const { token, end } = quote === '`' ? rawText(text, at) : quotedText(text, at, quote)
      tokens.push(token)
      at = end
      continue
    }
    if (text.startsWith('/*', at) && !text.includes('*/', at + 2)) throw new ExprError('unclosed comment')
    pattern.lastIndex = at
    const groups = pattern.exec(text)?.groups
    if (groups === undefined)
      throw new ExprError(`unrecognized character: ${String.fromCodePoint(text.codePointAt(at) ?? 0)}`)
    at = pattern.lastIndex
    const token = tokenOf(groups)
    if (token?.kind === 'number' && /^[\p{L}\p{Nd}_]/u.test(text.slice(at)))
      throw new ExprError(`bad number syntax: "${token.text}${text[at]}"`)
    if (token !== undefined) tokens.push(token)
  }
  return [...tokens, { kind: 'end', text: '' }]
}

function tokenOf({ number, name, bracket, operator }: Readonly<Record<string, string | undefined>>): Token | undefined {
  if (number !== undefined) return { kind: 'number', text: number }
  if (name !== undefined) return { kind: wordOperators.has(name) ? 'operator' : 'name', text: name }
  if (bracket !== undefined) return { kind: 'bracket', text: bracket }
  return operator === undefined ? undefined : { kind: 'operator', text: operator }
}

/** Between backticks nothing is escaped but the backtick, by doubling it. */
function rawText(text: string, start: number): { readonly token: Token; readonly end: number } {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] !== '`') continue
    if (text[at + 1] !== '`')
      return { token: { kind: 'string', text: text.slice(start + 1, at).replaceAll('``', '`') }, end: at + 1 }
    at++
  }
  throw new ExprError('literal not terminated')
}

const plainEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
}

function quotedText(text: string, start: number, quote: string): { readonly token: Token; readonly end: number } {
  let value = ''
  for (let at = start + 1; at < text.length; ) {
    const char = text[at] ?? ''
    if (char === quote) return { token: { kind: 'string', text: value }, end: at + 1 }
    if (char === '\n') break
    if (char !== '\\') {
      value += char
      at++
      continue
    }
    const escape = escapeAt(text, at + 1)
    value += escape.value
    at = escape.end
  }
  throw new ExprError('literal not terminated')
}

/** `\n`, `\x41`, `\u0041`, `\u{1F600}`, `\U0001F600`, `\101`. */
function escapeAt(text: string, at: number): { readonly value: string; readonly end: number } {
  const plain = plainEscapes[text[at] ?? '']
  if (plain !== undefined) return { value: plain, end: at + 1 }
  const coded = /^(?:x([\da-fA-F]{2})|u\{([\da-fA-F]{1,6})\}|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-3][0-7]{2}))/.exec(
    text.slice(at, at + 10),
  )
  const [whole = '', hex2, braced, hex4, hex8, octal] = coded ?? []
  const code =
    octal === undefined ? Number.parseInt(hex2 ?? braced ?? hex4 ?? hex8 ?? '', 16) : Number.parseInt(octal, 8)
  if (coded === null || code > 0x10_ff_ff) throw new ExprError('invalid char escape')
  return { value: String.fromCodePoint(code), end: at + whole.length }
}
