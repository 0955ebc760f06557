import type { AnalysisRun, Metric } from '#api/analysis.ts'
import { labels } from '#api/keys.ts'
import { resolveTemplates } from '#engine/analysis/templates.ts'
import type { FleetPlan, PlanMember, PlanWave } from '#engine/fleet-plan/document.ts'
import { waveOf } from '#engine/fleet-plan/waves.ts'
import type { FleetWorld, MemberObservation } from '#engine/fleet-plan/world.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { failure, type Outcome } from '#lib/outcome.ts'
import { readTemplates, trialRun } from '#main/metrics/trial-run.ts'
import { type PlanCluster, reachOf } from './observe-members.ts'
import { ending, evidenceOf, goOn, lasting, verdictOf, type WatchedRun, watchRun } from './watched-run.ts'

interface Ports {
  readonly clusterOf: (context: string) => PlanCluster | undefined
  readonly clock: Clock
  readonly log: Log
  /** Something is known that was not. */
  readonly done: () => void
}

/** A store of metrics is not asked more often for one member, whatever its templates say. */
const leastMs = 10_000
/** After templates, secrets or arguments were wrong. */
const againMs = 60_000

/** A run that is wanted: of a member since it became stable, or of a wave since its gate. */
interface Wanted {
  readonly key: string
  readonly member: PlanMember
  readonly wave: PlanWave
  readonly from: EpochMs
  readonly each: (metric: Metric) => Metric
}

interface Entry {
  watched: WatchedRun | undefined
  nextAt: EpochMs
}

/**
 * What metrics say of the members of a plan (W3, SR-3), and of waves that wait for an analysis. Runs are kept here alone and are begun anew
 * by whoever takes over; stores that know the past then tell what was missed. Asks for members that are Soaking and for gates, else for
 * nothing, one question at a time.
 */
export class PlanAnalyses {
  readonly #ports: Ports
  readonly #entries = new Map<string, Entry>()
  #isAsking = false

  constructor(ports: Ports) {
    this.#ports = ports
  }

  /** With what is known by now. */
  add(plan: FleetPlan, members: FleetWorld['members']): Pick<FleetWorld, 'members' | 'gates'> {
    const seen = Object.entries(members).map(([id, observation]) => {
      const watched = this.#entries.get(soakKey(plan, id))?.watched
      const evidence = watched && evidenceOf(watched, observation.at - observation.readAt)
      return [id, evidence === undefined ? observation : { ...observation, evidence }] as const
    })
    const gates = plan.spec.waves.flatMap((wave, index) => {
      const isAsked = wave.gate === 'analysis' || wave.gate === 'fleetVerdict'
      if (!isAsked || plan.status.waves[index]?.state !== 'Gate') return []
      const verdict = wave.gate === 'analysis' ? this.#analysis(plan, index) : this.#fleetVerdict(plan, index, members)
      return verdict === 'waiting' ? [] : [[index, verdict] as const]
    })
    return { members: Object.fromEntries(seen), gates: Object.fromEntries(gates) }
  }

  /** Asks for what is due, and says when there is more to ask for. */
  ask(plan: FleetPlan, members: FleetWorld['members']): EpochMs | undefined {
    const wanted = wantedOf(plan, members)
    const keys = new Set(wanted.map(({ key }) => key))
    for (const key of this.#entries.keys()) if (!keys.has(key)) this.#entries.delete(key)
    const now = this.#ports.clock.now()
    for (const { key } of wanted)
      if (!this.#entries.has(key)) this.#entries.set(key, { watched: undefined, nextAt: now })
    const due = wanted.filter(({ key, member }) => (this.#entries.get(key)?.nextAt ?? 0) <= now && this.#isOpen(member))
    if (due.length > 0 && !this.#isAsking) {
      this.#isAsking = true
      void this.#askAll(due).finally(() => {
        this.#isAsking = false
        this.#ports.done()
      })
    }
    const next = Math.min(...[...this.#entries.values()].map(({ nextAt }) => nextAt).filter((at) => at > now))
    return next < Number.POSITIVE_INFINITY ? next : undefined
  }

  #isOpen({ context }: PlanMember): boolean {
    const found = this.#ports.clusterOf(context)
    return found !== undefined && reachOf(found.cluster.connection) === 'reachable'
  }

  async #askAll(due: readonly Wanted[]): Promise<void> {
    for (const wanted of due) {
      const entry = this.#entries.get(wanted.key)
      if (entry !== undefined) await this.#askOne(wanted, entry)
    }
  }

  async #askOne(wanted: Wanted, entry: Entry): Promise<void> {
    const { clock, clusterOf, log } = this.#ports
    const metricsAt = clusterOf(wanted.member.context)?.metricsAt
    const begun = entry.watched ?? (await this.#begin(wanted))
    const run = begun === undefined || 'run' in begun ? begun : undefined
    const problem = begun !== undefined && 'error' in begun ? begun.error : undefined
    const next: Outcome<WatchedRun, string> =
      run === undefined || metricsAt === undefined
        ? failure(problem ?? 'its cluster is not open')
        : await goOn(run, { metricsAt, clock })
    const now = clock.now()
    if (next.ok) {
      entry.watched = next.value
      entry.nextAt = Math.max(
        next.value.dueAt ?? Number.POSITIVE_INFINITY,
        now + (isBehind(next.value, now) ? 1 : leastMs),
      )
      return
    }
    entry.nextAt = now + againMs
    log('warn', 'a member of a plan cannot be measured', { member: wanted.member.id, cause: next.error })
  }

  async #begin({ member, wave, from, each }: Wanted): Promise<WatchedRun | { readonly error: string } | undefined> {
    const cluster = this.#ports.clusterOf(member.context)?.cluster
    const rollout = cluster?.cache('rollouts').get(`${member.namespace}/${member.rollout}`)
    if (cluster === undefined || rollout === undefined) return undefined
    const source = await readTemplates(cluster.client, member.namespace)
    if (!source.ok) return { error: source.error.message }
    const analysis = wave.analysis ?? {}
    const templates = resolveTemplates(analysis.templates ?? [], source.value)
    if (!templates.ok) return { error: templates.error.message }
    const latestHash = rollout.status?.currentPodHash ?? ''
    const hashes = { latestHash, stableHash: member.priorHash }
    const run = trialRun({ rollout, analysis, templates: templates.value }, hashes)
    return run.ok ? watchRun(run.value, each, from) : { error: run.error }
  }

  /** One that is bad shuts it; it opens when all are good. */
  #analysis(plan: FleetPlan, index: number): Verdict {
    return together(
      succeeded(plan, index).map(({ id }) => {
        const watched = this.#entries.get(gateKey(plan, index, id))?.watched
        return watched === undefined ? 'waiting' : verdictOf(watched)
      }),
    )
  }

