import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { FilmView } from '#contract/time-travel-views.ts'
import type { RolloutDetailView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { applyJsonPatch } from '#lib/json-patch.ts'
import { chooseRows } from '#main/bundle/choose-rows.ts'
import type { BundleHeader } from '#main/bundle/format.ts'
import { openBundle } from '#main/bundle/open-bundle.ts'
import { writeBundle } from '#main/bundle/write-bundle.ts'
import { projectDetail } from '#main/fleet/project-detail.ts'
import { projectRollout } from '#main/fleet/project-rollout.ts'
import { ReachedSteps } from '#main/fleet/reached-steps.ts'
import { recordGaps } from '#main/history/objects/object-reader.ts'
import type { History } from '#main/history/store.ts'
import { filmOf, isPast } from '#main/time-travel/film.ts'
import { T0 } from '#test/support/virtual-clock.ts'
import { drawFault } from '../faults.ts'
import { drawAct } from '../operator.ts'
import { Random } from '../random.ts'
import { routedScenario } from '../routed-scenario.ts'
import { drawScenario, drawVariant } from '../scenario.ts'
import { Simulation } from '../simulation.ts'
import { context, key, type Sight, Witness } from './witness.ts'

export interface Replayed {
  readonly problem: string | undefined
  /** Moments at which the record was compared with what was to be seen. */
  readonly compared: number
  /** Moments of which it rightly said that it knows nothing. */
  readonly unknown: number
  readonly restarts: number
}

/** Moments at which something happens. */
const steps = 60

/** One story of a Rollout with faults, recorded by somebody who comes and goes, and replayed at every moment that was looked at. */
export async function replayed(seed: number): Promise<Replayed> {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-replayed-'))
  try {
    return await tell(seed, join(folder, 'history.db'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function tell(seed: number, path: string): Promise<Replayed> {
  const random = new Random(seed, 'replayed')
  const scenario =
    seed % 3 === 0
      ? routedScenario(random.fork('routed'), seed / 3)
      : drawVariant(drawScenario(random.fork('scenario')), random.fork('feature'))
  const simulation = new Simulation(scenario, random)
  const { cluster } = simulation
  simulation.start()
  const witness = new Witness(cluster, random.fork('witness'), path)
  const fate = random.fork('fate')
  const sights: Sight[] = []
  const absences: EpochMs[] = []
  let restarts = 0
  await simulation.advance(15_000)
  for (let step = 0; step < steps; step++) {
    const what = random.weighted({ nothing: 3, act: 3, fault: 2 })
    if (what === 'fault') simulation.inflict(drawFault(random))
    if (what === 'act') simulation.operator.perform(drawAct(random, cluster.rollout, scenario.changesStrategy))
    restarts += await befall(witness, fate, cluster)
    await simulation.advance(random.pick([10, 100, 500, 2_000, 6_000, 15_000, 70_000]))
    if (!witness.isThere) absences.push(cluster.time.now())
    else if (!witness.isAsleep) sights.push(witness.look())
    // What is seen and recorded at the very moment of a look may be the one before or the one after.
    await simulation.advance(1)
  }
  if (!witness.isThere) witness.start()
  await simulation.advance(20_000)
  const end = cluster.time.now()
  const compared = compare(witness, sights, absences, end)
  const reviewed = await throughBundle(witness, end, (history) => compare({ history }, sights, absences, end))
  await witness.quit()
  await simulation.end()
  const differs = isDeepStrictEqual(reviewed, compared) ? undefined : `a bundle of it: ${JSON.stringify(reviewed)}`
  return { ...compared, problem: compared.problem ?? differs, restarts }
}

/** What happens to who records. */
async function befall(witness: Witness, fate: Random, { network }: Simulation['cluster']): Promise<number> {
  if (!witness.isThere) {
    if (fate.chance(0.4)) witness.start()
    return witness.isThere ? 1 : 0
  }
  const what = fate.weighted({ nothing: 20, quit: 1, kill: 1, cut: 1, sleep: 1 })
  if (what === 'quit') await witness.quit()
  if (what === 'kill') await witness.kill()
  if (what === 'cut') network.cut('witness', fate.int(1_000, 60_000))
  if (what === 'sleep') witness.sleep(fate.int(1_000, 120_000))
  return 0
}

/** The same from a file, on a machine that knows nothing else. */
async function throughBundle<T>({ history }: Witness, end: EpochMs, review: (history: History) => T): Promise<T> {
  const choice = { rollouts: [key], contexts: [context], from: T0, until: end }
  const written = await writeBundle(aHeader(end), chooseRows(history, choice))
  const opened = written.ok ? await openBundle(written.value.bytes) : written
  if (!opened.ok) throw new Error(opened.error.message)
  const reviewed = review(opened.value.history)
  opened.value.history.close()
  return reviewed
}

const aHeader = (until: EpochMs): BundleHeader => ({
  ...{
    format: 'argosy-bundle',
    version: 1,
    app: '0',
    schema: 7,
    capturedAt: until,
    by: { account: 'sim', host: 'sim' },
  },
  ...{ about: { kind: 'rollout', key }, contexts: [context], from: T0, until },
})

function compare(
  { history }: Pick<Witness, 'history'>,
  sights: readonly Sight[],
  absences: readonly EpochMs[],
  end: EpochMs,
): Omit<Replayed, 'restarts'> {
  const gaps = recordGaps(history, context, T0, end)
  const isKnown = (at: EpochMs) => !gaps.some(({ from, until }) => from <= at && at < until)
  const known = sights.filter(({ at }) => isKnown(at))
  const counts = { compared: known.length, unknown: sights.length - known.length }
  const claimed = absences.find(isKnown)
  if (claimed !== undefined)
    return { ...counts, problem: `the record claims to know ${claimed - T0} ms, when nobody looked` }
  const film = filmOf(history, key, T0, end)
  // As it arrives in a window: JSON has no `undefined`.
  const reel = film === undefined ? [] : pagesOf(JSON.parse(JSON.stringify(film)) as FilmView)
  const problems = known.flatMap((sight) => {
    const frame = reel.findLast(({ at }) => at <= sight.at)
    const [shown, wanted] = [frame?.page ?? null, seen(sight, frame)]
    return isDeepStrictEqual(shown, wanted) ? [] : [`at ${sight.at - T0} ms: ${firstDifference(shown, wanted)}`]
  })
  return { ...counts, problem: problems[0] }
}

interface Frame {
  readonly at: EpochMs
  readonly page: RolloutDetailView | null
  /** How far the update had come at most, by the frames until then: an abort leaves nothing that says so. */
  readonly reachedStep: number | undefined
}

function pagesOf({ from, first, changes }: FilmView): readonly Frame[] {
  const reached = new ReachedSteps()
  const frame = (at: EpochMs, page: RolloutDetailView | null): Frame => {
    if (page !== null) reached.note(page.view)
    return { at, page, reachedStep: page === null ? undefined : reached.of(page.view) }
  }
  const frames = [frame(from, first)]
  for (const { at, patch } of changes) {
    const applied = applyJsonPatch(frames.at(-1)?.page ?? null, patch)
    if (!applied.ok) throw new Error(applied.error.message)
    frames.push(frame(at, applied.value as RolloutDetailView | null))
  }
  return frames
}

/** The page that was to be seen; `now` as the record has it, for some of it depends on how long ago something was. */
function seen({ parts }: Sight, frame: Frame | undefined): unknown {
  if (parts === undefined) return null
  const { at: now, reachedStep } = frame ?? { at: T0, reachedStep: undefined }
  const { view } = projectRollout(parts, now, { closed: isPast })
  const page = projectDetail(parts, view, {
    now,
    eventsState: 'read',
    analysisState: 'read',
    experimentState: 'read',
    reachedStep,
    forecast: { state: 'notKnown', why: 'past' },
  })
  return JSON.parse(JSON.stringify(page))
}

function firstDifference(got: unknown, wanted: unknown, path = ''): string {
  const isNode = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
  if (isNode(got) && isNode(wanted))
    for (const field of new Set([...Object.keys(got), ...Object.keys(wanted)]))
      if (!isDeepStrictEqual(got[field], wanted[field]))
        return firstDifference(got[field], wanted[field], `${path}/${field}`)
  return `${path} is ${JSON.stringify(got)?.slice(0, 300)}, was ${JSON.stringify(wanted)?.slice(0, 300)}`
}
