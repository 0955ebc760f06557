import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'

export interface CliProcess {
  readonly child: ChildProcess
  /** What it wrote so far, as a person sees it. */
  readonly stdout: string
  readonly stderr: string
  /** `undefined` while it runs. */
  readonly code: number | undefined
  /** Interrupts it as Ctrl-C does, and waits until it has ended. */
  stop(): Promise<void>
}

type Environment = Readonly<Record<string, string | undefined>>

const cli = [process.execPath, 'out/main/cli.js']

/** Starts the built command line. */
export const startArgosy = (args: readonly string[], env: Environment = {}): CliProcess => start([...cli, ...args], env)

/** Runs it to its end. */
export async function runArgosy(args: readonly string[], env: Environment = {}): Promise<CliProcess> {
  const run = startArgosy(args, env)
  if (run.child.exitCode === null) await once(run.child, 'close')
  return run
}

function start([command = '', ...args]: readonly string[], env: Environment): CliProcess {
  const child = spawn(command, args, {
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const written = { stdout: '', stderr: '' }
  child.stdout.on('data', (data: Buffer) => (written.stdout += data.toString()))
  child.stderr.on('data', (data: Buffer) => (written.stderr += data.toString()))
  return {
    child,
    get stdout() {
      return written.stdout
    },
    get stderr() {
      return written.stderr
    },
    get code() {
      return child.exitCode ?? undefined
    },
    async stop() {
      if (child.exitCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGINT')
      await exited
    },
  }
}

/** A process that sees a small disk of its own at `folder`, which is gone with the process. */
export interface OnSmallDisk extends CliProcess {
  /** Leaves not one byte. */
  fill(): void
  makeRoom(): void
}

/** Linux lets any user mount inside a namespace of its own, unless that was forbidden. */
export const hasSmallDisks = (): boolean =>
  process.platform === 'linux' && spawnSync('unshare', ['-rm', 'true']).status === 0

/** @param options `full`: not one byte is left from the start. */
export function startArgosyOnSmallDisk(
  folder: string,
  args: readonly string[],
  env: Environment = {},
  options: { readonly full?: boolean } = {},
): OnSmallDisk {
  const fill = options.full === true ? '; cat /dev/zero > "$0/filler" 2> /dev/null' : ''
  const script = `mount -t tmpfs -o size=16m tmpfs "$0"${fill}; exec "$@"`
  const run = start(['unshare', '-rm', 'sh', '-c', script, folder, ...cli, ...args], env)
  const filler = `/proc/${run.child.pid}/root${folder}/filler`
  return Object.assign(run, {
    fill() {
      for (const size of [65_536, 4096, 1]) fillWith(filler, size)
    },
    makeRoom: () => rmSync(filler),
  })
}

function fillWith(path: string, size: number): void {
  const piece = Buffer.alloc(size)
  for (;;) {
    try {
      writeFileSync(path, piece, { flag: 'a' })
    } catch {
      return
    }
  }
}