  /** What the members' own AnalysisRuns of the new version say; those under way are waited for. */
  #fleetVerdict(plan: FleetPlan, index: number, members: FleetWorld['members']): Verdict {
    return together(succeeded(plan, index).map((member) => this.#ownVerdict(plan, member, members[member.id])))
  }

  #ownVerdict({ status }: FleetPlan, { id, context }: PlanMember, seen: MemberObservation | undefined): Verdict {
    const runs = this.#ports.clusterOf(context)?.cluster.cache('analysisRuns')
    const rollout = seen?.rollout
    if (runs?.synced !== true || rollout === undefined || seen?.reach !== 'reachable') return 'waiting'
    const hash = status.members[id]?.targetHash
    const own = runs.ownedBy(rollout.metadata.uid ?? '').filter((run) => isOfHash(run, hash))
    const phases = own.map((run) => run.status?.phase ?? '')
    if (phases.some((phase) => phase === 'Failed' || phase === 'Error') || rollout.status?.phase === 'Degraded')
      return 'shut'
    return rollout.status?.phase === 'Healthy' && phases.every((phase) => phase === 'Successful') ? 'open' : 'waiting'
  }
}

type Verdict = 'open' | 'shut' | 'waiting'

const together = (all: readonly Verdict[]): Verdict =>
  all.includes('shut') ? 'shut' : all.every((each) => each === 'open') ? 'open' : 'waiting'

const isOfHash = ({ metadata }: AnalysisRun, hash: string | undefined): boolean =>
  metadata.labels?.[labels.podTemplateHash] === hash

const isBehind = ({ dueAt }: WatchedRun, now: EpochMs): boolean => dueAt !== undefined && dueAt <= now

/** A member that soaks anew is measured anew. */
const soakKey = ({ status }: FleetPlan, id: string): string => `soak ${id} ${status.members[id]?.since}`
const gateKey = ({ status }: FleetPlan, index: number, id: string): string =>
  `gate ${index} ${id} ${status.waves[index]?.since}`

const succeeded = ({ spec, status }: FleetPlan, index: number): readonly PlanMember[] =>
  spec.members.filter((member) => waveOf(spec, member) === index && status.members[member.id]?.state === 'Succeeded')

function wantedOf(plan: FleetPlan, members: FleetWorld['members']): readonly Wanted[] {
  const { spec, status } = plan
  const soaking = spec.members.flatMap((member): readonly Wanted[] => {
    const wave = spec.waves[waveOf(spec, member) ?? 0]
    const own = status.members[member.id]
    const seen = members[member.id]
    if (own?.state !== 'Soaking' || wave === undefined || wave.minEvidence.length === 0 || seen === undefined) return []
    const from = own.since - (seen.at - seen.readAt)
    return [{ key: soakKey(plan, member.id), member, wave, from, each: lasting }]
  })
  const gates = spec.waves.flatMap((wave, index): readonly Wanted[] => {
    const { state, since } = status.waves[index] ?? {}
    if (state !== 'Gate' || since === undefined || wave.gate !== 'analysis') return []
    return succeeded(plan, index).map((member) => {
      const key = gateKey(plan, index, member.id)
      return { key, member, wave, from: since, each: ending }
    })
  })
  return [...soaking, ...gates]
}
