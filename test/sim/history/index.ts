import { parseArgs } from 'node:util'
import { replayed } from './replayed.ts'

/**
 * `node test/sim/history/index.ts [--seed N] [--runs N]`: stories of a Rollout with faults, recorded by somebody who is closed, killed, cut off and
 * put to sleep; at every moment that was looked at the record must tell what was to be seen, or that it does not know (W9).
 */
const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, runs: { type: 'string', default: '100' } },
})
const first = Number(values.seed)
const began = performance.now()
const total = { compared: 0, unknown: 0, restarts: 0, failed: 0 }
for (let seed = first; seed < first + Number(values.runs); seed++) {
  const { problem, compared, unknown, restarts } = await replayed(seed)
  total.compared += compared
  total.unknown += unknown
  total.restarts += restarts
  if (problem === undefined) continue
  total.failed++
  console.log(`seed ${seed}: ${problem}`)
}
const { compared, unknown, restarts, failed } = total
console.log(
  `${values.runs} stories: ${compared} moments equal what was seen, ${unknown} told as gaps, ${restarts} restarts`,
)
console.log(`${failed} failed, ${((performance.now() - began) / 1000).toFixed(1)} s`)
process.exitCode = failed === 0 ? 0 : 1
