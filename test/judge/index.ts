import { parseArgs } from 'node:util'
import { situations } from './situations.ts'
import { isWithin, type Row, rowOf } from './table.ts'

/*
 * `npm run judge:table -- --runs 2000`: how often the judge is wrong and right, next to Kayenta's rules and to a plain condition. Ends
 * with 1 when a bound is not kept.
 */

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '2000' }, only: { type: 'string', default: '' } },
})

const runs = Number(values.runs)
print(`${runs} runs per row; shares that fail. A plain condition fails beyond 10 % of the mean of the baseline.\n`)
print('| situation | should | Argosy | undecided | Kayenta | plain | bound |')
print('|---|---|---|---|---|---|---|')
const rows = situations
  .filter(({ name }) => name.includes(values.only))
  .map((situation) => {
    const row = rowOf(situation, runs)
    print(line(row))
    return row
  })
const broken = rows.filter((row) => !isWithin(row))
print(
  broken.length === 0
    ? '\nevery bound is kept'
    : `\nnot kept: ${broken.map(({ situation }) => situation.name).join('; ')}`,
)
process.exitCode = broken.length === 0 ? 0 : 1

function line({ situation, argosy, undecided, kayenta, plain }: Row): string {
  const { most, least } = situation.bound ?? {}
  const bound = most !== undefined ? `≤ ${percent(most)}` : least !== undefined ? `≥ ${percent(least)}` : ''
  const shares = [argosy, undecided, kayenta, plain].map(percent)
  return `| ${[situation.name, situation.isWorse ? 'fail' : 'pass', ...shares, bound].join(' | ')} |`
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
