import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { nextVersion, packVersions, replay, type StoredVersion, unpack } from '#main/history/objects/versions.ts'

const anObject = (note: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: note } })

/** One group: each note is a version. */
const groupOf = (notes: readonly string[]): readonly StoredVersion[] =>
  notes.map((note, place) => {
    const before = place === 0 ? undefined : anObject(notes[place - 1] ?? '')
    return { at: 1000 + place, place, ...nextVersion(before, anObject(note)) }
  })

const packOf = (body: Uint8Array): StoredVersion => ({ at: 1000, place: 0, form: 'pack', body })

it('W9: a pack is the versions that are in it, whatever they say, also with more packed to them', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r', '\u2028', '"', '\\', '[', '1', '🚢') })
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 8 }), fc.nat(7), (notes, count) => {
      const rows = groupOf(notes)
      const first = packOf(packVersions(rows.slice(0, 1 + (count % notes.length))))
      const pack = packOf(packVersions([first, ...rows.slice(1 + (count % notes.length))]))
      expect(unpack(pack)).toEqual(rows)
      expect(replay([pack]).map(({ object }) => object)).toEqual(notes.map(anObject))
    }),
    { seed: 9, numRuns: 200 },
  )
})

it('packs of earlier files are one array', () => {
  const rows = groupOf(['a', 'b', 'c'])
  const array = rows.map(({ at, place, form, body }) => [at, place, form, body])
  expect(unpack(packOf(zstdCompressSync(JSON.stringify(array))))).toEqual(rows)
})

it('a line that cannot be read costs what follows it, not what is before it; a pack that cannot be unpacked costs itself', () => {
  const packed = zstdDecompressSync(packVersions(groupOf(['a', 'b', 'c', 'd']))).toString('utf8')
  const names = (pack: Uint8Array) => replay([packOf(pack)]).map(({ object }) => object?.metadata.name)
  expect(names(zstdCompressSync(packed.replace('1002 2 patch', '1002 2 pa?ch')))).toEqual(['a', 'b'])
  expect(names(Buffer.from('no pack'))).toEqual([])
})
