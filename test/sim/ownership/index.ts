import { parseArgs } from 'node:util'
import { type FightResult, fight, type TakeOver } from './fight.ts'

/** `node test/sim/ownership/index.ts [--seed N] [--runs N]`: fights for one lease; prints how it went over, and what broke. */
const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, runs: { type: 'string', default: '200' } },
})
const first = Number(values.seed)
const began = performance.now()
const results: FightResult[] = []
let failed = 0
for (let seed = first; seed < first + Number(values.runs); seed++) {
  const result = await fight(seed)
  results.push(result)
  if (result.violation === undefined) continue
  if (++failed === 1) console.log(result.lines.slice(-150).join('\n'))
  console.log(`seed ${seed}: ${result.violation}`)
}

const all = results.flatMap(({ takeOvers }) => takeOvers)
const row = (what: string, taken: readonly TakeOver[]): string => {
  const ms = taken.map((each) => each.ms).toSorted((a, b) => a - b)
  const at = (share: number) => ms[Math.min(ms.length - 1, Math.floor(ms.length * share))] ?? 0
  return `${what.padEnd(44)} ${String(ms.length).padStart(6)} ${String(at(0.5)).padStart(7)} ${String(at(1)).padStart(7)}`
}
console.log(`${''.padEnd(44)}  count  p50 ms  max ms`)
for (const how of ['quit', 'crash'] as const) {
  const those = all.filter((each) => each.how === how)
  console.log(
    row(
      `${how}, an engine waits undisturbed`,
      those.filter(({ isCalm }) => isCalm),
    ),
  )
  console.log(
    row(
      `${how}, disturbed or none of ours waits`,
      those.filter(({ isCalm }) => !isCalm),
    ),
  )
}
console.log(`lost by one that lives: ${all.filter(({ how }) => how === 'lost').length}`)
const written = (who: 'engine' | 'reference') => results.reduce((sum, { writes }) => sum + writes[who], 0)
const seconds = ((performance.now() - began) / 1000).toFixed(1)
console.log(
  `${values.runs} fights of 10 minutes: ${written('engine')} writes of engines, ${written('reference')} of the reference`,
)
console.log(`${failed} failed, ${seconds} s`)
process.exitCode = failed === 0 ? 0 : 1
