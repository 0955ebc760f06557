import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** A module of ours in the place of one that is not published, or that needs some that are not. */
export interface StandIn {
  readonly module: string
  /** What it begins as, without these folders; nothing when absent. */
  readonly copyOf?: { readonly module: string; readonly version: string; readonly without: readonly string[] }
  /** Lines of the files that are written into it. */
  readonly files: Readonly<Record<string, readonly string[]>>
}

/** @param from the folder of the module it is a copy of */
export function writeStandIn(to: string, { copyOf, files }: StandIn, from: string | undefined): void {
  const write = (path: string, content: Uint8Array | string): void => {
    mkdirSync(dirname(join(to, path)), { recursive: true })
    writeFileSync(join(to, path), content)
  }
  const isLeft = (path: string) => (copyOf?.without ?? []).some((folder) => path.startsWith(`${folder}/`))
  for (const entry of from === undefined ? [] : readdirSync(from, { recursive: true, withFileTypes: true })) {
    const source = join(entry.parentPath, entry.name)
    const path = relative(from ?? '', source)
    // Written anew, for files and folders of the module cache cannot be written to.
    if (entry.isFile() && !isLeft(path)) write(path, readFileSync(source))
  }
  for (const [path, lines] of Object.entries(files)) write(path, `${lines.join('\n')}\n`)
}
