import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { tryCrashPoints } from './crash-points.ts'
import { referenceRollouts } from './reference-rollouts.ts'
import { type Run, simulate } from './simulation.ts'

/*
 * `npm run test:sim -- --seed N --runs M --steps K`: M runs from seed N on; stops at the first that fails, and says how to repeat
 * it. With --all it goes on and names each that fails in a line. With --crash-points it also kills the first controller of each reference
 * rollout after every single one of its writes (OPS-42).
 */

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '100' },
    steps: { type: 'string', default: '40' },
    trace: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    'crash-points': { type: 'boolean', default: false },
  },
})

const [first, runs, steps] = [Number(values.seed), Number(values.runs), Number(values.steps)]
const startedAt = performance.now()
let [writes, rounds, failed] = [0, 0, 0]
for (let seed = first; seed < first + runs; seed++) {
  const run = await simulate(seed, steps)
  writes += run.writes
  rounds += run.rounds
  if (values.trace) print(`${run.lines.join('\n')}\nseed ${seed}: trace ${run.hash}`)
  if (run.violation === undefined) continue
  failed++
  if (values.all) print(`seed ${seed}: ${run.violation.checker}: ${run.violation.text}`)
  else reportFailure(seed, run)
  if (!values.all) break
}
const seconds = (performance.now() - startedAt) / 1000
print(`${runs} seeds from ${first}, ${steps} steps each: ${rounds} rounds, ${writes} writes, ${seconds.toFixed(1)} s`)
print(failed === 0 || values.all ? `${runs - failed} passed, ${failed} failed` : 'stopped at the first failure')
const crashed = values['crash-points'] ? await crashEverywhere() : 0
process.exitCode = failed + crashed === 0 ? 0 : 1

async function crashEverywhere(): Promise<number> {
  let all = 0
  for (const reference of referenceRollouts) {
    const { points, failures } = await tryCrashPoints(reference)
    all += failures.length
    print(`${reference.name}: ${points} crash points, ${failures.length} failed`)
    for (const { crashAfter, text } of failures) print(`  after write ${crashAfter}: ${text}`)
  }
  return all
}

function reportFailure(seed: number, { violation, lines }: Run): void {
  if (!values.trace) print(lines.slice(-120).join('\n'))
  print(`\nseed ${seed} at ${commit()}: ${violation?.checker} (${violation?.rules.join(', ')})`)
  print(`  ${violation?.text}`)
  print(`repeat with: npm run test:sim -- --seed ${seed} --runs 1 --steps ${steps} --trace`)
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  } catch {
    return 'an unknown commit'
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
