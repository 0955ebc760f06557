import fc from 'fast-check'
import { expect, it } from 'vitest'
import { templateFunctions } from '#engine/notifications/template/functions/index.ts'
import { textTemplate } from '#engine/notifications/template/template.ts'
import { fromKube } from '#engine/notifications/values.ts'

const data = fromKube({ a: { b: [1, 'x', null, { c: true }] }, n: 7, s: 'grüße', e: [] })
const words = [
  '{{',
  '}}',
  '{{-',
  '-}}',
  '"',
  '`',
  "'",
  '\\',
  '(',
  ')',
  '|',
  ',',
  ':=',
  '=',
  '.',
  '$',
  '$x',
  '.a',
  '.a.b',
  '.n',
  '.s',
  'if ',
  'else ',
  'end',
  'range ',
  'with ',
  'define "t"',
  'template "t"',
  'break',
  'continue',
  'printf "%d %s %v %q %x %5.2f" ',
  'index .a.b ',
  'until 9',
  'nil',
  'true',
  '1',
  '-1',
  '2.5',
  '0x1f',
  '9223372036854775807',
  ' ',
  '\n',
  'x',
  '/*',
  '*/',
  'and ',
  'or ',
  'len ',
  'call .time.Now',
]

it('OPS-158: whatever a template says, it ends in a text or in an error that is told', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words), { maxLength: 30 }), (parts) => {
      const read = textTemplate(parts.join(''))
      const outcome = read.ok ? read.value(data, 0) : read
      expect(typeof outcome.ok).toBe('boolean')
    }),
    { numRuns: 3_000, seed: 6 },
  )
})

const names =
  'abbrev abs add add1 all and any append atoi b64dec b64enc cat ceil coalesce compact concat contains date default dict dig div empty eq fail first float64 floor fromJson ge get gt has hasKey hasPrefix hasSuffix html indent index initial int int64 join keys kindIs kindOf last le len list lower lt max min mod mul ne nindent nospace not now omit or pick plural prepend print printf println quote repeat replace rest reverse round slice sortAlpha split splitList squote sub substr ternary title toJson toPrettyJson toRawJson toString toStrings trim trimAll trimPrefix trimSuffix trunc tuple typeOf uniq unixEpoch until untilStep upper urlquery values without'
    .split(' ')
    .filter((name) => templateFunctions(name) !== undefined)

const argument = fc.constantFrom(
  'nil',
  '1',
  '-1',
  '0',
  '2.5',
  '"x"',
  '""',
  '.a',
  '.a.b',
  '.e',
  '.s',
  'now',
  '99999999999',
  '(list 1 "a")',
  '(dict "k" 1)',
  'true',
)

it('OPS-158: whatever a function is given, it ends in a text or in an error that is told', () => {
  expect(names.length).toBeGreaterThan(90)
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.array(argument, { maxLength: 4 }), (name, args) => {
      const read = textTemplate(`{{${name} ${args.join(' ')}}}`)
      const outcome = read.ok ? read.value(data, 0) : read
      expect(typeof outcome.ok).toBe('boolean')
    }),
    { numRuns: 5_000, seed: 6 },
  )
})
