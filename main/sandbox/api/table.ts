import type { KubeObject } from '#api/meta.ts'
import type { EpochMs } from '#lib/clock.ts'
import { textOf } from '../registry/fields.ts'
import { type PrinterColumn, type ServedKind, storageKey } from '../registry/kinds.ts'
import { age } from './age.ts'
import { builtInTables } from './built-in-tables.ts'
import { readJsonPath } from './json-path.ts'

export interface ColumnDefinition {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description: string
  /** 0 is always shown, more only with `-o wide`. */
  readonly priority: number
}

const column = (name: string, type = 'string', priority = 0, format = '', description = ''): ColumnDefinition => ({
  name,
  type,
  format,
  description,
  priority,
})

const nameColumn = column('Name', 'string', 0, 'name', 'Name must be unique within a namespace.')
const plainColumns = [nameColumn, column('Age')]

export function tableColumns(kind: ServedKind): readonly ColumnDefinition[] {
  if (kind.custom !== undefined) return [nameColumn, ...customColumns(kind).map(definitionOf)]
  const own = builtInTables[storageKey(kind)]
  if (own === undefined) return kind.namespaced || kind.group !== '' ? [nameColumn, column('Created At')] : plainColumns
  return own.columns.map(({ name, type = 'string', wide = false }) =>
    name === 'Name' && !wide ? nameColumn : column(name, type, wide ? 1 : 0),
  )
}

export function tableRow(kind: ServedKind, object: KubeObject, now: EpochMs): readonly unknown[] {
  const { name, creationTimestamp } = object.metadata
  if (kind.custom !== undefined) return [name, ...customColumns(kind).map((each) => customCell(object, each, now))]
  const own = builtInTables[storageKey(kind)]
  if (own === undefined) return [name, creationTimestamp ?? '<unknown>']
  return own.columns.map(({ cell }) => cell(object as never, now))
}

const ageColumn: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }

const customColumns = (kind: ServedKind): readonly PrinterColumn[] => {
  const columns = kind.custom?.columns ?? []
  return columns.length === 0 ? [ageColumn] : columns
}

const definitionOf = ({ name, type, priority = 0, format = '', description = '' }: PrinterColumn) =>
  column(name, type, priority, format, description)

function customCell(object: KubeObject, { jsonPath, type }: PrinterColumn, now: EpochMs): unknown {
  const [value, ...more] = readJsonPath(object, jsonPath)
  if (value === undefined || value === null) return null
  switch (type) {
    case 'date':
      return age(textOf(value), now)
    case 'string':
      if (more.length > 0) return [value, ...more].join(',')
      return textOf(value)
    default:
      return typeof value === 'object' ? JSON.stringify(value) : value
  }
}
