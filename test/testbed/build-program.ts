import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { goEnvironment } from './go-toolchain.ts'
import { type StandIn, writeStandIn } from './stand-in.ts'

export interface GoProgram {
  /** Of its main package. */
  readonly path: string
  readonly module: string
  readonly version: string
  /** The version under which the modules are published that its go.mod takes from folders beside it. */
  readonly staged?: string
  /** Variables that are set to the version when linking. */
  readonly stamp?: readonly string[]
  readonly standIns?: readonly StandIn[]
}

const progressMs = 15_000
const buildMinutesMax = 60

/**
 * Builds a program of a published module into the file `to`, with exactly the dependencies its authors released it with, but for those
 * that something stands in for.
 */
export async function buildProgram(
  go: string,
  program: GoProgram,
  to: string,
  tell: (line: string) => void,
): Promise<Outcome<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-go-'))
  const started = performance.now()
  const seconds = () => `${Math.round((performance.now() - started) / 1000)} s`
  tell('fetching its modules')
  const told = setInterval(() => tell(seconds()), progressMs)
  try {
    const module = ownModule(go, program)
    if (!module.ok) return module
    writeFileSync(join(folder, 'go.mod'), module.value)
    const stoodIn = standIn(go, program.standIns ?? [], folder)
    if (!stoodIn.ok) return stoodIn
    const stamps = (program.stamp ?? []).map((variable) => `-X ${variable}=${program.version}`)
    const partial = join(dirname(to), `.${process.pid}.partial`)
    const args = ['build', '-mod=mod', '-trimpath', `-ldflags=${['-s', '-w', ...stamps].join(' ')}`, '-o', partial]
    const built = await runGo(go, [...args, program.path], folder)
    if (!built.ok) return built
    // Another process may have built the same meanwhile; either file will do.
    renameSync(partial, to)
    tell(`done in ${seconds()}`)
    return success(to)
  } finally {
    clearInterval(told)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A go.mod whose build list is that of the program's own module: a required module's `replace` lines do not count for others. */
function ownModule(go: string, { module, version, staged }: GoProgram): Outcome<string, string> {
  const downloaded = download(go, module, version)
  if (!downloaded.ok) return downloaded
  const text = readFileSync(downloaded.value.GoMod, 'utf8')
    .replace(/^module .*$/m, 'module testbed')
    .replace(/^\s*\S+ => \.\.?\/\S+$/gm, (line) => replacement(line, staged))
  return success(`${text}\nrequire ${module} ${version}\n`)
}

interface Downloaded {
  /** Paths in the module cache. */
  readonly GoMod: string
  readonly Dir: string
}

function download(go: string, module: string, version: string): Outcome<Downloaded, string> {
  const run = runToEnd(go, ['mod', 'download', '-json', `${module}@${version}`], tmpdir())
  return run.ok ? success(JSON.parse(run.value) as Downloaded) : failure(`go cannot fetch ${module}: ${run.error}`)
}

/** Writes them into the folder, and says so in its go.mod. */
function standIn(go: string, standIns: readonly StandIn[], folder: string): Outcome<undefined, string> {
  for (const [index, each] of standIns.entries()) {
    const { module, copyOf } = each
    const source = copyOf === undefined ? success(undefined) : download(go, copyOf.module, copyOf.version)
    if (!source.ok) return source
    writeStandIn(join(folder, `${index}`), each, source.value?.Dir)
    const replaced = runToEnd(go, ['mod', 'edit', `-replace=${module}=./${index}`], folder)
    if (!replaced.ok) return replaced
  }
  return success(undefined)
}

function runToEnd(go: string, args: readonly string[], cwd: string): Outcome<string, string> {
  const run = spawnSync(go, args, { encoding: 'utf8', cwd, env: goEnvironment() })
  return run.status === 0 ? success(run.stdout) : failure(run.stderr.trim() || run.stdout.trim())
}

/** A folder beside the module is not part of what is published: its own published module is. */
function replacement(line: string, staged: string | undefined): string {
  const name = line.trim().split(/\s+/)[0] ?? ''
  return staged === undefined ? '' : `\t${name} => ${name} ${staged}`
}

function runGo(go: string, args: readonly string[], cwd: string): Promise<Outcome<undefined, string>> {
  return new Promise((resolve) => {
    const child = spawn(go, args, { cwd, env: goEnvironment(), stdio: ['ignore', 'ignore', 'pipe'] })
    let output = ''
    child.stderr.on('data', (data: Buffer) => {
      output = `${output}${data.toString()}`.slice(-4_000)
    })
    const limit = setTimeout(() => child.kill('SIGTERM'), buildMinutesMax * 60_000)
    child.on('error', (error) => resolve(failure(error.message)))
    child.on('exit', (code) => {
      clearTimeout(limit)
      resolve(code === 0 ? success(undefined) : failure(`go ${args[0]} failed:\n${output.trim()}`))
    })
  })
}
