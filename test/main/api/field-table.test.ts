import { describe, expect, it } from 'vitest'
import { fieldTypes } from '#api/schema/field-table.ts'

const table = {
  Pod: 'name! count:int ports:Port[port,protocol] tags:text[set] args:text[] labels:map selector:Selector',
  Port: 'port!:int protocol:text=TCP open:bool=false note:text=',
  Selector: '@atomic key',
}

describe('a table of types', () => {
  it('is read as a custom kind defines them', () => {
    const type = fieldTypes(table, 'custom')
    expect(type('Pod')).toEqual({
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string' },
        count: { type: 'integer', format: 'int32' },
        ports: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['port', 'protocol'],
          items: {
            type: 'object',
            required: ['port'],
            properties: {
              port: { type: 'integer', format: 'int32' },
              protocol: { type: 'string', default: 'TCP' },
              open: { type: 'boolean', default: false },
              note: { type: 'string', default: '' },
            },
          },
        },
        tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
        args: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'atomic' },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        selector: { type: 'object', properties: { key: { type: 'string' } }, 'x-kubernetes-map-type': 'atomic' },
      },
    })
  })

  it('is read as a server reads built-in kinds: nothing required, filled in or told apart', () => {
    const type = fieldTypes(table, 'builtIn')
    expect(type('Port')).toEqual({
      type: 'object',
      nullable: true,
      properties: {
        port: { type: 'integer', format: 'int32', nullable: true },
        protocol: { type: 'string', nullable: true },
        open: { type: 'boolean', nullable: true },
        note: { type: 'string', nullable: true },
      },
    })
    expect(type('Pod')?.properties?.['ports']).toEqual({ type: 'array', nullable: true, items: type('Port') })
  })

  it('knows no other names, not even those every object has', () => {
    expect(fieldTypes(table, 'custom')('Service')).toBeUndefined()
    expect(fieldTypes(table, 'custom')('toString')).toBeUndefined()
  })
})
