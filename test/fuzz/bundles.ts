import { createHash } from 'node:crypto'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { parseRolloutKey } from '#contract/keys.ts'
import { openBytes } from '#main/bundle/bundle-file.ts'
import type { OpenBundle } from '#main/bundle/open-bundle.ts'
import { PlanMemory } from '#main/fleet-plan/plan-memory.ts'
import { listActions } from '#main/history/journal.ts'
import { listHistory, readRecord } from '#main/history/reader.ts'
import { listWritten, readWrite } from '#main/history/written.ts'
import { filmOf } from '#main/time-travel/film.ts'
import { pastBoard } from '#main/time-travel/past-board.ts'
import { Random } from '#test/sim/random.ts'

/** One file that pretends to be a bundle; the same seed always gives the same. */
export interface BundleCase {
  readonly seed: number
  readonly kind: string
  readonly bytes: Uint8Array
  /** Whether it has to be refused; otherwise it may be opened as well. */
  readonly isMalformed: boolean
}

export interface TriedBundle {
  readonly outcome: string
  readonly ms: number
  /** What must never happen, and did. */
  readonly violation: string | undefined
}

const tooLongMs = 20_000

type Row = Record<string, unknown>
type Edit = (rows: Row[], random: Random) => void

const oneOf = (rows: Row[], random: Random, kind?: string): Row => {
  const found = rows.filter((row, at) => at > 0 && (kind === undefined || row['row'] === kind))
  return random.pick(found)
}

const odd: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  1e300,
  2 ** 53,
  '',
  'x',
  '\0',
  '\ud800',
  [],
  {},
  '9'.repeat(2000),
  Number.MIN_SAFE_INTEGER,
  '../../etc/passwd',
]
const never = [null, true, 1.5, 1e300, '\0', '\ud800', [], {}] as const

const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

/** Rows that no reader may take. */
const malformed: Readonly<Record<string, Edit>> = {
  'a field of another type': (rows, random) => {
    const row = oneOf(rows, random)
    row[random.pick(Object.keys(row))] = random.pick(never)
  },
  'a field that is missing': (rows, random) => {
    const row = oneOf(rows, random, random.pick(['run', 'moment', 'object', 'version', 'span', 'chain', 'template']))
    delete row[random.pick(Object.keys(row).filter((name) => !['mark', 'goneAt', 'version'].includes(name)))]
  },
  'a field too many': (rows, random) => void (oneOf(rows, random)['__proto__x'] = 1),
  'a row of no kind': (rows, random) =>
    void (oneOf(rows, random)['row'] = random.pick(['', 'script', 'meta', 'constructor'])),
  'a time before all': (rows, random) => void (oneOf(rows, random, 'moment')['at'] = -5),
  'a time after all': (rows, random) => void (oneOf(rows, random, 'run')['startedAt'] = 8.64e15),
  'a body that is no JSON': (rows, random) =>
    void (oneOf(rows, random, random.pick(['run', 'moment', 'template']))['body'] = '{'),
  'a body that is deep': (rows, random) => {
    oneOf(rows, random, random.pick(['version', 'template', 'plan', 'entry']))['body'] = deep(random.int(65, 20_000))
  },
  'a body of something else': (rows, random) =>
    void (oneOf(rows, random, 'run')['body'] = oneOf(rows, random, 'template')['body']),
  'a patch that copies': (rows, random) => {
    Object.assign(oneOf(rows, random, 'version'), { form: 'patch', body: '[{"op":"copy","from":"","path":"/a"}]' })
  },
  'an object without a name': (rows, random) => {
    Object.assign(oneOf(rows, random, 'version'), {
      form: 'whole',
      body: random.pick(['{}', '[]', 'null', '{"metadata":[]}']),
    })
  },
  'a run of another time': (rows, random) => void (oneOf(rows, random, 'run')['startedAt'] = 7),
  'a later format': (rows) => void (rows[0] && (rows[0]['version'] = 2)),
  'a header of something else': (rows) => void (rows[0] && (rows[0]['format'] = 'other')),
  'a header without': (rows, random) => {
    const [header = {}] = rows
    delete header[random.pick(Object.keys(header))]
  },
  'no header': (rows) => void rows.shift(),
  'two headers': (rows) => void rows.unshift({ ...rows[0] }),
  'an end in between': (rows) => void rows.splice(2, 0, { row: 'end', rows: 1, sha256: 'a'.repeat(64) }),
  'a line that is too long': (rows, random) => void (oneOf(rows, random, 'run')['search'] = 'x'.repeat(4 * 1024 ** 2)),
  'a number in a record that is none': (rows, random) =>
    void (oneOf(rows, random, 'entry')['body'] = '{"a":[{"b":1e300}]}'),
}

