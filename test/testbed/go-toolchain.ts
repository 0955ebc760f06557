import { spawnSync } from 'node:child_process'
import { chmodSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { failure, type Outcome, success } from '#lib/outcome.ts'

/** What the modules of the test bed are built with. The oldest they accept is `go1.26`. */
const release = 'go1.26.8'
const oldestMinor = 26

/** Go itself is published as a module, a version for each platform; `go` checks its sum against the public log of sums. */
const toolchainModule = (): string => {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  return `golang.org/toolchain@v0.0.1-${release}.${system}-${process.arch === 'x64' ? 'amd64' : process.arch}`
}

/**
 * A `go` new enough to build with: the machine's own, else one that the machine's own, however old, downloads into its module
 * cache. Undefined: the machine has none at all. The error says what `go` said.
 */
export function findGo(tell: (line: string) => void): Outcome<string, string> | undefined {
  const minor = minorVersion()
  if (minor === undefined) return
  if (minor >= oldestMinor) return success('go')
  tell(`the machine's go is 1.${minor}: fetching ${release}`)
  return downloadGo()
}

function minorVersion(): number | undefined {
  const run = spawnSync('go', ['version'], { encoding: 'utf8', env: goEnvironment() })
  const found = /\bgo1\.(\d+)/.exec(run.status === 0 ? run.stdout : '')?.[1]
  return found === undefined ? undefined : Number(found)
}

function downloadGo(): Outcome<string, string> {
  const run = spawnSync('go', ['mod', 'download', '-json', toolchainModule()], {
    encoding: 'utf8',
    cwd: tmpdir(),
    env: goEnvironment(),
  })
  if (run.status !== 0)
    return failure(`go cannot fetch ${toolchainModule()}: ${run.stderr.trim() || run.stdout.trim()}`)
  const { Dir } = JSON.parse(run.stdout) as { readonly Dir: string }
  for (const folder of ['bin', 'pkg/tool']) makeExecutable(join(Dir, folder))
  return success(join(Dir, 'bin', 'go'))
}

/** Files of a module are never executable in the cache. */
function makeExecutable(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) chmodSync(join(entry.parentPath, entry.name), 0o555)
}

/** No C compiler is needed, and no other toolchain than the one that is called. */
export function goEnvironment(): NodeJS.ProcessEnv {
  const { GOROOT: _, ...environment } = process.env
  return { ...environment, CGO_ENABLED: '0', GOTOOLCHAIN: 'local' }
}
