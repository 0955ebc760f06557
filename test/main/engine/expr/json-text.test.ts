import { expect, it } from 'vitest'
import { jsonText } from '#engine/expr/json-text.ts'
import { fromJson, type Value } from '#engine/expr/values.ts'

const json = (text: string): Value => fromJson(JSON.parse(text))

it.each([
  ['{"b":1,"a":[true,null,"x"]}', '{"a":[true,null,"x"],"b":1}'],
  ['{"9":1,"10":2,"Z":3,"a":4}', '{"10":2,"9":1,"Z":3,"a":4}'],
  ['{"\u{1F600}":1,"\uFFFD":2}', '{"\uFFFD":2,"\u{1F600}":1}'],
  ['"<a>&\u2028\u2029"', '"\\u003ca\\u003e\\u0026\\u2028\\u2029"'],
  ['{"<":{"__proto__":1}}', '{"\\u003c":{"__proto__":1}}'],
  ['[1e-7,0.000001,1e20,1e21,-0,1.0]', '[1e-7,0.000001,100000000000000000000,1e+21,-0,1]'],
  ['{}', '{}'],
  ['[]', '[]'],
])('ANA-1316: %s is kept as %s', (text, kept) => {
  expect(jsonText(json(text))).toBe(kept)
})

it('ANA-1316: indented as toJSON does', () => {
  expect(jsonText(json('{"b":{},"a":[1,{"c":"<"}]}'), 2)).toBe(
    '{\n  "a": [\n    1,\n    {\n      "c": "\\u003c"\n    }\n  ],\n  "b": {}\n}',
  )
})

it('ANA-1316: vectors and whole numbers', () => {
  expect(jsonText([Float64Array.of(1.5, 2), 3n])).toBe('[[1.5,2],3]')
  expect(() => jsonText(Number.NaN)).toThrow('json: unsupported value')
})
