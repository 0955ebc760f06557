import type { Rollout } from '#api/rollout.ts'
import { rolloutFieldTable } from '#engine/normalise/rollout-field-table.ts'
import { type FieldType, readFieldOrder, readType, structOf } from '#engine/pod-hash/field-order.ts'
import { podFieldTable } from '#engine/pod-hash/field-order-table.ts'

const order = readFieldOrder({
  ...podFieldTable,
  ...rolloutFieldTable,
  // What a template of a Rollout can carry (API-6).
  ObjectMeta: 'labels?:{string} annotations?:{string}',
})

/** A value of the type with every field of it, one item per list and one key per map. Types hold no types of their own. */
function filled(type: FieldType): unknown {
  switch (type.kind) {
    case 'string':
      return 'text'
    case 'bool':
      return true
    case 'int':
    case 'number':
      return 1
    case 'intOrString':
      return '25%'
    case 'time':
      return '2026-01-02T03:04:05Z'
    case 'quantity':
      return '500m'
    case 'raw':
      return { anything: [1, 'two', { three: null }] }
    case 'list':
      return [filled(type.of)]
    case 'map':
      return { key: filled(type.of) }
    case 'struct':
      return Object.fromEntries(structOf(order, type.name).fields.map((field) => [field.name, filled(field.type)]))
  }
}

/** A Rollout with every field that the engine reads, hashes or writes; as a strategy it makes no sense. */
export const aMaximalRollout = (): Rollout => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'maximal', namespace: 'default' },
  spec: filled(readType('RolloutSpec')) as Rollout['spec'],
  status: filled(readType('RolloutStatus')) as NonNullable<Rollout['status']>,
})
