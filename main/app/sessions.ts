import type { ClusterView, Notice } from '#contract/views.ts'
import type { Clock, Dispose } from '#lib/clock.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import type { Log } from '#lib/log.ts'
import { type KubeconfigProblem, loadKubeconfig, watchKubeconfig } from '#main/cluster/kubeconfig.ts'
import type { FleetSource } from '#main/fleet/fleet-source.ts'
import { ClusterSession } from './cluster-session.ts'

export interface SessionsOptions {
  readonly paths: readonly string[]
  readonly sandbox: boolean
  readonly clock: Clock
  readonly log: Log
  readonly fleet: FleetSource
  readonly tell: (notice: Notice) => void
}

/** Several changes at once (a watch and its lease) make one list. */
const settleMs = 200

/** One session for each usable context of the kubeconfig files, kept in step with them while Argosy runs. */
export class Sessions {
  readonly #options: SessionsOptions
  readonly #open = new Map<string, ClusterSession>()
  readonly #listeners = new Set<(clusters: readonly ClusterView[]) => void>()
  readonly #disposals: Dispose[] = []
  #paths: readonly string[]
  #last: readonly ClusterView[] = []
  #alarm: Dispose | undefined

  constructor(options: SessionsOptions) {
    this.#options = options
    this.#paths = options.paths
    this.#disposals.push(options.fleet.onPatch(() => this.#changed()))
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

  onChange(listener: (clusters: readonly ClusterView[]) => void): Dispose {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Reads the files, opens what is new, closes what is gone, and watches the files from now on. */
  start(): void {
    this.#reload()
    this.#watch()
  }

  /** Reads one more file. The value is the contexts it added. */
  add(path: string): readonly string[] {
    const before = new Set(this.#open.keys())
    this.#paths = [...this.#paths, path]
    this.#reload()
    this.#watch()
    return [...this.#open.keys()].filter((each) => !before.has(each))
  }

  async stop(): Promise<void> {
    for (const dispose of this.#disposals) dispose()
    this.#alarm?.()
    await Promise.all([...this.#open.values()].map((each) => each.stop()))
  }

  #watch(): void {
    const { clock } = this.#options
    this.#disposals.push(watchKubeconfig({ source: this.#source(), clock, onChange: () => this.#reload() }))
  }

  #source() {
    return this.#paths.length === 0 ? {} : { paths: this.#paths }
  }

  #reload(): void {
    const loaded = loadKubeconfig(this.#source())
    for (const problem of loaded.ok ? loaded.value.problems : [loaded.error]) this.#options.tell(noticeOf(problem))
    const contexts = loaded.ok ? loaded.value.contexts.map((each) => each.context) : []
    for (const context of this.#open.keys()) if (!contexts.includes(context)) this.#close(context)
    for (const context of contexts) {
      const access = loaded.ok ? loaded.value.access(context) : undefined
      if (access !== undefined && !this.#open.has(context))
        this.#begin(new ClusterSession(this.#sessionOptions(access)))
    }
    this.#changed()
  }

  #sessionOptions(access: ConstructorParameters<typeof ClusterSession>[0]['access']) {
    const { clock, log, sandbox, fleet } = this.#options
    return { access, clock, log, sandbox, counts: (context: string) => fleet.counts(context) }
  }

  #begin(session: ClusterSession): void {
    this.#open.set(session.context, session)
    session.onChange(() => this.#changed())
    this.#options.fleet.add(session.cluster)
    session.start()
  }

  #close(context: string): void {
    const session = this.#open.get(context)
    this.#open.delete(context)
    this.#options.fleet.remove(context)
    void session?.stop()
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

const noticeOf = (problem: KubeconfigProblem): Notice => ({
  id: `kubeconfig.${problem.kind}`,
  severity: problem.kind === 'none' ? 'info' : 'warning',
  title: problem.kind === 'none' ? 'No kubeconfig was found' : 'Part of your kubeconfig cannot be used',
  detail: problem.message,
})
