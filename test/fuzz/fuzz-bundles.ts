import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeBundle, planBundle } from '#main/bundle/make-bundle.ts'
import { recordRelease } from '#test/support/recorded-release.ts'
import { T0 } from '#test/support/virtual-clock.ts'
import { bundleCase, tryBundle } from './bundles.ts'

interface Extent {
  readonly first: number
  readonly minutes: number
  readonly cases: number
}

/** Files that pretend to be bundles, for so long, in a folder that has to stay empty. The value is the exit code. */
export async function fuzzBundles({ first, minutes, cases }: Extent, print: (line: string) => void): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-fuzz-'))
  const good = await goodBundle(join(folder, 'history.db'))
  const before = readdirSync(folder)
  process.chdir(folder)
  const startedAt = performance.now()
  const outcomes = new Map<string, number>()
  const violations: string[] = []
  let [seed, slowest] = [first, 0]
  for (; seed - first < cases && performance.now() - startedAt < minutes * 60_000; seed++) {
    const { outcome, violation, ms } = await tryBundle(bundleCase(seed, good))
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    slowest = Math.max(slowest, ms)
    if (violation !== undefined) violations.push(`seed ${seed}: ${outcome}: ${violation}`)
  }
  const written = readdirSync(folder).filter((name) => !before.includes(name))
  process.chdir(tmpdir())
  rmSync(folder, { recursive: true })
  const [total, seconds] = [seed - first, (performance.now() - startedAt) / 1000]
  print(`${total} files from seed ${first} in ${seconds.toFixed(0)} s; the slowest took ${slowest.toFixed(0)} ms`)
  for (const [outcome, times] of [...outcomes].toSorted(([, a], [, b]) => b - a))
    print(`${String(times).padStart(7)}  ${outcome}`)
  for (const each of violations.slice(0, 50)) print(each)
  print(`${violations.length} violations, ${written.length} files written`)
  return violations.length + written.length === 0 ? 0 : 1
}

async function goodBundle(path: string): Promise<Uint8Array> {
  const { history, clock } = await recordRelease(path)
  const plan = planBundle(history, { kind: 'time', from: T0 - 1000, until: T0 + 86_400_000 }, clock)
  const made = plan.ok ? await makeBundle(history, plan.value) : plan
  history.close()
  if (!made.ok) throw new Error(made.error.message)
  return made.value.bytes
}
