import { parseArgs } from 'node:util'
import { Random } from '../random.ts'
import { fleetPlanCheckers } from './checkers.ts'
import { History } from './history.ts'

/** `node test/sim/fleet-plan/index.ts [--seed N] [--runs N] [--large]`: plans over clusters, with all that can go wrong, and one of a hundred large; prints what broke. */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '1000' },
    large: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
})
const first = Number(values.seed)
const began = performance.now()

/** Histories of one kind, and what is said of them. */
function told(seeds: readonly number[], isLarge: boolean): number {
  const from = performance.now()
  const ends = new Map<string, number>()
  const broken = new Map(fleetPlanCheckers().map(({ name }) => [name, 0]))
  let [passes, acts, failed, spread] = [0, 0, 0, 0]
  const delays: number[] = []
  for (const seed of seeds) {
    const history = new History(new Random(seed, 'fleet-plan'), isLarge).tell()
    passes += history.passes
    acts += history.acts
    spread = Math.max(spread, history.spread)
    delays.push(...history.abortDelays)
    ends.set(history.plan.status.phase, (ends.get(history.plan.status.phase) ?? 0) + 1)
    const { violation } = history
    if (values.verbose || (violation !== undefined && failed === 0)) console.log(history.lines.join('\n'))
    if (violation === undefined) continue
    failed++
    broken.set(violation.checker, (broken.get(violation.checker) ?? 0) + 1)
    console.log(`seed ${seed}: ${violation.checker}: ${violation.text}`)
  }
  const p95 = delays.toSorted((a, b) => a - b)[Math.floor(delays.length * 0.95)] ?? 0
  const seconds = ((performance.now() - from) / 1000).toFixed(1)
  const what = isLarge ? 'histories of 20 clusters, ready and with clocks up to 10 min apart' : 'histories'
  console.log(`${seeds.length} ${what}: ${passes} passes, ${acts} acts, ${seconds} s; ${failed} failed`)
  console.log(`  ended ${[...ends].map(([phase, count]) => `${phase} ${count}`).join(', ')}`)
  console.log(`  members that go together were ${spread} pause apart at most`)
  console.log(
    `  from the last failure to the aborts p95 ${p95} ms, of ${delays.length}${isLarge ? '; 5000 is borne' : ''}`,
  )
  for (const [name, count] of broken) console.log(`  ${count === 0 ? 'held' : `BROKEN ${count} times`}: ${name}`)
  return failed + (isLarge && p95 > 5_000 ? 1 : 0)
}

const runs = Number(values.runs)
const seeds = Array.from({ length: runs }, (_, index) => first + index)
const failures = values.large
  ? told(seeds, true)
  : told(seeds, false) + told(seeds.slice(0, Math.ceil(runs / 100)), true)
console.log(`${((performance.now() - began) / 1000).toFixed(1)} s`)
process.exitCode = failures === 0 ? 0 : 1
