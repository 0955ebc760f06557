import { podHashOf, sizeOf } from '#engine/rollout/replica-set/facts.ts'
import { hashSelected } from './checker.ts'
import { Random } from './random.ts'
import { actOf, type Chapter, describeChapter, type ReferenceRollout } from './reference-rollouts.ts'
import { type Run, Simulation } from './simulation.ts'

/** A reference rollout told to its end. */
export interface Story extends Run {
  /** What is left when all is at rest: sizes and selectors by template, status fields that are not times or hashes. */
  readonly ending: string
}

/** Until the next chapter: longer than a lease lasts, and than any pause or delay of the reference rollouts. */
const chapterMs = 60_000

/**
 * Tells a reference rollout with two controllers. The first to hold the lease dies right after its `crashAfter`-th write took
 * effect, before it hears of it; the other one takes over. All checkers watch.
 */
export async function tellStory(reference: ReferenceRollout, crashAfter: number): Promise<Story> {
  const simulation = new Simulation(reference.scenario, new Random(1, reference.name))
  const first = simulation.start()
  first.writesToLive = crashAfter
  const { meanwhile } = reference
  if (meanwhile !== undefined) first.onDeath(() => open(simulation, meanwhile))
  await simulation.advance(1_000)
  simulation.start()
  await simulation.advance(chapterMs)
  for (const chapter of reference.chapters) {
    open(simulation, chapter)
    await simulation.advance(chapterMs)
  }
  if (simulation.violation === undefined) await simulation.converge()
  return { ...(await simulation.end()), ending: endingOf(simulation) }
}

function open({ cluster, operator }: Simulation, chapter: Chapter): void {
  cluster.trace.add('operator', describeChapter(chapter))
  operator.perform(actOf(chapter))
}

/** The same for every crash point: where it ends does not depend on who brought it there. */
function endingOf({ cluster }: Simulation): string {
  const { rollout, replicaSets, services, deployment } = cluster
  const { phase, currentStepIndex, currentPodHash, stableRS, abort } = rollout.status ?? {}
  const sizes = replicaSets.map((rs) => `${podHashOf(rs)}=${sizeOf(rs)}`).toSorted()
  const selectors = services.map((each) => `${each.metadata.name}→${hashSelected(each)}`)
  return JSON.stringify({
    phase,
    currentStepIndex,
    currentPodHash,
    stableRS,
    abort,
    sizes,
    selectors,
    lent: deployment?.spec.replicas,
  })
}

export interface CrashPoints {
  readonly points: number
  readonly failures: readonly {
    readonly crashAfter: number
    readonly text: string
    readonly lines: readonly string[]
  }[]
}

/**
 * Crash points of a reference rollout: after each write, from the first to the last.
 * @param every only after every so many writes
 */
export async function tryCrashPoints(reference: ReferenceRollout, every = 1): Promise<CrashPoints> {
  const whole = await tellStory(reference, Number.POSITIVE_INFINITY)
  const expected = reference.meanwhile === undefined ? whole.ending : undefined
  const failures = [...judge(whole, expected, Number.POSITIVE_INFINITY)]
  for (let crashAfter = 1; crashAfter <= whole.writes; crashAfter += every)
    failures.push(...judge(await tellStory(reference, crashAfter), expected, crashAfter))
  return { points: whole.writes, failures }
}

function judge(
  { violation, ending, lines }: Story,
  expected: string | undefined,
  crashAfter: number,
): CrashPoints['failures'] {
  if (violation !== undefined) return [{ crashAfter, text: `${violation.checker}: ${violation.text}`, lines }]
  return expected === undefined || ending === expected
    ? []
    : [{ crashAfter, text: `ended as ${ending} instead of ${expected}`, lines }]
}
