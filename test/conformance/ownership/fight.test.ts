import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { anOwnNamespace } from '#test/support/own-namespace.ts'
import { isTestbed } from '#test/support/testbed.ts'
import { findProgram } from '#test/testbed/binaries.ts'
import { electorProgram } from './elector-program.ts'
import { fight, type TakeOver } from './fight.ts'

/** `ARGOSY_FIGHT_SECONDS=600 npm run test:cluster -- test/conformance/ownership` is the whole fight. */
const seconds = Number(process.env['ARGOSY_FIGHT_SECONDS'] || 35)
const patienceMs = (seconds + 120) * 1000
/** A program of Go is built once, for minutes. */
const buildMs = 900_000

describe.skipIf(!isTestbed)('two engines and a controller with client-go that want one cluster', () => {
  let elector = ''
  beforeAll(async () => {
    const found = await findProgram(electorProgram, 'ARGOSY_ELECTOR', (line) => console.error(line))
    if (!found.ok) throw new Error(found.error)
    elector = found.value
  }, buildMs)

  it(
    'OPS-32, OPS-33, OPS-37, OPS-41: at no time two write, and a quit and a crash are followed in time',
    async () => {
      const place = await anOwnNamespace(process.env['ARGOSY_TEST_KUBECONFIG'] ?? '')
      onTestFinished(() => place.end())
      const { takeOvers, overlaps, writes } = await fight(place, elector, seconds)
      console.log(tableOf(takeOvers, writes, overlaps.length))
      expect(overlaps).toEqual([])
      const awaited = takeOvers.filter(({ isWaitedFor }) => isWaitedFor)
      expect(awaited.filter((each) => !isInTime(each))).toEqual([])
      for (const how of ['quit', 'crash']) expect(awaited.map((each) => each.how)).toContain(how)
      expect(writes['client-go']).toBeGreaterThan(0)
    },
    patienceMs,
  )
})

const isInTime = ({ how, ms }: TakeOver): boolean => ms <= (how === 'quit' ? 2_000 : 17_000)

function tableOf(takeOvers: readonly TakeOver[], writes: Readonly<Record<string, number>>, overlaps: number): string {
  const row = (what: string, taken: readonly TakeOver[]) => {
    const ms = taken.map((each) => Math.round(each.ms)).toSorted((a, b) => a - b)
    const median = ms[Math.floor((ms.length - 1) / 2)] ?? '–'
    return [what.padEnd(34), ms.length, median, ms.at(-1) ?? '–'].map((each) => String(each).padStart(7)).join('')
  }
  const of = (how: string, isWaitedFor: boolean) =>
    takeOvers.filter((each) => each.how === how && each.isWaitedFor === isWaitedFor)
  return [
    `${'take-overs'.padEnd(34)}  count p50 ms max ms`,
    row('after a clean quit', of('quit', true)),
    row('after a crash', of('crash', true)),
    row('from one that is frozen', of('frozen', true)),
    row('after a clean quit, by client-go', of('quit', false)),
    `writes: ${Object.entries(writes)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}; overlaps ${overlaps}`,
  ].join('\n')
}
