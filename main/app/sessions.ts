import { homedir } from 'node:os'
import type { ClusterView, Notice } from '#contract/views.ts'
import type { Rails } from '#engine/actions/guard-rails.ts'
import { assertNever } from '#lib/assert.ts'
import type { Clock, Dispose } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import type { Log } from '#lib/log.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import {
  type ContextAccess,
  type KubeconfigProblem,
  kubeconfigPaths,
  loadKubeconfig,
  watchKubeconfig,
} from '#main/cluster/kubeconfig.ts'
import type { WriteSink } from '#main/cluster/recorded-client.ts'
import type { TrafficSettings } from '#main/cluster-settings.ts'
import type { FleetSource } from '#main/fleet/fleet-source.ts'
import type { MetricSettings } from '#main/metrics/provider.ts'
import type { ShowOnDesktop } from '#main/notifications/open-notifications.ts'
import { ClusterSession, type OwnershipNews } from './cluster-session.ts'
import type { NativeSettings } from './native-settings.ts'

export interface SessionsOptions {
  /** Empty: where kubectl looks. */
  readonly paths: readonly string[]
  /** The contexts of `paths` are the embedded clusters. Those of a file added later never are. */
  readonly sandbox: boolean
  readonly clock: Clock
  readonly log: Log
  readonly fleet: FleetSource
  readonly metricSettings: (context: string) => MetricSettings
  readonly trafficSettings: (context: string) => TrafficSettings
  /** Absent: Rollouts alone are on the board. */
  readonly natives?: NativeSettings
  readonly tell: (notice: Notice) => void
  readonly desktop?: ShowOnDesktop | undefined
  readonly onWrite: WriteSink
  readonly rails: (context: string) => Rails
  /** Begins to record what is seen of a cluster. */
  readonly record?: ((cluster: Cluster) => Dispose) | undefined
  /** Absent: what becomes of leases is not kept. */
  readonly onOwnership?: (news: OwnershipNews) => void
}

/** Several changes at once (a watch and its lease) make one list. */
const settleMs = 200

/** One session for each usable context of the kubeconfig files, kept in step with them while Argosy runs. */
export class Sessions {
  readonly #options: SessionsOptions
  readonly #open = new Map<string, ClusterSession>()
  readonly #recordings = new Map<string, Dispose>()
  readonly #listeners = new Set<(clusters: readonly ClusterView[]) => void>()
  readonly #endPatches: Dispose
  readonly #told = new Map<string, Notice>()
  #endWatch: Dispose = () => {}
  #paths: readonly string[]
  #sandboxContexts: ReadonlySet<string> = new Set()
  #last: readonly ClusterView[] = []
  #alarm: Dispose | undefined

  constructor(options: SessionsOptions) {
    this.#options = options
    this.#paths = options.paths
    this.#endPatches = options.fleet.onPatch(() => this.#changed())
  }

  get paths(): readonly string[] {
    return this.#paths
  }

  get(context: string): ClusterSession | undefined {
    return this.#open.get(context)
  }

