import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Schema } from '#api/schema/schema.ts'
import { furnish } from '#main/sandbox/bootstrap.ts'
import { createMemoryStore } from '#main/sandbox/memory-store.ts'
import { type Fields, fieldsOf, isFields } from '#main/sandbox/registry/fields.ts'
import { schemaOf } from '#main/sandbox/registry/kind-schemas.ts'
import { defaultValue, pruneObject, validateValue } from '#main/sandbox/registry/structural-schema.ts'
import { aMaximalRollout } from '#test/support/maximal-rollout.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

function aStore() {
  const store = createMemoryStore({ clock: new VirtualClock() })
  furnish(store, { name: 'test', nodes: 1 })
  return store
}

function rolloutSchema(): Schema {
  const kind = aStore().kindOf(resources.rollouts)
  const schema = kind && schemaOf(kind)
  if (schema === undefined) throw new Error('Rollouts are not served')
  return schema
}

type Path = readonly (string | number)[]

/** Where the maximal Rollout has objects whose fields the definition names: not where anything may be. */
function structs(value: unknown, schema: Schema, path: Path = []): readonly Path[] {
  if (Array.isArray(value))
    return value.flatMap((each, index) => (schema.items ? structs(each, schema.items, [...path, index]) : []))
  if (!isFields(value)) return []
  const { properties = {} } = schema
  const here = schema.type === 'object' && schema.additionalProperties === undefined && !isOpen(schema) ? [path] : []
  return [
    ...here,
    ...Object.entries(value).flatMap(([name, member]) => {
      const known = properties[name]
      return known === undefined ? [] : structs(member, known, [...path, name])
    }),
  ]
}

const isOpen = (schema: Schema) => schema['x-kubernetes-preserve-unknown-fields'] === true

const written = (path: Path, name: string) =>
  [...path, name]
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .slice(1)

function withTypo(value: unknown, path: Path, name: string): unknown {
  const [part, ...rest] = path
  if (part === undefined) return { ...(value as Fields), [name]: 'typo' }
  if (Array.isArray(value)) return value.with(Number(part), withTypo(value[Number(part)], rest, name))
  return { ...(value as Fields), [part]: withTypo((value as Fields)[part], rest, name) }
}

describe('the definition of Rollouts', () => {
  const schema = rolloutSchema()
  const maximal = fieldsOf(aMaximalRollout())

  it('API-6: keeps every field of the API', () => {
    const dropped: string[] = []
    expect(pruneObject(maximal, schema, dropped)).toEqual(maximal)
    expect(dropped).toEqual([])
    expect(validateValue(maximal, schema)).toEqual([])
    expect(defaultValue(maximal, schema)).toEqual(maximal)
  })

  it('API-6: a store gives back what was put in', () => {
    const store = aStore()
    const { status, ...wanted } = aMaximalRollout()
    const created = store.create(resources.rollouts, wanted as KubeObject)
    expect(created).toMatchObject({ ok: true, value: { spec: wanted.spec } })
    const at = { name: 'maximal', namespace: 'default' }
    store.mutate(resources.rollouts, at, (draft: KubeObject) => ({ ...draft, status }), { subresource: 'status' })
    expect(fieldsOf(store.get(resources.rollouts, at) as KubeObject)['status']).toEqual(status)
  })

  it('API-6: a misspelt field is found wherever fields have names', () => {
    const places = structs({ spec: maximal['spec'], status: maximal['status'] }, schema).filter(
      (each) => each.length > 0,
    )
    expect(places.length).toBeGreaterThan(150)
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.stringMatching(/^[a-z]{3,12}Typo$/), (path, name) => {
        const dropped: string[] = []
        const pruned = pruneObject(withTypo(maximal, path, name) as Fields, schema, dropped)
        expect(pruned).toEqual(maximal)
        expect(dropped).toEqual([written(path, name)])
      }),
      { numRuns: 300, seed: 6 },
    )
  })

  it('API-6: a template keeps labels and annotations and no other metadata', () => {
    const template = { metadata: { labels: { app: 'web' }, name: 'web', finalizers: ['x'] } }
    const dropped: string[] = []
    pruneObject({ spec: { template } }, schema, dropped)
    expect(dropped).toEqual(['spec.template.metadata.name', 'spec.template.metadata.finalizers'])
  })
})

describe('null', () => {
  const schema: Schema = {
    type: 'object',
    properties: {
      plain: { type: 'string' },
      nullable: { type: 'string', nullable: true },
      initial: { type: 'string', default: 'x' },
      map: { type: 'object', additionalProperties: { type: 'string' } },
    },
  }

  it('is dropped where it means nothing, replaced where there is a default, and kept where it may be', () => {
    const map = { a: null, b: 'c' }
    expect(defaultValue({ plain: null, nullable: null, initial: null, map }, schema)).toEqual({
      nullable: null,
      initial: 'x',
      map: { b: 'c' },
    })
  })
})

describe('a list with keys', () => {
  it('has each of them once', () => {
    const ports: Schema = {
      type: 'array',
      items: { type: 'object', properties: { port: { type: 'integer' }, protocol: { type: 'string' } } },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['port', 'protocol'],
    }
    const schema: Schema = { type: 'object', properties: { ports } }
    const tcp = { port: 80, protocol: 'TCP' }
    expect(validateValue({ ports: [tcp, { port: 80, protocol: 'UDP' }] }, schema)).toEqual([])
    expect(validateValue({ ports: [tcp, tcp] }, schema)).toEqual([
      {
        field: 'ports[1]',
        reason: 'FieldValueDuplicate',
        message: 'Duplicate value: {"port":80,"protocol":"TCP"}',
      },
    ])
  })
})
