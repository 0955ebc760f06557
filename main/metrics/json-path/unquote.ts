import { JsonPathError } from './json-path-error.ts'

const simple: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
}

const escape =
  /\\(?:(?<simple>[abfnrtv\\])|(?<quote>['"])|x(?<hex>[\da-fA-F]{2})|u(?<four>[\da-fA-F]{4})|U(?<eight>[\da-fA-F]{8})|(?<octal>[0-3][0-7]{2}))/y

/** A string literal in either quotes without them, escapes as Go has them. @throws JsonPathError */
export function unquote(literal: string): string {
  const quote = literal[0] ?? ''
  const inner = literal.slice(1, -1)
  const wrong = (): never => {
    throw new JsonPathError(`unquote string ${literal} error invalid syntax`)
  }
  let text = ''
  for (let at = 0; at < inner.length; ) {
    const char = inner[at] ?? ''
    if (char === quote) wrong()
    if (char !== '\\') {
      text += char
      at++
      continue
    }
    escape.lastIndex = at
    const groups = escape.exec(inner)?.groups
    text += (groups === undefined ? undefined : meant(groups, quote)) ?? wrong()
    at = escape.lastIndex
  }
  return text
}

function meant(groups: Readonly<Record<string, string | undefined>>, quote: string): string | undefined {
  if (groups['simple'] !== undefined) return simple[groups['simple']]
  if (groups['quote'] !== undefined) return groups['quote'] === quote ? quote : undefined
  if (groups['octal'] !== undefined) return String.fromCodePoint(Number.parseInt(groups['octal'], 8))
  const point = Number.parseInt(groups['hex'] ?? groups['four'] ?? groups['eight'] ?? '', 16)
  const isRune = point <= 0x10_ff_ff && (point < 0xd8_00 || point > 0xdf_ff)
  return isRune ? String.fromCodePoint(point) : undefined
}
