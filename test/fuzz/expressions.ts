import type { Random } from '#test/sim/random.ts'
import { pieces, spans, words } from './words.ts'

/** What an expression is to give; `any` is one of the others. */
type Kind = 'bool' | 'number' | 'text' | 'list' | 'map' | 'time' | 'any'

/** An expression that mostly makes sense, one that was damaged, or none at all. */
export function anyExpression(random: Random): string {
  const way = random.weighted({ grammar: 60, damaged: 20, large: 5, garbage: 15 })
  if (way === 'garbage') return garbage(random)
  if (way === 'large') return large(random)
  const text = expression(random, random.chance(0.8) ? 'bool' : 'any', random.int(1, 5))
  return way === 'damaged' ? damaged(random, text) : text
}

/** @param pointed inside of a predicate, where there is a `#` */
function expression(random: Random, kind: Kind, depth: number, pointed = false): string {
  if (random.chance(0.02)) return expression(random, 'any', depth, pointed)
  const make: Inner = (of, isPointed = pointed) => expression(random, of, depth - 1, isPointed)
  if (depth > 0 && random.chance(0.12)) return shared(random, kind, make)
  if (kind === 'any') return make(random.pick(['bool', 'number', 'text', 'list', 'map', 'time'] as const))
  return random.pick(depth > 0 && random.chance(0.85) ? composed[kind] : plain[kind])(random, make, pointed)
}

type Inner = (of: Kind, isPointed?: boolean) => string
type Make = (random: Random, make: Inner, pointed: boolean) => string

/** Forms that any kind can have. */
function shared(random: Random, kind: Kind, make: Inner): string {
  const name = random.pick(words)
  return random.pick([
    () => `(${make(kind)})`,
    () => `(${make('bool')} ? ${make(kind)} : ${make(kind)})`,
    () => `(if ${make('bool')} { ${make(kind)} } else { ${make(kind)} })`,
    () => `(let ${name} = ${make('any')}; ${make(kind)})`,
    () => `(${make('any')} ?? ${make(kind)})`,
    () => `[${make(kind)}, ${make(kind)}][${random.int(-3, 2)}]`,
    () => `{${name}: ${make(kind)}}.${name}`,
    () => `{${name}: ${make('any')}}?.${random.pick(words)}`,
    () => `default(${make('any')}, ${make(kind)})`,
    () => `find(${make('list')}, ${make('bool', true)})`,
    () => `reduce(${make('list')}, ${make(kind, true)}, ${make(kind)})`,
    () => `(${make('any')}; ${make(kind)})`,
    () => `${make('any')}.${random.pick(words)}(${make('any')})`,
  ])()
}

const path: Make = (random, _, pointed) => {
  const inner = pointed || random.chance(0.02) ? ['#', '#', '#acc', '#index'] : []
  let text = random.pick(['result', 'result', 'result', random.pick(words), ...inner])
  for (let more = random.int(0, 3); more > 0; more--)
    text += random.pick([
      `.${random.pick(words)}`,
      `?.${random.pick(words)}`,
      `["${random.pick(words)}"]`,
      `[${random.int(-2, 2)}]`,
    ])
  return text
}
const quoted: Make = (random) =>
  JSON.stringify(random.pick([...words, ...spans, '', 'é😀', 'a'.repeat(random.int(0, 40))]))
const numeral: Make = (random) =>
  random.pick([
    '0',
    '1',
    '-1',
    '2',
    '3.5',
    '1e3',
    '0x1F',
    '9223372036854775807',
    '1_000',
    '.5',
    String(random.int(0, 300)),
  ])

const plain: Readonly<Record<Exclude<Kind, 'any'>, readonly Make[]>> = {
  bool: [() => 'true', () => 'false', path],
  number: [numeral, numeral, path],
  text: [quoted, path],
  list: [
    () => 'result',
    () => '[]',
    () => '[1, 2.5, nil, "a"]',
    path,
    (random) => `${random.int(-2, 5)}..${random.int(0, 9)}`,
  ],
  map: [() => 'result', () => '{}', (random) => `{${random.pick(words)}: 1, "${random.pick(words)}": nil}`, path],
  time: [() => 'now()', (random) => `duration("${random.pick(spans)}")`, () => 'date("2026-01-15T10:00:00Z")'],
}

const call =
  (names: readonly string[], ...kinds: readonly Kind[]): Make =>
  (random, make) =>
    `${random.pick(names)}(${kinds.map((kind) => make(kind)).join(', ')})`
const over =
  (names: readonly string[], each: Kind): Make =>
  (random, make) =>
    `${random.pick(names)}(${make('list')}, ${make(each, true)})`