/** Rows that may be taken, and must then harm nobody. */
const strange: Readonly<Record<string, Edit>> = {
  'an odd field': (rows, random) => {
    const row = oneOf(rows, random)
    row[random.pick(Object.keys(row))] = random.pick(odd)
  },
  'rows in another order': (rows, random) => {
    const [a, b] = [random.int(1, rows.length - 1), random.int(1, rows.length - 1)]
    ;[rows[a], rows[b]] = [rows[b] ?? {}, rows[a] ?? {}]
  },
  'a row twice': (rows, random) => void rows.splice(random.int(1, rows.length), 0, { ...oneOf(rows, random) }),
  'a row less': (rows, random) => void rows.splice(random.int(1, rows.length - 1), 1),
  'an object with odd values': (rows, random) => {
    const row = oneOf(rows, random, 'version')
    row['body'] = mutated(String(row['body']), random)
  },
  'an entry with odd values': (rows, random) => {
    const row = oneOf(rows, random, 'entry')
    row['body'] = mutated(String(row['body']), random)
  },
  'a plan with odd values': (rows, random) => {
    const row = oneOf(rows, random, random.pick(['plan', 'planEvent']))
    row['body'] = mutated(String(row['body']), random)
  },
  'a key that is none': (rows, random) => {
    const row = oneOf(rows, random, random.pick(['entry', 'template']))
    row[row['row'] === 'entry' ? 'subject' : 'key'] = random.pick([
      '%',
      '%E0%A4%A',
      '//',
      'a/b',
      '__proto__',
      '<script>',
    ])
  },
}

/** Another value somewhere inside. */
function mutated(json: string, random: Random): string {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    // The end of an object has no body.
    return json
  }
  for (let times = random.int(1, 4); times > 0; times--) {
    let node = value
    for (let depth = random.int(0, 8); depth > 0 && typeof node === 'object' && node !== null; depth--) {
      const keys = Object.keys(node)
      if (keys.length === 0) break
      const key = random.pick(keys)
      const next = (node as Row)[key]
      if (typeof next !== 'object' || next === null || depth === 1) (node as Row)[key] = random.pick(odd)
      node = next
    }
  }
  return JSON.stringify(value)
}

