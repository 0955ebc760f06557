import { expect, it } from 'vitest'
import { goJson } from '#lib/go-json.ts'

it('writes what Go writes: no spaces, the order of the keys, nothing that HTML or JavaScript could take for its own', () => {
  expect(goJson({ b: [1, 'x'], a: { c: true, d: null } })).toBe('{"b":[1,"x"],"a":{"c":true,"d":null}}')
  expect(goJson('<a href="x">&\u2028\u2029é\n')).toBe(String.raw`"\u003ca href=\"x\"\u003e\u0026\u2028\u2029é\n"`)
})
