import { describe, expect, it } from 'vitest'
import { formatManaged, parseManaged, registerManaged, withoutKeys } from '#engine/traffic/alb/managed-annotations.ts'

const key = 'rollouts.argoproj.io/managed-alb-annotations'
const A = 'alb.ingress.kubernetes.io/actions.web-root'

describe('which annotations are whose', () => {
  it.each([undefined, '', '{}', 'null'])('ALB-4: %j is nobody', (text) => {
    expect(parseManaged(text)).toEqual({ ok: true, value: new Map() })
  })

  it('ALB-4: is read by the name of the Rollout', () => {
    expect(parseManaged('{"web":["a","b"],"old":[],"odd":null,"gap":[null]}')).toEqual({
      ok: true,
      value: new Map<string, readonly string[] | null>([
        ['web', ['a', 'b']],
        ['old', []],
        ['odd', null],
        ['gap', ['']],
      ]),
    })
  })

  it.each([
    ['{"web":', 'unexpected end of JSON input'],
    ['web:actions', "invalid character 'w' looking for beginning of value"],
    ['["web"]', 'json: cannot unmarshal array into Go value of type ingress.ManagedALBAnnotations'],
    ['7', 'json: cannot unmarshal number into Go value of type ingress.ManagedALBAnnotations'],
    ['{"web":"a"}', 'json: cannot unmarshal string into Go value of type ingress.ManagedALBAnnotation'],
    ['{"web":{}}', 'json: cannot unmarshal object into Go value of type ingress.ManagedALBAnnotation'],
    ['{"web":[true]}', 'json: cannot unmarshal bool into Go value of type string'],
  ])('ALB-4: %s cannot be read', (text, error) => {
    expect(parseManaged(text)).toEqual({ ok: false, error })
  })

  it('ALB-4: is written in the order of the names, as Go has it, and without spaces', () => {
    const managed = new Map<string, readonly string[] | null>([
      ['web', [A]],
      ['2', ['<&>']],
      ['10', []],
      ['api', null],
      ['__proto__', ['p']],
    ])
    expect(formatManaged(managed)).toBe(
      String.raw`{"10":[],"2":["\u003c\u0026\u003e"],"__proto__":["p"],"api":null,"web":["${A}"]}`,
    )
    expect(parseManaged(formatManaged(managed))).toEqual({ ok: true, value: managed })
  })
})

describe('telling what is ours', () => {
  const noted = (adds: readonly string[], removes: readonly string[], before?: string) =>
    registerManaged({ x: 'y', ...(before !== undefined && { [key]: before }) }, 'web', { adds, removes })

  it('ALB-4: keys are added once, behind those that are there', () => {
    expect(noted([A], [])).toEqual({ ok: true, value: { x: 'y', [key]: `{"web":["${A}"]}` } })
    expect(noted(['b', 'a'], [], '{"web":["a"],"api":["c"]}')).toMatchObject({
      value: { [key]: '{"api":["c"],"web":["a","b"]}' },
    })
  })

  it('ALB-16: keys are taken away; the entry stays, and is made if there is none', () => {
    expect(noted([], ['a', 'b'], '{"web":["a","c","b","a"]}')).toMatchObject({ value: { [key]: '{"web":["c"]}' } })
    expect(noted([], ['a'], '{"web":["a"]}')).toMatchObject({ value: { [key]: '{"web":[]}' } })
    expect(noted([], ['a'])).toMatchObject({ value: { [key]: '{"web":[]}' } })
    expect(noted([], ['a'], '{"web":null}')).toMatchObject({ value: { [key]: '{"web":[]}' } })
  })

  it('ALB-4: is refused where the annotation cannot be read', () => {
    expect(noted([A], [], 'x')).toMatchObject({ ok: false })
  })

  it('ALB-13: annotations are taken away by their keys', () => {
    expect(withoutKeys({ a: '1', b: '2' }, ['b', 'c'])).toEqual({ a: '1' })
  })
})