  views(): readonly ClusterView[] {
    return [...this.#open.values()].map((each) => each.view())
  }

  drives(context: string): boolean {
    return this.#open.get(context)?.drives ?? false
  }

  onChange(listener: (clusters: readonly ClusterView[]) => void): Dispose {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Reads the files, opens what is new, closes what is gone, and watches the files from now on. */
  start(): void {
    const loaded = loadKubeconfig(this.#source())
    if (this.#options.sandbox && loaded.ok)
      this.#sandboxContexts = new Set(loaded.value.contexts.map(({ context }) => context))
    this.#reload()
    this.#watch()
  }

  /**
   * Reads one more file and the ones before as well. The value is the contexts it added. A file that is of no use is not added;
   * the failure says why.
   */
  add(path: string): Outcome<readonly string[], Failure> {
    const whole = path.replace(/^~(?=[/\\])/, homedir())
    const read = loadKubeconfig({ paths: [whole] })
    if (!read.ok) return failure({ kind: 'Invalid', message: uselessText(read.error, whole), causes: [] })
    const before = new Set(this.#open.keys())
    this.#paths = kubeconfigPaths({ paths: [...kubeconfigPaths(this.#source()), whole] })
    this.#reload()
    this.#watch()
    return success([...this.#open.keys()].filter((each) => !before.has(each)))
  }

  /** False: there is no such context. */
  showNatives(context: string, shown: boolean): boolean {
    if (!this.#open.has(context)) return false
    const { fleet, natives } = this.#options
    natives?.choose(context, shown)
    fleet.showNatives(context, shown)
    this.#changed()
    return true
  }

  async stop(): Promise<void> {
    this.#endPatches()
    this.#endWatch()
    this.#alarm?.()
    for (const context of this.#recordings.keys()) this.#endRecording(context)
    await Promise.all([...this.#open.values()].map((each) => each.stop('Argosy was closed')))
  }

  #watch(): void {
    this.#endWatch()
    const { clock } = this.#options
    this.#endWatch = watchKubeconfig({ source: this.#source(), clock, onChange: () => this.#reload() })
  }

  #source() {
    return this.#paths.length === 0 ? {} : { paths: this.#paths }
  }

  #reload(): void {
    const loaded = loadKubeconfig(this.#source())
    const problems = loaded.ok ? loaded.value.problems : [loaded.error]
    this.#tell(problems)
    const contexts = loaded.ok ? loaded.value.contexts.map((each) => each.context) : []
    // What a file cannot say now, it has not taken back: its contexts go on as they were.
    const isKnown = problems.every(({ kind }) => kind === 'none' || kind === 'dangling')
    if (isKnown) for (const context of this.#open.keys()) if (!contexts.includes(context)) this.#close(context)
    for (const context of contexts) {
      const access = loaded.ok ? loaded.value.access(context) : undefined
      if (access !== undefined) this.#use(access)
    }
    this.#changed()
  }

  #use(access: ContextAccess): void {
    const known = this.#open.get(access.context)
    if (known?.follow(access) === true) return
    if (known !== undefined) this.#close(access.context)
    const { clock, log, fleet, desktop, onWrite, rails, onOwnership } = this.#options
    const sandbox = this.#sandboxContexts.has(access.context)
    const metricSettings = this.#options.metricSettings(access.context)
    const trafficSettings = this.#options.trafficSettings(access.context)
    const counts = (context: string) => ({ ...fleet.counts(context), natives: fleet.natives(context) })
    const directClientOf = (context: string) => this.#open.get(context)?.direct
    const settings = { metricSettings, trafficSettings, desktop, onWrite, rails, onOwnership }
    this.#begin(new ClusterSession({ access, clock, log, sandbox, ...settings, directClientOf, counts }))
  }

  /** The first problem of each file once, the next when that is mended; and that it is over. */
  #tell(problems: readonly KubeconfigProblem[]): void {
    const notices = new Map(
      problems
        .toReversed()
        .map(noticeOf)
        .map((notice) => [notice.id, notice]),
    )
    for (const [id, notice] of this.#told) if (!notices.has(id)) this.#options.tell(overNotice(notice))
    for (const notice of notices.values())
      if (this.#told.get(notice.id)?.detail !== notice.detail) this.#options.tell(notice)
    this.#told.clear()
    for (const [id, notice] of notices) this.#told.set(id, notice)
  }

  #begin(session: ClusterSession): void {
    this.#open.set(session.context, session)
    session.onChange(() => this.#changed())
    const { fleet, natives } = this.#options
    const { rights, engine } = session
    fleet.add(session.cluster, { rights, engine, natives: natives?.shows(session.context) ?? false })
    const endRecording = this.#options.record?.(session.cluster)
    if (endRecording !== undefined) this.#recordings.set(session.context, endRecording)
    session.start()
  }

  #endRecording(context: string): void {
    this.#recordings.get(context)?.()
    this.#recordings.delete(context)
  }

  #close(context: string): void {
    this.#endRecording(context)
    const session = this.#open.get(context)
    this.#open.delete(context)
    this.#options.fleet.remove(context)
    void session?.stop('its context is gone from the kubeconfig')
  }

  #changed(): void {
    this.#alarm ??= this.#options.clock.after(settleMs, () => {
      this.#alarm = undefined
      const views = this.views()
      if (jsonEqual(views, this.#last)) return
      this.#last = views
      for (const listener of this.#listeners) listener(views)
    })
  }
}

function noticeOf(problem: KubeconfigProblem): Notice {
  switch (problem.kind) {
    case 'none':
      return { id: 'kubeconfig', severity: 'warning', title: 'No kubeconfig was found', detail: problem.message }
    case 'unreadable':
      return {
        id: `kubeconfig ${problem.file}`,
        severity: 'warning',
        title: 'A kubeconfig file cannot be read',
        detail: `${problem.message} ${goesOn}`,
      }
    case 'malformed':
      return {
        id: `kubeconfig ${problem.file}`,
        severity: 'warning',
        title: 'A kubeconfig file is malformed',
        detail: `${problem.message} ${goesOn}`,
      }
    case 'dangling':
      return {
        id: `kubeconfig context ${problem.context}`,
        severity: 'warning',
        title: `Context ${problem.context} cannot be used`,
        detail: problem.message,
      }
    default:
      return assertNever(problem)
  }
}

const goesOn = 'It is read again as soon as it is saved; clusters that were open go on as they were.'

const overNotice = ({ id, title }: Notice): Notice => ({
  id,
  severity: 'info',
  title: 'The kubeconfig was read again',
  detail: `This is over: ${title.charAt(0).toLowerCase()}${title.slice(1)}.`,
})

const uselessText = (problem: KubeconfigProblem, path: string): string =>
  problem.kind === 'none' ? `There is no kubeconfig with a context at ${path}.` : problem.message
