import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { zstdDecompressSync } from 'node:zlib'

/** Values no text, file or message may hold, of many shapes, by where they are planted. */
export function plantSecrets(seed: number) {
  const tail = (place: string) => `${place}-${(seed * 2_654_435_761).toString(36)}`
  return {
    secretData: `Zq"${tail('data')}'\nsecond-${tail('line')}`,
    env: `Wy\\${tail('env')}"ключ`,
    unicode: `密碼-${tail('unicode')}`,
    argument: `Vx${tail('arg')}%20&+`,
    annotation: `Uz${tail('annotation')}`,
    header: `Tk${tail('header')}`,
    analysisArgument: `Sj${tail('analysis')}`,
    kubeToken: `Rk${tail('kube')}`,
    kubePassword: `Qp${tail('basic')}`,
    execVariable: `Ph${tail('exec')}`,
    event: `On${tail('event')}`,
    reason: `Nm${tail('reason')}`,
    notification: `Ml${tail('notify')}`,
  } as const
}

/** As itself, inside JSON once and twice, in base64 and in a URL. */
function shapesOf(value: string): readonly string[] {
  const inJson = JSON.stringify(value).slice(1, -1)
  const base64 = Buffer.from(value).toString('base64')
  const shapes = [value, inJson, JSON.stringify(inJson).slice(1, -1), base64, encodeURIComponent(value)]
  return [...new Set([...shapes, ...value.split('\n')])]
}

/** Which planted values a text or file holds: `place: name`. Compressed parts are unpacked. */
export function leaks(place: string, content: string | Uint8Array, planted: Readonly<Record<string, string>>) {
  const parts = typeof content === 'string' ? [Buffer.from(content)] : [Buffer.from(content), ...unpacked(content)]
  return Object.entries(planted).flatMap(([name, value]) => {
    const found = shapesOf(value).find((shape) => parts.some((part) => part.includes(shape)))
    return found === undefined ? [] : [`${place}: ${name} as ${found}`]
  })
}

const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])

/** Every zstd frame that is somewhere in a file. */
export function unpacked(content: Uint8Array): readonly Buffer[] {
  const bytes = Buffer.from(content)
  const found: Buffer[] = []
  for (let at = bytes.indexOf(magic); at >= 0; at = bytes.indexOf(magic, at + 1)) {
    const next = bytes.indexOf(magic, at + 1)
    try {
      found.push(zstdDecompressSync(bytes.subarray(at, next < 0 ? bytes.length : next)))
    } catch {
      // The four bytes by chance.
    }
  }
  return found
}

/** Every file of a folder, and of each history in it every value, unpacked. */
export function leaksInFolder(folder: string, planted: Readonly<Record<string, string>>): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    if (!entry.isFile()) return []
    const path = join(entry.parentPath, entry.name)
    const rows = entry.name.endsWith('.db') ? leaksInHistory(path, planted) : []
    return [...leaks(entry.name, readFileSync(path), planted), ...rows]
  })
}

function leaksInHistory(path: string, planted: Readonly<Record<string, string>>): readonly string[] {
  const db = new DatabaseSync(path, { readOnly: true })
  try {
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'").all()
    return tables.flatMap(({ name: table }) =>
      db
        .prepare(`SELECT * FROM "${String(table)}"`)
        .all()
        .flatMap((row) =>
          Object.entries(row).flatMap(([column, value]) =>
            typeof value === 'string' || value instanceof Uint8Array
              ? leaks(`${String(table)}.${column}`, value, planted)
              : [],
          ),
        ),
    )
  } finally {
    db.close()
  }
}
