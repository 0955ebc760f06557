import { describe, expect, it } from 'vitest'
import { fieldAt, firstNamed, listAt, textAt, withFieldAt, withSpecAt } from '#engine/traffic/route-json.ts'
import { aRouteObject } from '#test/support/builders/routing.ts'

const rules = { spec: { rules: [{ name: 'a' }], host: 'web' } }

describe('what stands at a path', () => {
  it('is read through objects', () => {
    expect(fieldAt(rules, 'spec', 'host')).toBe('web')
    expect(listAt(rules, 'spec', 'rules')).toEqual([{ name: 'a' }])
    expect(textAt(rules, 'spec', 'host')).toBe('web')
  })

  it.each([undefined, null, 7, 'text', [], { spec: null }, { spec: [] }])('is nothing in %j', (value) => {
    expect(fieldAt(value, 'spec', 'rules')).toBeUndefined()
    expect(listAt(value, 'spec', 'rules')).toEqual([])
    expect(textAt(value, 'spec', 'rules')).toBe('')
  })

  it('is nothing that only the prototype has', () => {
    expect(fieldAt({}, 'constructor')).toBeUndefined()
    expect(fieldAt(rules, 'toString', 'name')).toBeUndefined()
  })
})

describe('withFieldAt', () => {
  it('keeps all else, and the value it was given', () => {
    const before = structuredClone(rules)
    expect(withFieldAt(rules, ['spec', 'host'], 'api')).toEqual({ spec: { rules: [{ name: 'a' }], host: 'api' } })
    expect(rules).toEqual(before)
  })

  it('makes objects that are missing, and replaces what has no fields', () => {
    expect(withFieldAt(undefined, ['a', 'b', 'c'], 1)).toEqual({ a: { b: { c: 1 } } })
    expect(withFieldAt({ a: [1] }, ['a', 'b'], 1)).toEqual({ a: { b: 1 } })
  })

  it('takes names of the prototype for fields', () => {
    expect(fieldAt(withFieldAt({}, ['__proto__', 'x'], 1), '__proto__', 'x')).toBe(1)
  })
})

describe('withSpecAt', () => {
  const [, object] = aRouteObject('httpRoutes', 'front', { rules: [{ name: 'a' }] })

  it('is the very same object when nothing is different', () => {
    expect(withSpecAt(object, ['rules'], [{ name: 'a' }])).toBe(object)
  })

  it('changes the spec alone', () => {
    expect(withSpecAt(object, ['rules'], [])).toEqual({ ...object, spec: { rules: [] } })
  })
})

describe('firstNamed', () => {
  it('is the first of that name; what comes after it does not matter', () => {
    expect(firstNamed([{ n: 'a' }, { n: 'b', i: 1 }, { n: 'b', i: 2 }, null], 'n', 'b')).toEqual({ ok: true, value: 1 })
  })

  it.each([
    ['Absent', [{ n: 'a' }]],
    ['Absent', []],
    ['NoObject', [null, { n: 'b' }]],
    ['NoObject', [[], { n: 'b' }]],
    ['NoName', [{}, { n: 'b' }]],
    ['NameNotText', [{ n: null }, { n: 'b' }]],
    ['NameNotText', [{ n: 7 }, { n: 'b' }]],
  ])('says %s of %j', (error, list) => {
    expect(firstNamed(list, 'n', 'b')).toEqual({ ok: false, error })
  })
})
