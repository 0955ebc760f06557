import { ExprError } from './expr-error.ts'

/** Patterns of RE2 that JavaScript reads otherwise or not at all, and the other way round (ANA-1313). */
const foreign = /\(\?(?:=|!|<=|<!)|\\[1-9]|\\k<|\(\?>|[*+?}]\+/

/** JavaScript matches by trying, not in RE2's linear time: a short pattern keeps most, not all, of what could run for long out. */
const patternMax = 1_000

/**
 * A pattern of RE2 as a JavaScript one: on code points, ASCII classes, `(?i)` in front, named groups as Go spells them.
 * @throws ExprError
 */
export function re2(pattern: string): RegExp {
  if (pattern.length > patternMax) throw new ExprError('error parsing regexp: expression too large')
  if (foreign.test(pattern))
    throw new ExprError(`error parsing regexp: invalid or unsupported Perl syntax: \`${pattern}\``)
  const [, words = ''] = /^\(\?([imsU]+)\)/.exec(pattern) ?? []
  const body = pattern
    .replace(/^\(\?[imsU]+\)/, '')
    .replaceAll('(?P<', '(?<')
    .replaceAll(/\\([pP])([A-Z])/g, '\\$1{$2}')
    .replaceAll(/\\[Az]/g, (anchor) => (anchor === '\\A' ? '^' : '$'))
    .replaceAll(/\[\[:(\^?)(\w+):\]\]/g, (_, not: string, name: string) => `[${not}${posix(name)}]`)
  try {
    return new RegExp(body, `u${[...new Set(words)].filter((each) => each !== 'U').join('')}`)
  } catch {
    return withoutUnicode(body, words, pattern)
  }
}

/** JavaScript's `u` refuses escapes of plain characters, such as `\-`, that RE2 takes. */
function withoutUnicode(body: string, words: string, pattern: string): RegExp {
  try {
    return new RegExp(body, [...new Set(words)].filter((each) => each !== 'U').join(''))
  } catch {
    throw new ExprError(`error parsing regexp: \`${pattern}\``)
  }
}

function posix(name: string): string {
  const found = classes[name]
  if (found === undefined) throw new ExprError(`error parsing regexp: invalid character class range: \`[:${name}:]\``)
  return found
}

const classes: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  upper: 'A-Z',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
}
