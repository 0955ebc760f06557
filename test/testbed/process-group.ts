import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A process that outlives this one. `startedAt` tells it from another that got the same pid later. */
export interface Started {
  readonly name: string
  readonly pid: number
  readonly startedAt: string
}

/** Starts a program on its own, with its output in `<folder>/<name>.log`. */
export function startDetached(name: string, program: string, args: readonly string[], folder: string): Started {
  const log = openSync(join(folder, `${name}.log`), 'a')
  const child = spawn(program, args, { cwd: folder, detached: true, stdio: ['ignore', log, log] })
  closeSync(log)
  child.unref()
  if (child.pid === undefined) throw new Error(`${program} cannot be started`)
  return { name, pid: child.pid, startedAt: startTime(child.pid) ?? '' }
}

export const isRunning = ({ pid, startedAt }: Started): boolean => {
  const now = startTime(pid)
  return now !== undefined && now === startedAt
}

/** Ends it: asked first, forced after two seconds, for nothing here outlives it. A pid that belongs to another process by now is left alone. */
export async function end(started: Started): Promise<void> {
  for (let waited = 0; isRunning(started); waited += 50) {
    if (waited === 0) process.kill(started.pid, 'SIGTERM')
    if (waited === 2_000) process.kill(started.pid, 'SIGKILL')
    if (waited > 20_000) throw new Error(`process ${started.pid} (${started.name}) does not end`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Resident memory in MiB, 0 when it is gone. */
export function residentMiB({ pid }: Started): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(pid, 'status') ?? '')?.[1]
  return line === undefined ? 0 : Math.round(Number(line) / 1024)
}

/** In clock ticks since the machine started; undefined when there is no such process, or only its corpse. */
function startTime(pid: number): string | undefined {
  // The second field is the name in parentheses, which may hold spaces.
  const fields = readProc(pid, 'stat')
    ?.replace(/^.*\) /, '')
    .split(' ')
  return fields === undefined || fields[0] === 'Z' ? undefined : fields[19]
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return undefined
  }
}
