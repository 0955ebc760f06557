import { afterAll, describe, expect, it } from 'vitest'
import type { EpochMs } from '#lib/clock.ts'
import { aWorld, isRealWorld } from '#test/support/world.ts'
import { detailsOf } from './details.ts'
import { aStage, type Stage } from './stage.ts'
import { isNamed, isOf, type Names, type Stall } from './stall.ts'

/** From the moment at which the API shows it. */
const shownWithinMs = 2_000
/** The share of stalls whose cause must be named right. */
const rightMin = 36 / 40

async function namesOf(stage: Stage): Promise<Names> {
  return { ...(await stage.revisions()), rollout: stage.name }
}

/** The last moment at which it was not yet so, or the first of asking. */
async function untilFact(stall: Stall, stage: Stage): Promise<EpochMs> {
  let at = stage.world.now()
  await stage.world.eventually(`${stall.title} in the API`, async () => {
    const asked = stage.world.now()
    await stall.meanwhile?.(stage, false)
    const isSo = await stall.fact(stage)
    if (!isSo) at = asked
    return isSo
  })
  return at
}

/** When the board began to name it, without a break since. */
function namedSince(stall: Stall, { shown }: Stage, names: Names): EpochMs | undefined {
  const before = shown.findLastIndex(({ why }) => !isNamed(stall, why, names))
  return shown[before + 1]?.at
}

/** Lets the time go by in which it has to be shown. */
async function wait(stall: Stall, stage: Stage): Promise<void> {
  const step = 250
  for (const end = stage.world.now() + shownWithinMs; stage.world.now() < end; ) {
    await stall.meanwhile?.(stage, false)
    await stage.world.pass(Math.min(step, Math.max(1, end - stage.world.now())))
  }
}

/** A test for each of them that this world can have, and one that counts. `first` is the number of the first. */
export function tellStalls(stalls: readonly Stall[], first: number): void {
  const numbered = stalls.map((stall, index) => ({ number: first + index, stall }))
  const possible = numbered.filter(({ stall }) => !(isRealWorld && stall.sandboxOnly === true))
  const told: string[] = []
  /** Milliseconds after which the right cause was shown. */
  const right: number[] = []

  describe('why it is not moving', () => {
    it.each(possible)('VIEW-224: stall $number, $stall.title', async ({ number, stall }) => {
      told.push(stall.title)
      const stage = aStage(await aWorld(), detailsOf(number))
      await stall.begin(stage)
      const since = await untilFact(stall, stage)
      await wait(stall, stage)
      const names = await namesOf(stage)
      const why = stage.shown.at(-1)?.why ?? []
      const shownInstead = isNamed(stall, why, names) ? [] : [{ not: stall.cause, of: stall.object(names) }, ...why]
      expect(shownInstead).toEqual([])
      right.push(Math.max(0, (namedSince(stall, stage, names) ?? since) - since))
      await stall.mend(stage)
      await stage.world.eventually('mended', async () => {
        await stall.meanwhile?.(stage, true)
        return !(stage.shown.at(-1)?.why ?? []).some((each) => isOf(stall, each, names))
      })
    })

    afterAll(() => {
      const slowest = Math.max(...right)
      console.info(`stalls named right: ${right.length} of ${told.length}, the slowest after ${slowest} ms`)
      expect(slowest).toBeLessThanOrEqual(shownWithinMs)
      expect(right.length / told.length).toBeGreaterThanOrEqual(rightMin)
    })
  })
}
