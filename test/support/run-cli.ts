import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Clock } from '#lib/clock.ts'
import { createProgram, runProgram } from '#main/cli/program.ts'
import type { ContextAccess } from '#main/cluster/kubeconfig.ts'
import { advanceUntil } from './until.ts'
import type { VirtualClock } from './virtual-clock.ts'

export interface CliRun {
  /** What was printed so far, one text for each call. */
  readonly out: readonly string[]
  readonly err: readonly string[]
  /** As Ctrl-C. */
  interrupt(): void
  /** The exit code, once the command has ended. */
  readonly done: Promise<number>
}

/** Where a test's command lines keep their history; never that of whoever runs the tests. */
function aDataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-data-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Starts one command line in this process; what it prints is caught. */
export function startCli(
  args: readonly string[],
  options: {
    readonly clock: Clock
    readonly isTerminal?: boolean
    readonly dataFolder?: string
    /** As in a pod. */
    readonly inCluster?: ContextAccess
  },
): CliRun {
  const [out, err]: [string[], string[]] = [[], []]
  const interruption = new AbortController()
  let code = 0
  const dataFolder = options.dataFolder ?? aDataFolder()
  const io = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    colours: false,
    isTerminal: options.isTerminal === true,
    clock: options.clock,
    interrupted: interruption.signal,
    dataFolder,
    inCluster: () => options.inCluster,
    exitWith: (exit: number) => {
      code = exit
    },
  }
  const done = runProgram(createProgram(io), args, io).then(() => code)
  return { out, err, done, interrupt: () => interruption.abort() }
}

/** Runs a command line to its end. */
export async function runCli(
  args: readonly string[],
  clock: Clock,
  dataFolder?: string,
): Promise<{ readonly out: readonly string[]; readonly err: readonly string[]; readonly code: number }> {
  const { out, err, done } = startCli(args, { clock, ...(dataFolder !== undefined && { dataFolder }) })
  const code = await done
  return { out, err, code }
}

/** As `runCli`, for a command that also waits on the clock: it is moved on until the command ends. */
export async function runToEnd(
  args: readonly string[],
  clock: VirtualClock,
  dataFolder?: string,
): ReturnType<typeof runCli> {
  const { out, err, done } = startCli(args, { clock, ...(dataFolder !== undefined && { dataFolder }) })
  let code: number | undefined
  void done.then((exit) => {
    code = exit
  })
  await advanceUntil(clock, args.join(' '), () => code !== undefined)
  return { out, err, code: await done }
}
