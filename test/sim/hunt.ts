import { tryCrashPoints } from './crash-points.ts'
import { referenceRollouts } from './reference-rollouts.ts'
import { foundSeeds } from './seeds.ts'
import { simulate } from './simulation.ts'

/* Run with a mutation in place: what catches it first, as one line of JSON. First the found seeds, then new ones, then crash points. */

const seedsMax = 500
const stepsEach = 40

async function hunt(): Promise<string | undefined> {
  const more = Array.from({ length: seedsMax }, (_, i) => ({ seed: i + 1, steps: stepsEach }))
  for (const { seed, steps } of [...foundSeeds, ...more]) {
    const { violation } = await simulate(seed, steps)
    if (violation !== undefined) return `${violation.checker}, seed ${seed}`
  }
  for (const reference of referenceRollouts) {
    const [failed] = (await tryCrashPoints(reference)).failures
    if (failed !== undefined) return `crash point ${failed.crashAfter} of "${reference.name}"`
  }
  return undefined
}

const caughtBy = await hunt()
process.stdout.write(`${JSON.stringify({ caughtBy })}\n`)
process.exit(0)
