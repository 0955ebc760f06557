import { failure, type Outcome, success } from '#lib/outcome.ts'

export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'duration' | 'symbol' | 'end'
  readonly text: string
}

/** Longest first: a duration is not a number followed by a name. */
const patterns: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /(?:\s+|#[^\n]*)/y],
  ['duration', /(?:\d+(?:ms|[smhdwy]))+/y],
  ['number', /(?:0x[0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y],
  ['string', /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/y],
  ['name', /[a-zA-Z_:][a-zA-Z0-9_:]*/y],
  ['symbol', /=~|!~|==|!=|>=|<=|[-+*/%^(){}[\],=<>@:]/y],
]

/** The error says where the text stops making sense. */
export function tokenize(text: string): Outcome<readonly Token[], string> {
  const tokens: Token[] = []
  let position = 0
  while (position < text.length) {
    const found = match(text, position)
    if (found === undefined) return failure(`unexpected character at position ${position + 1}: "${text[position]}"`)
    if (found.kind !== 'space') tokens.push({ kind: found.kind, text: found.text })
    position += found.text.length
  }
  return success([...tokens, { kind: 'end', text: 'end of input' }])
}

function match(text: string, position: number) {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = position
    const found = pattern.exec(text)?.[0]
    if (found !== undefined && found !== '') return { kind, text: found }
  }
  return undefined
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
}

/** `1h30m` in ms. */
export const durationMs = (text: string): number =>
  [...text.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0),
    0,
  )

/** The value of a quoted string; back-quotes take everything as it is. */
export function unquote(text: string): string {
  const inner = text.slice(1, -1)
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }
  return text.startsWith('`') ? inner : inner.replaceAll(/\\(.)/g, (_, char: string) => escapes[char] ?? char)
}
