import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { zstdCompress } from 'node:zlib'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { type BundleEnd, type BundleFault, type BundleHeader, type BundleRow, noRows } from './format.ts'
import { type BundleLimits, bundleLimits } from './limits.ts'

export interface WrittenBundle {
  readonly bytes: Uint8Array
  readonly rows: number
  readonly counts: Readonly<Record<BundleRow['row'], number>>
  /** Before it was compressed. */
  readonly expanded: number
}

/** So many rows are written before others get their turn. */
const rowsAtOnce = 500

/** A bundle as a file: lines, compressed. What `readBundle` would refuse is not made. */
export async function writeBundle(
  about: BundleHeader,
  rows: Iterable<BundleRow>,
  limits: BundleLimits = bundleLimits,
): Promise<Outcome<WrittenBundle, BundleFault>> {
  const hash = createHash('sha256')
  const lines: Buffer[] = []
  const counts = noRows()
  let [count, expanded] = [0, 0]
  const put = (value: unknown): number => {
    const line = Buffer.from(`${JSON.stringify(value)}\n`)
    hash.update(line)
    lines.push(line)
    expanded += line.length
    return line.length
  }
  put(about)
  for (const row of rows) {
    const size = put(row)
    count++
    counts[row.row]++
    if (expanded > limits.bytes || count > limits.rows || size > limits.lineBytes) return failure(tooMuch)
    if (count % rowsAtOnce === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  const end: BundleEnd = { row: 'end', rows: count, sha256: hash.digest('hex') }
  // In one frame: a stream would end it with an empty one, and nothing may follow.
  const bytes = await compress(Buffer.concat([...lines, Buffer.from(`${JSON.stringify(end)}\n`)]))
  const isRefused = bytes.length > limits.fileBytes || expanded > allowedBytes(bytes.length, limits)
  return isRefused ? failure(tooMuch) : success({ bytes, rows: count, counts, expanded })
}

const compress = promisify((text: Buffer, done: (error: Error | null, bytes: Buffer) => void) =>
  zstdCompress(text, done),
)

const tooMuch: BundleFault = {
  kind: 'TooLarge',
  message: 'This is too much for one bundle: choose less time or fewer contexts.',
}

/** What a file of a size may expand to. */
export const allowedBytes = (fileBytes: number, limits: BundleLimits): number =>
  Math.min(limits.bytes, Math.max(limits.ratioFreeBytes, fileBytes * limits.ratio))
