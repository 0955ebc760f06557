import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Mutation, mutations } from './mutation-table.ts'

/* `node test/sim/mutations.ts [words of a name]`: puts each bug in, runs the simulator on it, and prints what caught it. */

export interface Caught {
  readonly mutation: Mutation
  /** `undefined`: it went unnoticed. */
  readonly caughtBy: string | undefined
}

const run = promisify(execFile)
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const timeoutMs = 900_000

/** In a process of its own, so that the bug is in every module that is loaded there and in none here. */
export async function tryMutation(mutation: Mutation): Promise<Caught> {
  const { stdout } = await run(process.execPath, ['--import', here('./mutate.ts'), here('./hunt.ts')], {
    env: { ...process.env, ARGOSY_MUTATION: mutation.name },
    timeout: timeoutMs,
  })
  const { caughtBy } = JSON.parse(stdout) as { readonly caughtBy?: string }
  return { mutation, caughtBy }
}

/** Two at a time; `onCaught` hears of each as soon as it is known. */
export async function tryMutations(
  chosen: readonly Mutation[],
  onCaught: (caught: Caught) => void = () => undefined,
): Promise<readonly Caught[]> {
  const all: Caught[] = []
  const left = [...chosen]
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const caught = await tryMutation(next)
      all.push(caught)
      onCaught(caught)
    }
  }
  await Promise.all([worker(), worker()])
  return all
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const words = process.argv.slice(2).join(' ')
  const chosen = mutations.filter(({ name }) => name.includes(words))
  const width = Math.max(...chosen.map(({ name }) => name.length))
  const caught = await tryMutations(chosen, ({ mutation, caughtBy }) => {
    process.stdout.write(`${mutation.name.padEnd(width)}  ${caughtBy ?? 'NOT CAUGHT'}\n`)
  })
  const missed = caught.filter(({ caughtBy }) => caughtBy === undefined).length
  process.stdout.write(`${caught.length - missed} passed, ${missed} failed\n`)
  process.exitCode = missed === 0 ? 0 : 1
}
