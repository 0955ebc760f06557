import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromJson, type Value } from '#engine/expr/values.ts'
import { firstFound, parseJsonPath } from '#main/metrics/json-path/json-path.ts'

const data = fromJson({
  ok: true,
  n: 5,
  none: null,
  name: 'web',
  'a.b': 'dotted',
  a: { b: 'nested' },
  empty: [],
  items: [
    { v: 1, code: 200, name: 'x', up: true },
    { v: 2, code: 500, name: 'y', up: false, more: [7] },
    { v: 3, code: 200, name: 'z', up: true, none: null },
  ],
})

/** The first value, `[]` when there is none, or the text of the failure. */
function found(path: string, value: Value = data): unknown {
  const template = parseJsonPath(path)
  if (!template.ok) return `parser: ${template.error}`
  const outcome = firstFound(template.value, value)
  if (!outcome.ok) return outcome.error
  return outcome.value === undefined ? [] : outcome.value.value
}

describe('steps', () => {
  it.each<[string, unknown]>([
    ['{$}', data],
    ['{@}', data],
    ['{}', data],
    ['{$.ok}', true],
    ['{.ok}', true],
    ['{ $.ok }', true],
    ['{$.a.b}', 'nested'],
    ["{$['a']['b']}", 'nested'],
    ["{$['a.b']}", 'nested'],
    ["{$['a\\.b']}", 'dotted'],
    ['{$.a\\.b}', 'dotted'],
    ['{$.none}', null],
    ['{$.missing}', 'missing is not found'],
    ['{$.none.x}', 'x is not found'],
    ['{$.name.x}', 'x is not found'],
    ['{$.items[*].more}', [7]],
    ['{$.items[*].missing}', 'missing is not found'],
    ['{$.empty[*].v}', []],
    ['{$.items[0].v}', 1],
    ['{$.items[-1].v}', 3],
    ['{$.items[].v}', 1],
    ['{$.items[1:].v}', 2],
    ['{$.items[1:2].v}', 2],
    ['{$.items[-2:-1].v}', 2],
    ['{$.items[::2].v}', 1],
    ['{$.items[1::2].v}', 2],
    ['{$.items[3].v}', 'array index out of bounds: index 3, length 3'],
    ['{$.items[-4].v}', 'array index out of bounds: index -1, length 3'],
    ['{$.items[0:9].v}', 'array index out of bounds: index 8, length 3'],
    ['{$.items[2:1].v}', 'starting index 2 is greater than ending index 1'],
    ['{$.items[1:1].v}', []],
    ['{$.items[0:2:0].v}', 'step must be > 0'],
    ['{$.items[0:2:-1].v}', 'step must be > 0'],
    ['{$.empty[0]}', 'array index out of bounds: index 0, length 0'],
    ['{$.a[0]}', 'map[string]interface {} is not array or slice'],
    ['{$.name[0]}', 'string is not array or slice'],
    ['{$.n[*]}', 'float64 is not array or slice'],
    ['{$.ok[*]}', 'bool is not array or slice'],
    ['{$.none[0]}', []],
    ['{$.a.*}', 'nested'],
    ['{$.n.*}', []],
    ['{$.none.*}', []],
    ['{$..code}', 200],
    ['{..more}', [7]],
    ['{$..missing}', 'missing is not found'],
    ['{$.items[1,0].v}', 2],
    ["{$['name','ok']}", 'web'],
    ["{$['missing','ok']}", 'missing is not found'],
    ["{$['a,b']}", `parser: invalid array index 'a`],
    ['{5}', 5n],
    ['{-1.5}', -1.5],
    ['{true}', true],
    ['{"text"}', 'text'],
    ["{'it\\'s \\u0041\\n\\101'}", "it's A\nA"],
  ])('PRV-308: %s', (path, value) => {
    expect(found(path)).toEqual(value)
  })

  it('PRV-308: members are found in the order of the document, from the outside in', () => {
    const nested = fromJson({ z: { v: 1 }, a: { v: 2 }, v: { v: 3 } })
    expect(found('{$.*.v}', nested)).toBe(1)
    expect(found('{$..v}', nested)).toEqual(new Map([['v', 3]]))
  })
})

describe('texts and several blocks', () => {
  it.each<[string, unknown]>([
    ['$.ok', '$.ok'],
    ['x {$.a}', 'x '],
    ['{$.empty[*]}{$.ok}', true],
    ['{$.ok}{$.name}', true],
    ['{$.ok}{$.missing}', 'missing is not found'],
    ['{range $.items[*]}{.v}{end}', 1],
    ['{range $.empty[*]}{.v}{end}{$.ok}', 'v is not found'],
    ['{range $.items[*]}{range .more[*]}{@}{end}{end}', 'more is not found'],
    ['{end}', 'not in range, nothing to end'],
    ['{nonsense}', 'unrecognized identifier nonsense'],
  ])('PRV-308: %s', (path, value) => {
    expect(found(path)).toEqual(value)
  })
})

