import { TemplateError } from './syntax.ts'

export interface Token {
  readonly kind: 'string' | 'number' | 'char' | 'word' | 'field' | 'variable' | 'dot' | 'sign'
  /** As written; of a string what it stands for. */
  readonly text: string
  /** White space stands before it, so that `.a .b` are two and `.a.b` is one. */
  readonly isApart: boolean
}

export type Piece = { readonly text: string } | { readonly tokens: readonly Token[] }

/** Cuts a template into text and actions; `{{- ` and ` -}}` take the white space beside them. @throws TemplateError */
export function piecesOf(source: string): readonly Piece[] {
  const pieces: Piece[] = []
  let at = 0
  let isTrimmed = false
  for (;;) {
    const open = source.indexOf('{{', at)
    const end = open < 0 ? source.length : open
    const trimsLeft = open >= 0 && /^-[ \t\r\n]/.test(source.slice(open + 2, open + 4))
    pieces.push({ text: trimmed(source.slice(at, end), isTrimmed, trimsLeft) })
    if (open < 0) return pieces
    const action = actionAt(source, open + (trimsLeft ? 4 : 2))
    if (action.tokens !== undefined) pieces.push({ tokens: action.tokens })
    at = action.end
    isTrimmed = action.trimsRight
  }
}

const space = '[ \\t\\r\\n]+'
const atStart = new RegExp(`^${space}`)
const atEnd = new RegExp(`${space}$`)

const trimmed = (text: string, left: boolean, right: boolean): string => {
  const rest = left ? text.replace(atStart, '') : text
  return right ? rest.replace(atEnd, '') : rest
}

interface Action {
  /** Absent: a comment. */
  readonly tokens: readonly Token[] | undefined
  readonly end: number
  readonly trimsRight: boolean
}

const closing = /(?:[ \t\r\n]+-)?\}\}/y

function closingAt(source: string, at: number): { readonly end: number; readonly trimsRight: boolean } | undefined {
  closing.lastIndex = at
  const found = closing.exec(source)
  return found === null ? undefined : { end: closing.lastIndex, trimsRight: found[0].length > 2 }
}

function actionAt(source: string, start: number): Action {
  if (source.startsWith('/*', start)) return commentAt(source, start)
  const tokens: Token[] = []
  let at = start
  for (;;) {
    const closed = closingAt(source, at)
    if (closed !== undefined) return { tokens, ...closed }
    const before = at
    while (/[ \t\r\n]/.test(source[at] ?? '')) at++
    const closedAfter = closingAt(source, at)
    if (closedAfter !== undefined) return { tokens, ...closedAfter }
    if (at >= source.length) throw new TemplateError('unclosed action')
    const { token, end } = tokenAt(source, at)
    tokens.push({ ...token, isApart: at > before })
    at = end
  }
}

function commentAt(source: string, start: number): Action {
  const end = source.indexOf('*/', start)
  const closed = end < 0 ? undefined : closingAt(source, end + 2)
  if (closed === undefined) throw new TemplateError('unclosed comment')
  return { tokens: undefined, ...closed }
}

const pattern =
  /(?<field>\.[\p{L}_][\p{L}\p{Nd}_]*)|(?<variable>\$[\p{L}\p{Nd}_]*)|(?<number>[+-]?(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?))|(?<word>[\p{L}_][\p{L}\p{Nd}_]*)|(?<dot>\.)|(?<sign>:=|[=|(),])/uy

function tokenAt(source: string, at: number): { readonly token: Omit<Token, 'isApart'>; readonly end: number } {
  const quote = source[at]
  if (quote === '`') {
    const end = source.indexOf('`', at + 1)
    if (end < 0) throw new TemplateError('unterminated raw quoted string')
    return { token: { kind: 'string', text: source.slice(at + 1, end).replaceAll('\r', '') }, end: end + 1 }
  }
  if (quote === '"' || quote === "'") return quotedAt(source, at, quote)
  pattern.lastIndex = at
  const groups = pattern.exec(source)?.groups
  const [kind, text] = Object.entries(groups ?? {}).find(([, each]) => each !== undefined) ?? []
  if (kind === undefined || text === undefined)
    throw new TemplateError(`unexpected ${JSON.stringify(source[at])} in action`)
  return { token: { kind: kind as Token['kind'], text }, end: pattern.lastIndex }
}

function quotedAt(source: string, at: number, quote: string) {
  let end = at + 1
  while (source[end] !== quote) {
    if (end >= source.length || source[end] === '\n')
      throw new TemplateError(quote === '"' ? 'unterminated quoted string' : 'unterminated character constant')
    end += source[end] === '\\' ? 2 : 1
  }
  const text = unescaped(source.slice(at + 1, end))
  if (quote === "'" && Array.from(text).length !== 1) throw new TemplateError('malformed character constant')
  return { token: { kind: quote === '"' ? ('string' as const) : ('char' as const), text }, end: end + 1 }
}

const plain: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
}

const unescaped = (text: string): string =>
  text.replaceAll(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([\s\S]))/g,
    (_all, x?: string, u?: string, long?: string, one = '') => {
      const code = x ?? u ?? long
      if (code !== undefined) {
        const point = Number.parseInt(code, 16)
        if (point > 0x10_ff_ff) throw new TemplateError('invalid escape in a string')
        return String.fromCodePoint(point)
      }
      const char = Object.hasOwn(plain, one) ? plain[one] : undefined
      if (char === undefined) throw new TemplateError(`invalid escape \\${one} in a string`)
      return char
    },
  )
