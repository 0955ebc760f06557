import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'

/** Children that still run. None outlives this process, whatever ends it. */
const running = new Set<ChildProcess>()
const stopTimeoutMs = 15_000

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))

export interface Started {
  readonly child: ChildProcess
  /** What the expression matched in the output. */
  readonly matched: string
}

/** Starts the built command line and waits until its output matches. Throws its output when it ends before. */
export async function startCli(args: readonly string[], until: RegExp, env: NodeJS.ProcessEnv = {}): Promise<Started> {
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']
  const child = keep(spawn(process.execPath, ['out/main/cli.js', ...args], { env: { ...process.env, ...env }, stdio }))
  let output = ''
  return new Promise((resolve, reject) => {
    const read = (data: Buffer) => {
      if (output.length > 1e6) return
      output += data.toString()
      const [matched] = until.exec(output) ?? []
      if (matched !== undefined) resolve({ child, matched })
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('exit', (code) => reject(new Error(`argosy ${args.join(' ')} ended with ${code}:\n${output}`)))
  })
}

/** Starts a script of this folder in a process of its own, with a channel for messages. */
export const startScript = (path: string, args: readonly string[] = []): ChildProcess =>
  keep(fork(path, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }))

/** Sends a message and resolves with the answer, the next message that comes back. */
export async function ask<Answer>(child: ChildProcess, message: object): Promise<Answer> {
  const answered = nextMessage<Answer>(child)
  child.send(message)
  return answered
}

export function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`${child.spawnfile} ended with ${code}`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message as Message)
    })
  })
}

/** Ends a child as an interrupt does, and by force when it does not listen. */
export async function stop(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
  await exited
  clearTimeout(force)
}

function keep<Child extends ChildProcess>(child: Child): Child {
  running.add(child)
  child.on('exit', () => running.delete(child))
  return child
}

/** Resident set of a process. `ps` tells it in KiB on Linux and macOS. */
export function residentMB(pid: number | undefined): number {
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })
  return (Number.parseInt(stdout, 10) * 1024) / 1e6
}

/** Of the kernel's clock in `/proc`, on every Linux that Node runs on. */
const ticksPerSecond = 100

/** CPU time of a process so far, user and system, to a hundredth of a second: `ps` of Linux tells whole seconds only. */
export function cpuSeconds(pid: number | undefined): number {
  const stat = `/proc/${pid}/stat`
  if (existsSync(stat)) {
    const fields = readFileSync(stat, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
  }
  const { stdout } = spawnSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout
    .trim()
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0)
}

/** ms since the epoch with fractions; the page has the same clock under the same name. */
export const preciseNow = (): number => performance.timeOrigin + performance.now()

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The result, or a rejection that says what did not happen in time. */
export async function within<Result>(timeoutMs: number, otherwise: string, result: Promise<Result>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${otherwise} within ${timeoutMs / 1000} s`)), timeoutMs)
  })
  try {
    return await Promise.race([result, timeout])
  } finally {
    clearTimeout(timer)
  }
}
