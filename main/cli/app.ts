import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { CliIo } from './io.ts'

/** How long fetching the Electron binary may take before the browser is used instead. */
const downloadTimeoutMs = 180_000

interface AppOptions {
  readonly sandbox?: boolean
  readonly kubeconfig?: readonly string[]
}

/**
 * `argosy app`: the desktop window. Where Electron cannot run (no display, no binary for this platform, its download host out
 * of reach) it says so in one line and serves the same window to a browser.
 */
export function registerApp(program: Command, io: CliIo): void {
  program
    .command('app')
    .description('open the window (in Electron; in your browser where Electron cannot run)')
    .option('--sandbox', 'show the embedded sandbox fleet instead of your clusters')
    .option('--port <port>', 'port for the browser, when Electron cannot run')
    .action(async (options: AppOptions & { readonly port?: string }, command: Command) => {
      const { kubeconfig } = command.optsWithGlobals<AppOptions>()
      const shared = [
        ...(options.sandbox === true ? ['--sandbox'] : []),
        ...(kubeconfig ?? []).flatMap((path) => ['--kubeconfig', path]),
      ]
      const electron = await findElectron(io)
      if (electron.ok) return runElectron(electron.value, shared)
      io.err(`argosy: ${electron.error}; serving the same window to your browser instead.`)
      const port = options.port === undefined ? [] : ['--port', options.port]
      await program.parseAsync(['serve', ...shared, ...port], { from: 'user' })
    })
}

/** The Electron executable, fetched on first use; or why there is none. */
async function findElectron(io: CliIo): Promise<Outcome<string, string>> {
  if (!hasDisplay()) return failure('there is no display for Electron')
  const folder = electronFolder()
  if (folder === undefined) return failure('Electron is not installed')
  if (!existsSync(`${folder}/path.txt`)) {
    io.err('argosy: fetching Electron (once)…')
    const fetched = await run(process.execPath, [`${folder}/install.js`])
    if (!fetched) return failure('Electron could not be fetched')
  }
  const path = createRequire(import.meta.url)('electron') as unknown
  return typeof path === 'string' && existsSync(path) ? success(path) : failure('Electron is not installed')
}

const hasDisplay = (): boolean =>
  process.platform !== 'linux' || process.env['DISPLAY'] !== undefined || process.env['WAYLAND_DISPLAY'] !== undefined

function electronFolder(): string | undefined {
  try {
    return fileURLToPath(new URL('.', import.meta.resolve('electron')))
  } catch {
    // Not resolvable: the package is absent, which is a normal way to install the command line alone.
    return undefined
  }
}

/** True when the program ended well within the time; its output is not shown. */
async function run(program: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(program, args, { stdio: 'ignore', timeout: downloadTimeoutMs })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code === 0
}

/** Runs until the window is closed; its exit code is ours. */
async function runElectron(electron: string, args: readonly string[]): Promise<void> {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const child = spawn(electron, [root, ...args], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  const [code] = (await once(child, 'exit')) as [number | null]
  process.exitCode = code ?? 1
}