const infix =
  (operators: readonly string[], left: Kind, right: Kind): Make =>
  (random, make) =>
    `${make(left)} ${random.pick(operators)} ${make(right)}`

const composed: Readonly<Record<Exclude<Kind, 'any'>, readonly Make[]>> = {
  bool: [
    infix(['<', '>', '<=', '>=', '==', '!='], 'number', 'number'),
    infix(['<', '>=', '==', '!='], 'text', 'text'),
    infix(['==', '!=', 'in', 'not in', '<'], 'any', 'any'),
    infix(['in', 'not in'], 'any', 'list'),
    infix(['&&', '||', 'and', 'or'], 'bool', 'bool'),
    infix(['contains', 'startsWith', 'endsWith', 'not contains'], 'text', 'text'),
    (random, make) => `${make('text')} matches ${random.chance(0.8) ? JSON.stringify(regex(random, 3)) : make('text')}`,
    (random, make) => `${random.pick(['!', 'not '])}${make('bool')}`,
    (_, make) => `${make('number')} < ${make('number')} <= ${make('number')}`,
    over(['all', 'any', 'none', 'one'], 'bool'),
    (_, make) => `all(${make('list')}, {${make('bool', true)}})`,
    call(['isNaN', 'isInf'], 'number'),
    call(['isNil'], 'any'),
    call(['hasPrefix', 'hasSuffix'], 'text', 'text'),
    infix(['<', '>', '==', '-'], 'time', 'time'),
  ],
  number: [
    infix(['+', '-', '*', '/', '%', '**', '^'], 'number', 'number'),
    (_, make) => `-${make('number')}`,
    call(['abs', 'ceil', 'floor', 'round', 'int', 'float', 'asInt', 'asFloat'], 'number'),
    call(['int', 'float', 'asInt', 'asFloat'], 'text'),
    call(['len'], 'any'),
    over(['count', 'findIndex', 'findLastIndex'], 'bool'),
    over(['sum'], 'number'),
    call(['max', 'min', 'mean', 'median', 'sum'], 'list'),
    call(['max', 'min', 'mean'], 'number', 'list'),
    call(['indexOf', 'lastIndexOf'], 'text', 'text'),
    (random, make) => `${make('time')}.${random.pick(['Seconds', 'Unix', 'Year', 'Nanoseconds', ...words])}()`,
    (_, make) => `(${make('list')} | len())`,
  ],
  text: [
    infix(['+'], 'text', 'text'),
    call(['string', 'toJSON', 'type'], 'any'),
    call(['upper', 'lower', 'trim', 'trimPrefix'], 'text'),
    call(['trim', 'trimSuffix'], 'text', 'text'),
    call(['replace'], 'text', 'text', 'text'),
    call(['repeat'], 'text', 'number'),
    call(['join'], 'list', 'text'),
    (random, make) => `${make('text')}[${random.int(-3, 3)}:${random.int(-3, 9)}]`,
  ],
  list: [
    infix(['..'], 'number', 'number'),
    (_, make) => `[${make('any')}, ${make('any')}]`,
    over(['filter'], 'bool'),
    over(['map', 'sortBy'], 'any'),
    call(['sort', 'reverse', 'uniq', 'flatten', 'concat'], 'list'),
    call(['concat'], 'list', 'list'),
    call(['take'], 'list', 'number'),
    call(['split'], 'text', 'text'),
    call(['keys', 'values', 'toPairs'], 'map'),
    (random, make) => `${make('list')}[${random.int(-3, 3)}:]`,
    (_, make) => `sort(${make('list')}, "desc")`,
  ],
  map: [
    (random, make) => `{${random.pick(words)}: ${make('any')}, (${make('text')}): ${make('any')}}`,
    over(['groupBy'], 'text'),
    call(['fromJSON'], 'text'),
    call(['fromPairs'], 'list'),
    call(['get'], 'map', 'text'),
  ],
  time: [
    infix(['+', '-'], 'time', 'time'),
    infix(['*'], 'time', 'number'),
    (random, make) => `${make('time')}.${random.pick(['Add', 'Sub', 'After', 'Before'])}(${make('time')})`,
    call(['duration', 'date'], 'text'),
  ],
}

