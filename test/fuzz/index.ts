import { parseArgs } from 'node:util'
import { type Case, caseOf, type Tried, tryCase } from './fuzz.ts'
import { fuzzBundles } from './fuzz-bundles.ts'

/*
 * `npm run fuzz -- --minutes 10 --seed 1`: conditions of analyses that nobody would write, for so long, each with the seed it can be
 * repeated with (`--seed N --cases 1`). Ends with 1 when something happened that must not. `--of bundles`: files that pretend to be bundles.
 */

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '1' },
    cases: { type: 'string', default: 'Infinity' },
    of: { type: 'string', default: 'conditions' },
  },
})

const [first, minutes, cases] = [Number(values.seed), Number(values.minutes), Number(values.cases)]
const startedAt = performance.now()
const outcomes = new Map<string, number>()
const violations: string[] = []
let slowest: { readonly tried: Tried; readonly case: Case } | undefined
let seed = first
if (values.of === 'bundles') process.exit(await fuzzBundles({ first, minutes, cases }, print))
for (; seed - first < cases && performance.now() - startedAt < minutes * 60_000; seed++) {
  const one = caseOf(seed)
  const tried = tryCase(one)
  count(tried.outcome)
  if (tried.ms > (slowest?.tried.ms ?? 0)) slowest = { tried, case: one }
  if (tried.violation !== undefined) violations.push(`seed ${seed}: ${tried.violation}: ${shown(one.expression)}`)
}
report()
process.exitCode = violations.length === 0 ? 0 : 1

/** Errors by their words, whatever names and numbers are in them. */
function count(outcome: boolean | string): void {
  const kind = String(outcome)
    .replaceAll(/(["`]).*\1/gs, '…')
    .replaceAll(/\d+/g, 'N')
    .slice(0, 50)
  outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1)
}

function report(): void {
  const [total, seconds] = [seed - first, (performance.now() - startedAt) / 1000]
  print(`${total} conditions from seed ${first} in ${seconds.toFixed(0)} s: ${(total / seconds).toFixed(0)} a second`)
  const kinds = [...outcomes].toSorted(([, a], [, b]) => b - a)
  for (const [kind, times] of kinds.slice(0, 40)) print(`${((times / total) * 100).toFixed(2).padStart(6)} %  ${kind}`)
  print(`        and ${Math.max(0, kinds.length - 40)} kinds more`)
  if (slowest !== undefined)
    print(`slowest: seed ${slowest.case.seed}, ${slowest.tried.ms.toFixed(0)} ms: ${shown(slowest.case.expression)}`)
  for (const each of violations.slice(0, 50)) print(each)
  print(`${violations.length} violations`)
}

function shown(expression: string): string {
  return JSON.stringify(expression.length > 200 ? `${expression.slice(0, 200)}…` : expression)
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
