import { existsSync, globSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = 'out/.built'
const sources = ['main/**', 'preload/**', 'renderer/**', '.ci/vite/*', 'package-lock.json', 'package.json']

/** True when a source is newer than the last complete build. */
function isStale(): boolean {
  if (!existsSync(stamp)) return true
  const builtAt = statSync(stamp).mtimeMs
  return globSync(sources, { cwd: root }).some((path) => statSync(path).mtimeMs > builtAt)
}

/** Builds main, preload and renderer into out/ when any source changed since the last build. */
export async function buildIfStale(force = false): Promise<void> {
  process.chdir(root)
  if (!force && !isStale()) return
  const startedAt = performance.now()
  rmSync(stamp, { force: true })
  await Promise.all(['main', 'preload', 'renderer'].map((part) => build({ configFile: `.ci/vite/${part}.config.ts` })))
  writeFileSync(stamp, '')
  console.error(`argosy: built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
}

if (import.meta.main) await buildIfStale(true)
