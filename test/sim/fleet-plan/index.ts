import { parseArgs } from 'node:util'
import { Random } from '../random.ts'
import { History } from './history.ts'

/** `node test/sim/fleet-plan/index.ts [--seed N] [--runs N] [--large]`: plans over clusters, with all that can go wrong; prints what broke. */
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
const ends = new Map<string, number>()
let [passes, acts, failed] = [0, 0, 0]
const delays: number[] = []
for (let seed = first; seed < first + Number(values.runs); seed++) {
  const told = new History(new Random(seed, 'fleet-plan'), values.large).tell()
  passes += told.passes
  acts += told.acts
  delays.push(...told.abortDelays)
  ends.set(told.plan.status.phase, (ends.get(told.plan.status.phase) ?? 0) + 1)
  if (values.verbose || (told.violation !== undefined && failed === 0)) console.log(told.lines.join('\n'))
  if (told.violation === undefined) continue
  failed++
  console.log(`seed ${seed}: ${told.violation.checker}: ${told.violation.text}`)
}
const seconds = ((performance.now() - began) / 1000).toFixed(1)
const sorted = delays.toSorted((a, b) => a - b)
const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? 0
console.log(`${values.runs} histories from ${first}: ${passes} passes, ${acts} acts, ${seconds} s; ${failed} failed`)
console.log(
  `ended ${[...ends].map(([phase, count]) => `${phase} ${count}`).join(', ')}; from a failure to the aborts p95 ${p95} ms`,
)
process.exitCode = failed === 0 ? 0 : 1
