import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, isAbsolute } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Clock } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { codeOf } from '#main/cluster/classify-failure.ts'
import type { Program, RunProgram } from './program.ts'

type Env = Readonly<Record<string, string | undefined>>

const timeoutMs = 30_000
const outputMax = 2 ** 20

/** @param env of this process; only PATH and HOME are handed on. */
export function createRunProgram(clock: Clock, env: Env): RunProgram {
  const handedOn = Object.fromEntries(
    ['PATH', 'HOME'].flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  )
  return async (program, input) => {
    const checked = await checkContent(program)
    return checked.ok ? run(program, input, { clock, env: handedOn }) : checked
  }
}

async function checkContent({ path, sha256 }: Program): Promise<Outcome<void, string>> {
  if (!isAbsolute(path)) return failure(`${path} is not an absolute path`)
  const hash = createHash('sha256')
  try {
    if (!(await stat(path)).isFile()) return failure(`${path} is not a file`)
    await pipeline(createReadStream(path), hash)
  } catch (error) {
    return failure(`${path} cannot be read (${codeOf(error) ?? 'unknown'})`)
  }
  const found = hash.digest('hex')
  return found === sha256.toLowerCase()
    ? success(undefined)
    : failure(`${path} is not what was listed: its sha256 is ${found}`)
}

interface Surroundings {
  readonly clock: Clock
  readonly env: Readonly<Record<string, string | undefined>>
}

/** No shell, no arguments, its own folder, and on POSIX a process group of its own, so that nothing it began outlives it. */
function run({ path }: Program, input: string, { clock, env }: Surroundings): Promise<Outcome<string, string>> {
  return new Promise((resolve) => {
    const child = spawn(path, [], {
      cwd: dirname(path),
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
      detached: process.platform !== 'win32',
    })
    const chunks: Buffer[] = []
    let size = 0
    const end = (outcome: Outcome<string, string>): void => {
      cancelTimeout()
      endGroup(child)
      resolve(outcome)
    }
    const cancelTimeout = clock.after(timeoutMs, () => end(failure(`it did not finish within ${timeoutMs / 1000} s`)))
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > outputMax) end(failure('it wrote more than 1 MiB'))
      else chunks.push(chunk)
    })
    child.on('error', (error) => end(failure(`${path} cannot be started (${codeOf(error) ?? 'unknown'})`)))
    child.on('close', (code, signal) =>
      end(
        code === 0
          ? success(Buffer.concat(chunks).toString('utf8'))
          : failure(code === null ? `it was ended by ${signal}` : `it exited with ${code}`),
      ),
    )
    // A program that does not read is no failure yet.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    if (process.platform === 'win32') child.kill('SIGKILL')
    else process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    // Nobody of the group is left.
    if (codeOf(error) !== 'ESRCH' && codeOf(error) !== 'EPERM') throw error
  }
}
