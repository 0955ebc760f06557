import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { BundleHeader, BundleRow } from '#main/bundle/format.ts'
import { bundleLimits } from '#main/bundle/limits.ts'
import { openBundle } from '#main/bundle/open-bundle.ts'
import { readBundle } from '#main/bundle/read-bundle.ts'
import { writeBundle } from '#main/bundle/write-bundle.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const header: BundleHeader = {
  ...{ format: 'argosy-bundle', version: 1, app: '1', schema: 7, capturedAt: T0, by: { account: 'ada', host: 'desk' } },
  ...{ about: { kind: 'time' }, contexts: ['eu'], from: 0, until: T0 },
}
const span = (since: number): BundleRow => ({ row: 'span', context: 'eu', since, until: since + 1 })
const spans = (count: number) => Array.from({ length: count }, (_, since) => span(since))

async function bytesOf(rows: readonly BundleRow[]): Promise<Uint8Array> {
  const written = await writeBundle(header, rows)
  if (!written.ok) throw new Error(written.error.message)
  return written.value.bytes
}

describe('readBundle', () => {
  it('hands over what was written, in order, with its header and checksum', async () => {
    const taken: BundleRow[] = []
    const read = await readBundle(await bytesOf(spans(1203)), (rows) => void taken.push(...rows))
    expect(read).toMatchObject({
      ok: true,
      value: { header, rows: 1203, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
    expect(taken).toEqual(spans(1203))
  })

  it('is the same however the lines fall into chunks: the last one is a letter of three bytes', async () => {
    const rows = [1, 9_999, 16_384, 131_071].map(
      (length, at): BundleRow => ({ ...span(at), context: '船'.repeat(300) + length }) as BundleRow,
    )
    const taken: BundleRow[] = []
    expect(await readBundle(await bytesOf(rows), (each) => void taken.push(...each))).toMatchObject({ ok: true })
    expect(taken).toEqual(rows)
  })

  it('stops at each of its limits', async () => {
    const bytes = await bytesOf(spans(5000))
    const refused = async (limits: Partial<typeof bundleLimits>) =>
      readBundle(bytes, () => undefined, { ...bundleLimits, ...limits })
    const tooLarge = { ok: false, error: { kind: 'TooLarge' } }
    expect(await refused({ fileBytes: 100 })).toMatchObject(tooLarge)
    expect(await refused({ bytes: 10_000 })).toMatchObject(tooLarge)
    expect(await refused({ ratio: 2, ratioFreeBytes: 1000 })).toMatchObject(tooLarge)
    expect(await refused({ lineBytes: 40 })).toMatchObject(tooLarge)
    expect(await refused({ rows: 4999 })).toMatchObject(tooLarge)
    expect(await refused({ rows: 5000 })).toMatchObject({ ok: true })
    expect(await refused({ depth: 1 })).toMatchObject({ ok: false, error: { kind: 'Malformed' } })
  })

  it('a small file that would fill the memory is read no further than the limit', async () => {
    const bomb = zstdCompressSync(Buffer.alloc(200 * 1024 ** 2))
    expect(bomb.length).toBeLessThan(100_000)
    const before = process.memoryUsage().rss
    expect(await openBundle(bomb)).toMatchObject({ ok: false, error: { kind: 'TooLarge' } })
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 ** 2)
  })

  it('what is too much is not made either', async () => {
    const limits = { ...bundleLimits, rows: 3 }
    expect(await writeBundle(header, spans(4), limits)).toMatchObject({ ok: false, error: { kind: 'TooLarge' } })
    expect(await writeBundle(header, spans(3), limits)).toMatchObject({ ok: true })
  })

  it('one edited letter is found by the checksum, a cut and an addition by the end', async () => {
    const bytes = await bytesOf(spans(3))
    const text = zstdDecompressSync(bytes).toString()
    const edited = async (next: string) => readBundle(zstdCompressSync(next), () => undefined)
    expect(await edited(text.replace('"eu","since":1', '"us","since":1'))).toMatchObject({ error: { kind: 'Damaged' } })
    expect(await edited(text.slice(0, -5))).toMatchObject({ error: { kind: 'Damaged' } })
    expect(await edited(`${text.trimEnd().split('\n').slice(0, -1).join('\n')}\n`)).toMatchObject({
      error: { kind: 'Damaged' },
    })
    expect(await edited(`${text}{}\n`)).toMatchObject({ ok: false, error: { kind: 'Malformed' } })
    expect(await edited(text.replace('"version":1', '"version":2'))).toMatchObject({ error: { kind: 'Newer' } })
    expect(await edited('{"some":"json"}\n')).toMatchObject({ error: { kind: 'NotABundle' } })
    expect(await readBundle(new Uint8Array(), () => undefined)).toMatchObject({ ok: false })
  })
})
