import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Mutation, mutations } from './mutation-table.ts'

/*
 * `node test/sim/mutations.ts [words of a name]`: puts each bug in, runs the simulator on it, then the tests if it went unnoticed, and
 * prints what caught it.
 */

export interface Caught {
  readonly mutation: Mutation
  /** `undefined`: it went unnoticed. */
  readonly caughtBy: string | undefined
}

const run = promisify(execFile)
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const timeoutMs = 900_000
/** Beside the simulator: what runs the engine's shell against the sandbox, and the rounds of the engine one by one. */
const tests = [
  'test/sim/found-faults.test.ts',
  'test/main/controller',
  'test/main/engine/rollout',
  'test/conformance/rollout',
]

/** In a process of its own, so that the bug is in every module that is loaded there and in none here. */
export async function tryMutation(mutation: Mutation): Promise<Caught> {
  const env = { ...process.env, ARGOSY_MUTATION: mutation.name }
  const { stdout } = await run(process.execPath, ['--import', here('./mutate.ts'), here('./hunt.ts')], {
    env,
    timeout: timeoutMs,
  })
  const { caughtBy } = JSON.parse(stdout) as { readonly caughtBy?: string }
  return { mutation, caughtBy: caughtBy ?? (await firstFailedTest(env)) }
}

interface TestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

async function firstFailedTest(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-mutation-'))
  const report = join(folder, 'report.json')
  const options = [
    '--config',
    '.ci/vitest.config.ts',
    '--project',
    'main',
    '--project',
    'engine',
    '--bail',
    '1',
    '--reporter',
    'json',
  ]
  const args = [here('../../node_modules/vitest/vitest.mjs'), 'run', ...options, '--outputFile', report, ...tests]
  const root = here('../..')
  try {
    // It ends with an exit code when a test fails, which is what is hoped for: the report says which.
    await run(process.execPath, args, { cwd: root, env: { ...env, NODE_ENV: 'test' }, timeout: timeoutMs }).catch(
      () => undefined,
    )
    return nameOfFailed(JSON.parse(readFileSync(report, 'utf8')) as TestReport, root)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function nameOfFailed({ testResults }: TestReport, root: string): string | undefined {
  for (const { name, assertionResults } of testResults)
    for (const { status, fullName } of assertionResults)
      if (status === 'failed') return `${relative(root, name)}: ${fullName}`
  return undefined
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