describe('filters', () => {
  it.each<[string, unknown]>([
    ['{$.items[?(@.name=="y")].v}', 2],
    ["{$.items[?(@.name=='y')].v}", 2],
    ['{$.items[?(@.name != "x")].v}', 2],
    ['{$.items[?(@.name > "x")].v}', 2],
    ['{$.items[?(@.up==false)].v}', 2],
    ['{$.items[?(@.code==200.0)].v}', 1],
    ['{$.items[?(@.code>=500.0)].v}', 2],
    ['{$.items[?(@.v<=1.0)].v}', 1],
    ['{$.items[?(@.v<2.5)].v}', 1],
    ['{$.items[?(@.more)].v}', 2],
    ['{$.items[?(@.code==200)].v}', 'incompatible types for comparison'],
    ['{$.items[?(@.name==1.0)].v}', 'incompatible types for comparison'],
    ['{$.items[?(@.up<true)].v}', 'invalid type for comparison'],
    ['{$.items[?(@.missing=="y")].v}', 'missing is not found'],
    ['{$.items[?(@.none=="y")].v}', 'none is not found'],
    [
      '{$.items[2:][?(@.none=="y")].v}',
      'map[code:200 name:z none:<nil> up:true v:3] is not array or slice and cannot be filtered',
    ],
    ['{$.items[?(@=="y")].v}', 'invalid type for comparison'],
    ['{$.items[?(@.v==@.v)].v}', 1],
    ['{$.items[?(@.v=="")].v}', 'incompatible types for comparison'],
    ['{$.items[?(@.v===1.0)].v}', 'unrecognized filter operator ==='],
    ['{$.items[?(@.*=="y")].v}', 'can only compare one element at a time'],
    ['{$.items[?(@.name==")")].v}', []],
    ['{$.items[?(@.more[5])].v}', 2],
    ['{$.empty[?(@.x)].v}', []],
    ['{$.n[?(@.x)]}', '5 is not array or slice and cannot be filtered'],
    ['{$.none[?(@.x)]}', '<nil> is not array or slice and cannot be filtered'],
  ])('PRV-308: %s', (path, value) => {
    expect(found(path)).toEqual(value)
  })
})

describe('what cannot be read', () => {
  it.each([
    ['{$.a', 'unclosed action'],
    ['{$.a\n}', 'unclosed action'],
    ['{$.items[0', 'unterminated array'],
    ['{$.items["a"]}', 'invalid array index "a"'],
    ['{$.items[x]}', 'invalid array index x'],
    ['{$.items[-]}', 'array index - is not a number'],
    ['{#}', "unrecognized character in action: U+0023 '#'"],
    ['{\t}', 'unrecognized character in action: U+0009'],
    ['{\u{1F600}}', "unrecognized character in action: U+1F600 '\u{1F600}'"],
    ['{$.items[?(@.x=="y"]}', 'unterminated filter'],
    ['{$.items[?(@.x=="y)]}', 'unterminated filter'],
    ['{$.items[?(@.x)}', 'unclosed array expect ]'],
    ['{....a}', 'invalid multiple recursive descent'],
    ['{"x}', 'unterminated quoted string'],
    ['{"\\q"}', 'unquote string "\\q" error invalid syntax'],
    ['{-}', 'cannot parse number -'],
    ['{1.2.3}', 'cannot parse number 1.2.3'],
  ])('PRV-302: %j: %s', (path, cause) => {
    expect(parseJsonPath(path)).toEqual({ ok: false, error: cause })
  })
})

describe('any path on any document', () => {
  const piece = fc.constantFrom(
    ...[
      '{',
      '}',
      '[',
      ']',
      '[?(',
      ')]',
      '.',
      '..',
      '*',
      '[*]',
      '$',
      '@',
      "'",
      '"',
      '\\',
      ',',
      ':',
      '-',
      '1',
      '2.5',
      'a',
      'b',
    ],
    ...[
      '==',
      '<',
      ' ',
      'range ',
      'end',
      '{range .a[*]}',
      '{end}',
      '{$..a}',
      '{.a[*,*]}',
      "['a']",
      '\n',
      '\u{1F600}',
      'true',
    ],
  )
  const path = fc.oneof(
    fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join('')),
    fc.array(piece, { maxLength: 10 }).map((pieces) => `{$${pieces.join('')}}`),
    fc.string({ unit: 'binary' }),
  )
  const key = fc.constantFrom('a', 'b', '__proto__', '')
  const { document } = fc.letrec<{ document: unknown }>((tie) => ({
    document: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, 0, 1.5, 'a', ''),
      fc.array(tie('document'), { maxLength: 3 }),
      fc.dictionary(key, tie('document'), { maxKeys: 3 }),
    ),
  }))

  it('PRV-308: gives a value, nothing or a text, and the same each time', () => {
    fc.assert(
      fc.property(path, document, (text, json) => {
        const value = fromJson(json)
        expect(found(text, value)).toEqual(found(text, value))
      }),
      { numRuns: 1500 },
    )
  })

  it('PRV-308: a path that multiplies what it finds is ended', () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) })
    const doubling = "['a','a']".repeat(40)
    expect(found(`{${doubling}}`, fromJson(nested(40)))).toBe('the path finds too many values')
    const lists = (depth: number): unknown => (depth === 0 ? 1 : [lists(depth - 1)])
    const ranges = '{range @[0,0]}'.repeat(40)
    expect(found(`${ranges}{@}`, fromJson(lists(40)))).toBe('the path finds too many values')
  })

  it.each(['{$.', '{$', '{"', '{$[?(', '', '{$.a', '{1'])(
    'PRV-308: a long one is read, or refused, at once: %s',
    (begin) => {
      for (const piece of ['a', '.a', '[0]', '\\', '..a', "'", '{', '1', '[0,', ' '])
        expect(typeof parseJsonPath(`${begin}${piece.repeat(50_000)}`).ok).toBe('boolean')
    },
  )
})