/** Bytes that are no bundle, made of one that is. */
const bytesKinds: Readonly<Record<string, (bytes: Buffer, random: Random) => Uint8Array>> = {
  'cut off': (bytes, random) => bytes.subarray(0, random.int(0, bytes.length - 1)),
  'a bit flipped': (bytes, random) => {
    const [copy, at] = [Buffer.from(bytes), random.int(4, bytes.length - 1)]
    copy[at] = (copy[at] ?? 0) ^ (1 << random.int(0, 7))
    return copy
  },
  'something else': (_bytes, random) =>
    Buffer.from(Array.from({ length: random.int(0, 2000) }, () => random.int(0, 255))),
  'something after it': (bytes) => Buffer.concat([bytes, zstdCompressSync('{"row":"run"}\n')]),
  'without its end': (bytes) => {
    const lines = zstdDecompressSync(bytes).toString().split('\n')
    return zstdCompressSync(`${lines.slice(0, -2).join('\n')}\n`)
  },
  'a wrong checksum': (bytes, random) => {
    const text = zstdDecompressSync(bytes).toString()
    return zstdCompressSync(text.replace(/"sha256":"./, `"sha256":"${random.pick(['0', 'f', 'z'])}x`))
  },
  'a bomb of zeros': (_bytes, random) => zstdCompressSync(Buffer.alloc(random.int(17, 40) * 1024 ** 2)),
  'a database': () => Buffer.from(`SQLite format 3\0${'\0'.repeat(4000)}`),
  'a locked one that is none': (_bytes, random) =>
    Buffer.from(`age-encryption.org/v1\n-> scrypt AAAA ${random.pick(['18', '99', 'x'])}\n--- AAAA\n${'x'.repeat(50)}`),
}

/** The rows with the checksum that they ask for. */
function packed(rows: readonly Row[]): Uint8Array {
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  const end = { row: 'end', rows: rows.length - 1, sha256: createHash('sha256').update(text).digest('hex') }
  return zstdCompressSync(`${text}${JSON.stringify(end)}\n`)
}

/** @param good a bundle as it should be */
export function bundleCase(seed: number, good: Uint8Array, only?: 'malformed'): BundleCase {
  const random = new Random(seed, 'bundle')
  const group =
    only === 'malformed'
      ? random.weighted({ bytes: 1, malformed: 2 })
      : random.weighted({ bytes: 1, malformed: 2, strange: 5 })
  if (group === 'bytes') {
    const kind = random.pick(Object.keys(bytesKinds))
    return { seed, kind, isMalformed: true, bytes: bytesKinds[kind]?.(Buffer.from(good), random) ?? good }
  }
  const edits = group === 'malformed' ? malformed : strange
  const kind = random.pick(Object.keys(edits))
  const rows = zstdDecompressSync(good)
    .toString()
    .trimEnd()
    .split('\n')
    .slice(0, -1)
    .map((line): Row => JSON.parse(line))
  for (let times = group === 'malformed' ? 1 : random.int(1, 5); times > 0; times--) edits[kind]?.(rows, random)
  return { seed, kind, isMalformed: group === 'malformed', bytes: packed(rows) }
}

/** Opens a file and reads all that is in it, as the window and the command line would. */
export async function tryBundle({ kind, bytes, isMalformed }: BundleCase): Promise<TriedBundle> {
  const startedAt = performance.now()
  try {
    const opened = await openBytes(bytes, 'x')
    if (!opened.ok)
      return {
        outcome: `${kind}: ${opened.error.kind}`,
        ms: performance.now() - startedAt,
        violation: clear(opened.error.message),
      }
    const known = await readAll(opened.value)
    opened.value.history.close()
    const ms = performance.now() - startedAt
    const violation = isMalformed ? 'was opened' : ms > tooLongMs ? `took ${ms.toFixed(0)} ms` : undefined
    return { outcome: `${kind}: opened${known}`, ms, violation }
  } catch (error) {
    return { outcome: 'threw', ms: 0, violation: `threw ${error instanceof Error ? error.stack : String(error)}` }
  }
}

const clear = (message: string): string | undefined =>
  message.length > 10 && message.length < 400 && !/undefined|\[object|NaN/.test(message) ? undefined : `says ${message}`

/** What Argosy shows is read; what cannot be shown is told as such, and nothing is thrown where that is promised. */
async function readAll({ history, header }: OpenBundle): Promise<string> {
  const entries = listHistory(history, { limit: 100 })
  for (const { id } of entries) readRecord(history, id)
  listActions(history, { limit: 100 })
  for (const { id } of listWritten(history, { limit: 100 })) readWrite(history, id)
  const memory = new PlanMemory(history)
  for (const { id } of memory.all()) memory.events(id, 100)
  JSON.stringify(
    entries.map(({ startedAt, endedAt }) => [startedAt, endedAt].map((at) => at && new Date(at).toISOString())),
  )
  try {
    const keys = new Set(history.all('SELECT key FROM run').map(({ key }) => String(key)))
    for (const key of keys)
      if (parseRolloutKey(key) !== undefined) JSON.stringify(filmOf(history, key, header.from, header.until))
    JSON.stringify(await pastBoard(history, header.until, async () => undefined))
    return ''
  } catch (error) {
    // Objects that no API server would have taken: main answers that they cannot be shown.
    return error instanceof TypeError || error instanceof RangeError ? ', shown in part' : Promise.reject(error)
  }
}
