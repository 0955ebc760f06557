import type { KubeObject } from '#api/meta.ts'
import type { EpochMs } from '#lib/clock.ts'
import { fieldAt, isFields } from '../registry/fields.ts'
import { age } from './age.ts'

export interface Column<T extends KubeObject> {
  readonly name: string
  readonly type?: 'integer'
  /** Only with `-o wide`. */
  readonly wide?: boolean
  readonly cell: (object: T, now: EpochMs) => unknown
}

export interface BuiltInTable {
  readonly columns: readonly Column<never>[]
}

export const table = <T extends KubeObject>(...columns: readonly Column<T>[]): BuiltInTable => ({ columns })

export const name: Column<KubeObject> = { name: 'Name', cell: ({ metadata }) => metadata.name }
export const ageOf: Column<KubeObject> = {
  name: 'Age',
  cell: ({ metadata }, now) => age(metadata.creationTimestamp, now),
}
export const wide = <T extends KubeObject>(title: string, cell: Column<T>['cell']): Column<T> => ({
  name: title,
  wide: true,
  cell,
})
export const plain = <T extends KubeObject>(title: string, cell: Column<T>['cell']): Column<T> => ({
  name: title,
  cell,
})
export const count = <T extends KubeObject>(title: string, cell: Column<T>['cell']): Column<T> => ({
  name: title,
  type: 'integer',
  cell,
})

export const none = '<none>'

/** The objects of a list at a path; none when there is no list. */
export function itemsAt(object: KubeObject, ...path: readonly string[]) {
  const items = fieldAt(object, path)
  return Array.isArray(items) ? items.filter(isFields) : []
}
