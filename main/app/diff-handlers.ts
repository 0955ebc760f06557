import { isUnderWay, plannedKeys } from '#contract/attention.ts'
import type { ApplicationDrift, DriftView } from '#contract/drift-views.ts'
import { parseRolloutKey } from '#contract/keys.ts'
import type { Handlers } from '#contract/requests.ts'
import type { RolloutKey } from '#contract/views.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { remembered, rememberedAnswers } from '#lib/remembered.ts'
import { compareSides } from '#main/diff/compare.ts'
import { applicationDrift, type DriftSource, driftMatrix } from '#main/diff/drift-matrix.ts'
import { type Sections, sectionReader } from '#main/diff/sections.ts'
import { isExpectedToDiffer } from '#main/fleet/drift.ts'
import type { FleetSource } from '#main/fleet/fleet-source.ts'
import type { RolloutParts } from '#main/fleet/rollout-parts.ts'
import type { Plans } from '#main/fleet-plan/plans.ts'
import type { ObjectRecorder } from '#main/history/objects/object-recorder.ts'
import { type SecretPrints, secretPrints } from '#main/history/secret-prints.ts'
import { compareConfig } from './diff-config.ts'
import { type DiffSources, liveManifest, readSide } from './diff-sides.ts'
import type { HistorySource } from './history-source.ts'
import type { Sessions } from './sessions.ts'

interface DiffParts {
  readonly sessions: Pick<Sessions, 'get'>
  readonly fleet: Pick<FleetSource, 'parts' | 'snapshot'>
  readonly source: Pick<HistorySource, 'shown' | 'bundle'>
  readonly objects: Pick<ObjectRecorder, 'upToNow'>
  readonly plans: Pick<Plans, 'list' | 'view'>
}

type DiffHandlers = Pick<Handlers, 'diff.compare' | 'diff.config' | 'diff.drift' | 'diff.fleet'>

/** Any two states of a Rollout compared, and one application in all its clusters (W8). */
export function diffHandlers(parts: DiffParts): DiffHandlers {
  const { sessions, fleet, source, objects } = parts
  // Of a bundle both sides come from it: what the cluster has by now is something else.
  const sources = (): DiffSources => ({
    history: source.shown,
    fleet: source.bundle === null ? fleet : { parts: () => undefined },
    upToNow: () => objects.upToNow(),
  })
  const clientOf = (context: string) => sessions.get(context)?.client
  return {
    'diff.compare': async ({ left, right }) => {
      const [from, to] = [readSide(sources(), left, right), readSide(sources(), right, left)]
      if (!from.ok) return from
      return to.ok ? success(compareSides(from.value, to.value, secretPrints(source.shown))) : to
    },
    'diff.config': ({ left, right }) => compareConfig({ ...sources(), clientOf }, left, right),
    'diff.drift': async ({ key }) => driftOf(parts, key),
    'diff.fleet': async () => ({ applications: await fleetDrift(parts) }),
  }
}

function driftOf(parts: DiffParts, key: RolloutKey): Outcome<DriftView, Failure> {
  const wanted = parseRolloutKey(key)
  const members = Object.values(parts.fleet.snapshot().rollouts).filter(
    ({ namespace, name, kind }) => kind === undefined && namespace === wanted?.namespace && name === wanted.name,
  )
  const sources = sourcesOf(
    parts,
    members.map((each) => each.key),
  )
  if (sources.length > 0) return success(driftMatrix(sources, isExpectedToDiffer))
  const name = wanted?.name ?? key
  return failure({
    kind: 'NotFound',
    resource: 'rollouts',
    name,
    message: `${name} is not in any cluster that can be read.`,
  })
}

/** So many applications at once; then others have their turn. */
const atOnce = 10

async function fleetDrift(parts: DiffParts): Promise<readonly ApplicationDrift[]> {
  const applications = new Map<string, RolloutKey[]>()
  for (const { key, namespace, name, kind } of Object.values(parts.fleet.snapshot().rollouts)) {
    if (kind !== undefined) continue
    const id = `${namespace}/${name}`
    applications.set(id, [...(applications.get(id) ?? []), key])
  }
  const found: ApplicationDrift[] = []
  for (const [index, keys] of [...applications.values()].filter(({ length }) => length > 1).entries()) {
    const drift = applicationDrift(sourcesOf(parts, keys), isExpectedToDiffer)
    if (drift !== undefined) found.push(drift)
    if (index % atOnce === atOnce - 1) await new Promise((resolve) => setImmediate(resolve))
  }
  return found.toSorted((a, b) => b.drift - a.drift || b.planned - a.planned || (a.name < b.name ? -1 : 1))
}

function sourcesOf(
  { fleet, source, plans }: DiffParts,
  keys: readonly RolloutKey[],
  views = fleet.snapshot().rollouts,
): readonly DriftSource[] {
  const planned = plannedKeys(
    plans
      .list()
      .filter(isUnderWay)
      .flatMap(({ id }) => plans.view(id) ?? []),
  )
  const read = readerOf(secretPrints(source.shown))
  return keys.flatMap((key) => {
    const [parts, view] = [fleet.parts(key), views[key]]
    if (parts === undefined || view === undefined) return []
    const { context, namespace, name, revision, version } = view
    const { rollout, workload } = parts
    const sections = known(workload === undefined ? [rollout] : [rollout, workload], () => read(specOf(parts)))
    return { key, context, namespace, name, revision, version, planned: planned.has(key), sections }
  })
}

const known = rememberedAnswers<Sections>()
const readerOf = remembered((prints: SecretPrints) => sectionReader(prints))

/** Labels and notes on a Rollout say where it is, so its spec alone is compared. */
function specOf(parts: RolloutParts) {
  const manifest = liveManifest(parts)
  return manifest.kind === 'rollout' ? manifest.spec : {}
}
