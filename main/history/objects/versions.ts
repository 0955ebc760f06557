import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { KubeObject } from '#api/meta.ts'
import type { EpochMs } from '#lib/clock.ts'
import { jsonPatch } from '#lib/json-diff.ts'
import { applyJsonPatch, type JsonPatchOperation } from '#lib/json-patch.ts'
import { readJson } from '../record-body.ts'

/**
 * `whole`: the object as JSON. `patch`: RFC 6902, of the version before. `gone`: it was deleted. `pack`: several of these, compressed; it
 * begins with a whole one and its `at` is that of the first.
 */
export type VersionForm = 'whole' | 'patch' | 'gone' | 'pack'

/** One row of `version`, or of `pack`. */
export interface StoredVersion {
  readonly at: EpochMs
  /** In its group: 0 is whole. */
  readonly place: number
  readonly form: VersionForm
  readonly body: string | Uint8Array
}

/** What an object was from a time on; `undefined`: it was gone. */
export interface ObjectAt {
  readonly at: EpochMs
  readonly object: KubeObject | undefined
}

/** So many versions and one more begin with a whole one: nothing in the past is further than this from one. */
export const groupMax = 64

/** A pack of hostile size is not unpacked: the largest object etcd takes, as often as a group holds. */
const packMax = groupMax * 2 ** 21

/** The next version of an object, whole when there is none before it in its group. @param patch what makes it of the one before */
export function nextVersion(
  before: KubeObject | undefined,
  object: KubeObject,
  patch?: readonly JsonPatchOperation[],
): { readonly form: 'whole' | 'patch'; readonly body: string } {
  return before === undefined
    ? { form: 'whole', body: JSON.stringify(object) }
    : { form: 'patch', body: JSON.stringify(patch ?? jsonPatch(before, object)) }
}

/** The versions of one group in one row, one a line, oldest first: they repeat each other, so that they shrink to a tenth. */
export function packVersions(versions: readonly StoredVersion[]): Uint8Array {
  const lines = versions.flatMap(unpack).map(({ at, place, form, body }) => `${at} ${place} ${form} ${String(body)}`)
  return zstdCompressSync(lines.join('\n'))
}

/** The versions in a row; of a damaged pack none. */
export function unpack(row: StoredVersion): readonly StoredVersion[] {
  if (row.form !== 'pack') return [row]
  const text = typeof row.body === 'string' ? undefined : decompressed(row.body)
  // Earlier packs are one array.
  if (text?.startsWith('[') === true) return unpackArray(readJson(text))
  return (text ?? '').split('\n').flatMap((line): readonly StoredVersion[] => {
    const [, at, place, form, body = ''] = packedLine.exec(line) ?? []
    return form === undefined ? [] : [{ at: Number(at), place: Number(place), form: form as VersionForm, body }]
  })
}

const packedLine = /^(\d+) (\d+) (whole|patch|gone) (.*)$/s

type Packed = readonly [at: EpochMs, place: number, form: VersionForm, body: string]

const unpackArray = (packed: unknown): readonly StoredVersion[] =>
  Array.isArray(packed) ? packed.filter(isPacked).map(([at, place, form, body]) => ({ at, place, form, body })) : []

function decompressed(body: Uint8Array): string | undefined {
  try {
    return zstdDecompressSync(body, { maxOutputLength: packMax }).toString('utf8')
  } catch {
    // A damaged row costs its own versions, not the others.
    return undefined
  }
}

const forms: readonly unknown[] = ['whole', 'patch', 'gone']

const isPacked = (value: unknown): value is Packed =>
  Array.isArray(value) &&
  typeof value[0] === 'number' &&
  typeof value[1] === 'number' &&
  forms.includes(value[2]) &&
  typeof value[3] === 'string'

/**
 * What the object was, from each version on, oldest first. Rows are as stored, oldest first. Where one is missing or cannot be read,
 * nothing is told until the next whole one: a patch of another version would make what never was.
 */
export function replay(rows: readonly StoredVersion[]): readonly ObjectAt[] {
  let known: KubeObject | undefined
  let place = -1
  return rows.flatMap(unpack).flatMap((row): readonly ObjectAt[] => {
    const json = readJson(row.body)
    const follows = row.place === place + 1
    place = row.place
    if (row.form === 'gone') {
      known = undefined
      return [{ at: row.at, object: undefined }]
    }
    const object = row.form === 'whole' ? json : patched(follows ? known : undefined, json)
    known = isObject(object) ? object : undefined
    return known === undefined ? [] : [{ at: row.at, object: known }]
  })
}

function patched(before: KubeObject | undefined, operations: unknown): unknown {
  if (before === undefined) return undefined
  const applied = applyJsonPatch(before, operations)
  return applied.ok ? applied.value : undefined
}

const isObject = (value: unknown): value is KubeObject =>
  typeof value === 'object' && value !== null && 'metadata' in value && typeof value.metadata === 'object'