/** A regular expression, sometimes with what RE2 does not have. */
function regex(random: Random, depth: number): string {
  const inner = (): string => regex(random, depth - 1)
  if (depth === 0)
    return random.pick([
      'a',
      'b',
      '.',
      '\\d',
      '\\w',
      '\\pL',
      '[^a]',
      '[[:alpha:]]',
      '^',
      '$',
      '\\b',
      '',
      'é',
      '\\1',
      '(?=a)',
      '[',
      '\\',
    ])
  return random.pick([
    () => inner() + inner(),
    () =>
      `(${inner()})${random.pick(['*', '+', '?', '*?', '++', `{${random.int(0, 50)}}`, `{0,${random.int(0, 1200)}}`])}`,
    () => `(?:${inner()}|${inner()})`,
    () => `(?${random.pick(['i', 's', 'm', 'U', 'i-s', 'z'])})${inner()}`,
    () => `(?P<${random.pick(words)}>${inner()})`,
  ])()
}

/** Tokens taken out, doubled, swapped or put in. */
function damaged(random: Random, text: string): string {
  const tokens = text.split(/(\b|\s+)/).filter((each) => each !== '')
  for (let times = random.int(1, 3); times > 0; times--) {
    const at = random.int(0, tokens.length)
    const taken = tokens.splice(at, random.int(0, 2))
    tokens.splice(at, 0, ...random.pick([[], [random.pick(pieces)], [...taken, ...taken], taken.toReversed()]))
  }
  return tokens.join('')
}

const garbage = (random: Random): string =>
  Array.from({ length: random.int(0, 20) }, () =>
    random.chance(0.7) ? random.pick(pieces) : String.fromCharCode(random.int(0, random.chance(0.9) ? 127 : 65_535)),
  ).join('')

/** What grows: in depth, in length, in elements or in the time it takes. */
function large(random: Random): string {
  const [count, part] = [random.int(1, 3_000), random.pick(words)]
  const many = 10 ** random.int(1, 7)
  return random.pick([
    () => `${'('.repeat(count)}1${')'.repeat(count)} > 0`,
    () => `${'!'.repeat(count)}true`,
    () => `result${`.${part}`.repeat(count)} == nil`,
    () => `result${random.pick(['[0]', '?.a', '[1:]'])}`.repeat(1) + `${'[0]'.repeat(count)} == nil`,
    () => `1${random.pick([' + 1', ' * 2', ' - 1', ' ?? 1', ' ** 2'])}`.repeat(1) + `${' + 1'.repeat(count)} > 0`,
    () => `true${random.pick([' and true', ' ? true : false', ' == true'])}${' or false'.repeat(count)}`,
    () => `${'['.repeat(count)}${']'.repeat(count)} == []`,
    () => `${'all([1], '.repeat(count % 300)}true${')'.repeat(count % 300)}`,
    () => `${'let a = 1; '.repeat(count)}true`,
    () => `len(${random.int(0, 9)}..${many}) > 0`,
    () => `count(1..${many % 99_991}, any(1..${count}, # > ${count})) == 0`,
    () =>
      `len(reduce(1..${random.int(1, 800)}, ${random.pick(['[#acc]', '[#acc, #acc]', '#acc + #acc', 'concat(#acc, #acc)', '{a: #acc}'])}, ${random.pick(['"ab"', '[1]', 'result'])})) > 0`,
    () => `${random.pick(['toJSON', 'string'])}(reduce(1..${random.int(1, 30)}, [#acc, #acc], result)) == ""`,
    () => `len(repeat("${part}", ${many})) > 0`,
    () => `repeat("a", ${many}) matches "${regex(random, 3).replaceAll(/["\\]/g, '')}"`,
    () =>
      `${random.pick(['sort', 'uniq', 'reverse', 'flatten', 'mean', 'median', 'max'])}(map(1..${many}, ${random.pick(['string(#)', '-#', '# % 7', '[#, #]'])})) == nil`,
    () => `len(${random.pick(['upper', 'trim', 'lower'])}(repeat(" ", ${many}))) == 0`,
    () => `asFloat(repeat("1", ${many}) + "x") > ${random.pick(['0', 'asInt(repeat("9", 30))'])}`,
    () => `${random.pick(['indexOf', 'lastIndexOf'])}(repeat("a", ${many}), repeat("a", ${count}) + "b") < 0`,
    () =>
      `len(split(repeat("a,", ${many}), ",")) > 0 && len(replace(repeat("a", ${many}), "a", repeat("b", ${count}))) > 0`,
    () => `fromJSON(repeat("[", ${count}) + repeat("]", ${count})) == nil`,
    () => `duration("${'1'.repeat(count)}h") > duration("1${'.'.repeat(count % 3)}s")`,
    () => `reduce(1..${count}, #acc + duration("2000000h"), now()) > now()`,
    () => `[${'1,'.repeat(count * 4)}] == result`,
    () => `"${'\\u{1F600}'.repeat(count)}" == result`,
  ])()
}
