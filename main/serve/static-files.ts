import { readFile } from 'node:fs/promises'
import { extname, join, resolve, sep } from 'node:path'

export interface StaticFile {
  readonly body: Buffer
  readonly contentType: string
  readonly cacheControl: string
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}

/** A file of the built window; a path without extension is a page of it. `undefined` outside the folder or when there is none. */
export async function readStaticFile(folder: string, path: string): Promise<StaticFile | undefined> {
  const wanted = decode(path)
  if (wanted === undefined || wanted.includes('\0')) return undefined
  const root = resolve(folder)
  const file = join(root, extname(wanted) === '' ? 'index.html' : wanted)
  if (!file.startsWith(root + sep)) return undefined
  const body = await readFile(file).catch(() => undefined)
  if (body === undefined) return undefined
  return {
    body,
    contentType: contentTypes[extname(file)] ?? 'application/octet-stream',
    // Names under assets/ hold a hash of the content.
    cacheControl: wanted.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache',
  }
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
