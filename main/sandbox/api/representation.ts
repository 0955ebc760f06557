import type { KubeObject } from '#api/meta.ts'
import type { ServedKind } from '../registry/kinds.ts'
import { tableColumns, tableRow } from './table.ts'

/** How a client wants to see objects: as they are, as a table, or metadata only. */
export type Representation = 'object' | 'table' | 'metadata'

/** The first acceptable media type; `undefined` when there is none (406). */
export function representationOf(accept: string | undefined): Representation | undefined {
  for (const type of (accept ?? '*/*').split(',').map((each) => each.replaceAll(' ', ''))) {
    const [media = '', ...parameters] = type.split(';')
    if (!['application/json', 'application/*', '*/*'].includes(media)) continue
    const as = parameters.find((each) => each.startsWith('as='))?.slice(3)
    if (as === undefined) return 'object'
    if (as === 'Table' && parameters.includes('v=v1')) return 'table'
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'metadata'
  }
  return undefined
}

export interface ListMeta {
  readonly resourceVersion: string
  readonly continue?: string
  readonly remainingItemCount?: number
}

export interface TableOptions {
  /** `includeObject`: what of the object each row carries. */
  readonly includeObject: string
  /** A watch sends the columns once. */
  readonly withColumns: boolean
  readonly now: number
}

export function tableOf(
  kind: ServedKind,
  objects: readonly KubeObject[],
  metadata: ListMeta,
  { includeObject, withColumns, now }: TableOptions,
): unknown {
  const rows = objects.map((object) => ({
    cells: tableRow(kind, object, now),
    object: includeObject === 'None' ? null : includeObject === 'Object' ? object : metadataOf(object),
  }))
  const columnDefinitions = withColumns ? tableColumns(kind) : null
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata, columnDefinitions, rows }
}

export const metadataOf = ({ metadata }: KubeObject) => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
})

/** The items of a typed list carry neither apiVersion nor kind; those of a custom one do, as upstream. */
export function listOf(
  kind: ServedKind,
  apiVersion: string,
  objects: readonly KubeObject[],
  metadata: ListMeta,
): unknown {
  const items = kind.custom === undefined ? objects.map(({ apiVersion: _v, kind: _k, ...item }) => item) : objects
  return { kind: kind.listKind, apiVersion, metadata, items }
}

export const metadataListOf = (objects: readonly KubeObject[], metadata: ListMeta): unknown => ({
  kind: 'PartialObjectMetadataList',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
  items: objects.map(metadataOf),
})
