import { createHash, type Hash } from 'node:crypto'
import { Readable } from 'node:stream'
import { constants, createZstdDecompress } from 'node:zlib'
import * as v from 'valibot'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { checkRow } from './check-row.ts'
import {
  type BundleFault,
  type BundleHeader,
  type BundleRow,
  bundleFormat,
  bundleVersion,
  end,
  header,
  row as rowSchema,
} from './format.ts'
import { isTooDeep } from './json-depth.ts'
import { type BundleLimits, bundleLimits } from './limits.ts'
import { allowedBytes } from './write-bundle.ts'

/** Larger ones are for files of another kind; ours has two megabytes. */
const windowLogMax = 23
const newline = 0x0a

export interface ReadBundle {
  readonly header: BundleHeader
  readonly rows: number
  /** Of all lines; it was compared with that in the last one. */
  readonly sha256: string
}

/** Read on a machine that trusts nobody: carries what is wrong to where it is answered. */
class Refused extends Error {
  readonly fault: BundleFault
  constructor(kind: BundleFault['kind'], message: string) {
    super(message)
    this.fault = { kind, message }
  }
}

/**
 * Reads the bytes of a bundle that is not encrypted (any more), and hands over its rows, checked, some at a time. Nothing of it counts before
 * this has succeeded: a wrong checksum is known only at the end.
 */
export async function readBundle(
  bytes: Uint8Array,
  take: (rows: readonly BundleRow[]) => void,
  limits: BundleLimits = bundleLimits,
): Promise<Outcome<ReadBundle, BundleFault>> {
  try {
    if (bytes.length > limits.fileBytes) throw new Refused('TooLarge', tooLarge('The file', limits.fileBytes))
    if (!isZstd(bytes)) throw new Refused('NotABundle', notOurs)
    const reading = new Reading(take, limits)
    for await (const chunk of expanded(bytes, limits)) reading.chunk(chunk)
    return success(reading.finish())
  } catch (thrown) {
    if (thrown instanceof Refused) return failure(thrown.fault)
    if (isOfZstd(thrown)) return failure({ kind: 'Damaged', message: 'The file is damaged: it does not unpack.' })
    throw thrown
  }
}

const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])
const isZstd = (bytes: Uint8Array): boolean => magic.equals(bytes.subarray(0, magic.length))

const tooLarge = (what: string, bytes: number): string => `${what} is larger than ${Math.floor(bytes / 1024 ** 2)} MiB.`

const isOfZstd = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && /^(ZSTD_|Z_|ERR_|UNEXPECTED)/.test(String(thrown.code))

async function* expanded(bytes: Uint8Array, limits: BundleLimits): AsyncGenerator<Buffer> {
  const allowed = allowedBytes(bytes.length, limits)
  const unpack = createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: windowLogMax } })
  let total = 0
  for await (const chunk of Readable.from([bytes]).pipe(unpack)) {
    total += chunk.length
    if (total > allowed) throw new Refused('TooLarge', tooLarge('What is in the file', allowed))
    yield chunk
  }
  if (unpack.bytesWritten !== bytes.length)
    throw new Refused('Damaged', 'The file is damaged: something follows after its end.')
}

class Reading {
  readonly #take: (rows: readonly BundleRow[]) => void
  readonly #limits: BundleLimits
  readonly #hash: Hash = createHash('sha256')
  #parts: Buffer[] = []
  #partBytes = 0
  #header: BundleHeader | undefined
  #rows = 0
  #line = 0
  #sha256: string | undefined
  #batch: BundleRow[] = []

  constructor(take: (rows: readonly BundleRow[]) => void, limits: BundleLimits) {
    this.#take = take
    this.#limits = limits
  }

  chunk(chunk: Buffer): void {
    let from = 0
    for (let to = chunk.indexOf(newline); to >= 0; to = chunk.indexOf(newline, from)) {
      this.#add(chunk.subarray(from, to + 1))
      const line = this.#parts.length === 1 ? (this.#parts[0] ?? chunk) : Buffer.concat(this.#parts)
      this.#parts = []
      this.#partBytes = 0
      this.#take1(line)
      from = to + 1
    }
    this.#add(chunk.subarray(from))
    this.#hand()
  }

  #add(part: Buffer): void {
    this.#partBytes += part.length
    if (this.#partBytes > this.#limits.lineBytes)
      throw new Refused('TooLarge', tooLarge('One line', this.#limits.lineBytes))
    if (part.length > 0) this.#parts.push(part)
  }

  #take1(line: Buffer): void {
    this.#line++
    if (this.#sha256 !== undefined) throw this.#malformed('something follows after the end')
    const value = this.#parse(line)
    if (this.#header === undefined) this.#header = readHeader(value)
    else if (v.is(end, value)) return this.#end(value)
    else this.#row(value)
    this.#hash.update(line)
  }

  #parse(line: Buffer): unknown {
    if (isTooDeep(line, this.#limits.depth)) throw this.#malformed(`it is nested deeper than ${this.#limits.depth}`)
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line))
    } catch {
      // The first line tells whether it is one of ours at all.
      if (this.#header === undefined) throw new Refused('NotABundle', notOurs)
      throw this.#malformed('it is not JSON')
    }
  }

  #row(value: unknown): void {
    this.#rows++
    if (this.#rows > this.#limits.rows) throw new Refused('TooLarge', `It has more than ${this.#limits.rows} rows.`)
    const parsed = v.safeParse(rowSchema, value, { abortEarly: true })
    if (!parsed.success) throw this.#malformed(whereOf(parsed.issues))
    const wrong = checkRow(parsed.output, this.#limits.depth)
    if (wrong !== undefined) throw this.#malformed(wrong)
    this.#batch.push(parsed.output)
  }

  #end({ rows, sha256 }: v.InferOutput<typeof end>): void {
    const found = this.#hash.digest('hex')
    if (rows !== this.#rows || sha256 !== found)
      throw new Refused('Damaged', 'The file is damaged: its content does not have the checksum that it says.')
    this.#sha256 = found
  }

  #hand(): void {
    if (this.#batch.length > 0) this.#take(this.#batch)
    this.#batch = []
  }

  finish(): ReadBundle {
    if (this.#header === undefined) throw new Refused('NotABundle', notOurs)
    if (this.#sha256 === undefined || this.#partBytes > 0)
      throw new Refused('Damaged', 'The file is damaged: its end is missing.')
    return { header: this.#header, rows: this.#rows, sha256: this.#sha256 }
  }

  #malformed(what: string): Refused {
    return new Refused('Malformed', `Line ${this.#line} is not as it has to be: ${what}.`)
  }
}

const notOurs = 'This is no bundle of Argosy.'

function readHeader(value: unknown): BundleHeader {
  if (!v.is(v.looseObject({ format: v.literal(bundleFormat), version: v.number() }), value))
    throw new Refused('NotABundle', notOurs)
  if (value.version > bundleVersion)
    throw new Refused(
      'Newer',
      `It has format ${value.version}; this Argosy knows ${bundleVersion}. A later one can open it.`,
    )
  const parsed = v.safeParse(header, value, { abortEarly: true })
  if (!parsed.success) throw new Refused('Malformed', `Line 1 is not as it has to be: ${whereOf(parsed.issues)}.`)
  return parsed.output
}

/** Where, and never what: it may be long, or meant to deceive. */
const whereOf = (issues: readonly v.BaseIssue<unknown>[]): string => {
  const path = issues[0] === undefined ? null : v.getDotPath(issues[0])
  return path === null ? 'it is of no known kind' : `${path.slice(0, 100)} is wrong`
}
