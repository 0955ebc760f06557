import { outlook } from '#engine/forecast/outlook.ts'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aPod } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'
import { type Report, single } from './report.ts'

const warmUpMs = 500
const measuredMs = 1500
/** Clock reads are dear beside a reconcile: one for so many. */
const chunk = 50
const podStartMs = 10_000

const steps = [setWeight(10), pause('10m'), setWeight(25), pause('10m'), setWeight(50), pause(), setWeight(75)]

/** Ten pods, seven steps, four revisions: settled, at a pause, and with a new image nobody has acted on. */
function realisticWorlds(): Readonly<Record<string, { readonly world: RolloutWorld; readonly now: number }>> {
  const journey = new RolloutJourney(aWorld({ rollout: aRollout({ image: 'web:1', replicas: 10, steps }) })).settle()
  for (const image of ['web:2', 'web:3', 'web:4']) journey.setImage(image).settle().promoteFull().pass(60)
  const settled = { world: withPods(journey.world), now: journey.now }
  journey.setImage('web:5')
  const updating = { world: withPods(journey.world), now: journey.now }
  journey.settle()
  return { settled, updating, paused: { world: withPods(journey.world), now: journey.now } }
}

const withPods = (world: RolloutWorld): RolloutWorld => ({
  ...world,
  pods: world.replicaSets.flatMap((rs) => Array.from({ length: rs.spec.replicas ?? 0 }, (_, index) => aPod(rs, index))),
})

/**
 * Decisions of the pure function, in this process. Once about objects it has never seen, and once about a Rollout whose status alone
 * is another than before, as most changes are that a watch brings.
 */
export function measurePureEngine(report: Report): void {
  const worlds = realisticWorlds()
  for (const [name, { world, now }] of Object.entries(worlds)) {
    const rate = (next: () => RolloutWorld) => {
      reconcilesPerSecond(next, now, warmUpMs)
      return reconcilesPerSecond(next, now, measuredMs)
    }
    report(
      single(
        `engine.reconcile-${name}`,
        '1/s',
        rate(() => structuredClone(world)),
      ),
    )
    report(
      single(
        `engine.reconcile-${name}-again`,
        '1/s',
        rate(() => withOtherStatus(world)),
      ),
    )
  }
  const { updating } = worlds
  if (updating !== undefined) report(single('engine.forecast', 'ms', forecastMs(updating.world, updating.now)))
}

/** CPU time of one forecast of the update, to its end. */
function forecastMs(world: RolloutWorld, now: number): number {
  const startedAt = cpuMs()
  let count = 0
  while (cpuMs() - startedAt < measuredMs) {
    if (outlook(world, now, podStartMs).kind !== 'foreseen') throw new Error('the engine foresees nothing')
    count++
  }
  return (cpuMs() - startedAt) / count
}

function withOtherStatus(world: RolloutWorld): RolloutWorld {
  const { rollout } = world
  return { ...world, rollout: { ...rollout, ...(rollout.status && { status: { ...rollout.status } }) } }
}

/** Per second of this thread's CPU time: what else runs on the machine does not count, nor does making the worlds. */
function reconcilesPerSecond(next: () => RolloutWorld, now: number, forMs: number): number {
  const { length: writes } = reconcileRollout(next(), now).writes
  let count = 0
  let elapsedMs = 0
  while (elapsedMs < forMs) {
    const worlds = Array.from({ length: chunk }, next)
    const startedAt = cpuMs()
    for (const world of worlds) {
      if (reconcileRollout(world, now).writes.length !== writes) throw new Error('the engine changed its mind')
    }
    elapsedMs += cpuMs() - startedAt
    count += chunk
  }
  return (count / elapsedMs) * 1000
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
