import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { controllerNamespace } from '#api/keys.ts'
import type { DrivePreviewView } from '#contract/ownership-views.ts'
import type { ClusterView } from '#contract/views.ts'
import type { Rails } from '#engine/actions/guard-rails.ts'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import type { Clock, Dispose } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import type { Log } from '#lib/log.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import { openAws } from '#main/aws/open-aws.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { withIstioPrimary } from '#main/cluster/istio-primary.ts'
import type { ContextAccess } from '#main/cluster/kubeconfig.ts'
import { openCluster } from '#main/cluster/open-cluster.ts'
import { createRecordedClient, type WriteSink } from '#main/cluster/recorded-client.ts'
import type { SigningClient } from '#main/cluster/rest.ts'
import type { WhoAmI } from '#main/cluster/who-am-i.ts'
import type { TrafficSettings } from '#main/cluster-settings.ts'
import { type ActionRights, createActionRights } from '#main/controller/action-rights.ts'
import { createEngine, type Engine } from '#main/controller/engine.ts'
import type { LeaseState } from '#main/controller/lease.ts'
import { LeaseDesk } from '#main/controller/lease-desk.ts'
import { followLease } from '#main/controller/lease-news.ts'
import { readDrivingPreview } from '#main/controller/read-driving-preview.ts'
import { noRails } from '#main/guard-settings.ts'
import { localActor } from '#main/history/actor.ts'
import type { RecordedOwnership } from '#main/history/journal-entry.ts'
import { openMetrics } from '#main/metrics/open-metrics.ts'
import type { MetricSettings } from '#main/metrics/provider.ts'
import { openNotifications, type ShowOnDesktop } from '#main/notifications/open-notifications.ts'

export interface SessionOptions {
  readonly access: ContextAccess
  readonly clock: Clock
  readonly log: Log
  readonly sandbox: boolean
  readonly metricSettings: MetricSettings
  readonly trafficSettings: TrafficSettings
  readonly desktop?: ShowOnDesktop | undefined
  /** What stands in the way of actions on a context. */
  readonly rails: (context: string) => Rails
  /** Keeps what is written (ACT-15). */
  readonly onWrite: WriteSink
  /** Keeps what became of the lease (ACT-15). */
  readonly onOwnership?: ((news: OwnershipNews) => void) | undefined
  /** The `direct` client of another open context. */
  readonly directClientOf: (context: string) => ClusterClient | undefined
  /** What else is known of the cluster's size. */
  readonly counts: (context: string) => Counts
}

/** Who drives a cluster changed without that anybody at the window asked for it just now. */
export type OwnershipNews = Pick<RecordedOwnership, 'context' | 'action' | 'reason' | 'outcome' | 'user'>

interface Counts {
  readonly rollouts: number
  readonly objects: number
  readonly natives: NonNullable<ClusterView['natives']>
}

/** Longer than it takes to take a lease, and to see that nobody has. */
const takenBackMs = 25_000

/** One kubeconfig context in the window: its client, its caches, and the engine that drives or watches. */
export class ClusterSession {
  readonly context: string
  readonly cluster: Cluster
  readonly client: SigningClient
  /** To its own API server alone, wherever its Istio objects are. */
  readonly direct: ClusterClient
  readonly rights: ActionRights
  readonly #options: SessionOptions
  readonly #whoAmI: WhoAmI
  readonly metrics: ReturnType<typeof openMetrics>
  readonly #notifications: ReturnType<typeof openNotifications>
  readonly engine: Engine
  readonly #desk: LeaseDesk
  readonly #listeners = new Set<() => void>()
  #access: ContextAccess
  #drives: boolean
  #version: string | undefined
  #userName: string | undefined
  #cancelTakingBack: Dispose = () => undefined

  constructor(options: SessionOptions) {
    const { access, clock, log } = options
    this.#options = options
    this.#access = access
    this.#drives = options.sandbox
    this.context = access.context
    const { onWrite } = options
    const open = (to: ContextAccess) => createRecordedClient(to, { clock, random: Math.random, onWrite })
    const direct = open(access)
    const { istioPrimary: context, isIstioPrimary: isNamedByOthers } = options.trafficSettings
    const named =
      context === undefined
        ? undefined
        : { context, client: () => options.directClientOf(context), close: async () => undefined }
    this.direct = direct
    this.#whoAmI = direct.whoAmI
    this.client = withIstioPrimary(direct, { named, isNamedByOthers, open, log })
    this.rights = createActionRights(this.client, clock)
    this.cluster = openCluster({ context: access.context, client: this.client, clock, random: Math.random, log })
    this.metrics = openMetrics({
      client: this.client,
      clock,
      settings: options.metricSettings,
      openClient: open,
    })
    this.#notifications = openNotifications({
      client: this.client,
      clock,
      env: process.env,
      desktop: options.desktop,
    })
    this.engine = createEngine({
      cluster: this.cluster,
      metrics: this.metrics,
      notifications: this.#notifications,
      aws: openAws(options.trafficSettings, { clock, env: options.metricSettings.env }),
      clock,
      log,
      reconcile: reconcileRollout,
      random: Math.random,
      identity: `argosy-${hostname()}_${randomUUID()}`,
      leaseNamespace: controllerNamespace,
    })
    this.engine.onChange(() => this.#changed())
    const account = localActor()
    this.#desk = new LeaseDesk({ engine: this.engine, client: direct, clock, namespace: controllerNamespace, account })
    this.#desk.follow({ asked: () => undefined, allowed: (by) => void this.#handOverFor(by) })
    if (!options.sandbox)
      followLease(this.engine, (news) => void this.#tellOwnership({ ...news, outcome: success(undefined) }))
    this.cluster.onConnection(({ state }) => {
      if (state === 'connected') void this.#readVersion()
      this.#changed()
    })
  }

  /** Nothing is sent before. The sandbox is driven from the start; a person's clusters only when they say so. */
  start(): void {
    this.cluster.start()
    if (this.#options.sandbox) this.engine.start()
    else this.engine.observe()
  }

  /** Takes the lease, or gives it back and goes on watching. */
  async drive(wanted: boolean): Promise<Outcome<void, Failure>> {
    this.#cancelTakingBack()
    this.#drives = wanted
    if (wanted) {
      this.engine.start()
      return success(undefined)
    }
    await this.#desk.withdraw()
    const released = await this.engine.stop({ release: true })
    this.engine.observe()
    return released
  }

  /** Competes for the lease, and asks its holder for it. */
  async ask(reason: string): Promise<Outcome<void, Failure>> {
    const asked = await this.#desk.ask(reason)
    return asked.ok ? this.drive(true) : asked
  }

  /** Gives the lease to who asked for it, or tells them that it is kept. */
  async answer(handOver: boolean, reason: string): Promise<Outcome<void, Failure>> {
    if (!handOver) return this.#desk.keep(reason)
    const asker = this.#desk.open?.by
    const given = await this.#desk.handOver()
    if (given.ok || !this.engine.isWanted) {
      this.#drives = false
      this.engine.observe()
      this.#cancelTakingBack = this.#options.clock.after(takenBackMs, () => void this.#takeBack(asker ?? ''))
    }
    return given
  }

  /** Who asked may have gone meanwhile: then nobody would drive, and nobody has decided that. */
  async #takeBack(asker: string): Promise<void> {
    if (this.#drives || this.engine.lease.state !== 'free') return
    const outcome = await this.drive(true)
    await this.#tellOwnership({
      action: 'drive',
      reason: `nobody had the lease after it was handed over to ${asker}`,
      outcome,
    })
  }

  async #handOverFor(by: string): Promise<void> {
    const outcome = await this.answer(true, '')
    await this.#tellOwnership({ action: 'handOver', reason: `told by ${by} on the command line`, outcome })
  }

  async #tellOwnership(news: Omit<OwnershipNews, 'context' | 'user'>): Promise<void> {
    this.#options.onOwnership?.({ context: this.context, user: await this.userName(), ...news })
  }

  /** Whether this Argosy is to drive it; another may have the lease all the same. */
  get drives(): boolean {
    return this.#drives
  }

  /** What stands in the way of actions here. */
  rails(): Rails {
    return this.#options.sandbox ? noRails : this.#options.rails(this.context)
  }

  /** The cluster's own name of who we are; `undefined` where it does not tell. */
  async userName(): Promise<string | undefined> {
    this.#userName = await this.#whoAmI.name()
    return this.#userName
  }

  previewDrive(drive: boolean): Promise<Outcome<DrivePreviewView, Failure>> {
    const { cluster, metrics } = this
    const { clock } = this.#options
    const { lease } = this.engine
    const asker = this.#desk.open?.by
    return readDrivingPreview({ cluster, clock, lease, leaseNamespace: controllerNamespace, metrics, drive, asker })
  }

  retryNow(): void {
    this.cluster.retryNow()
  }

  /**
   * Goes on with what the kubeconfig says now, and tries at once. False: it names another server, which is another cluster.
   * Nothing that was read is lost, and the lease stays.
   */
  follow(access: ContextAccess): boolean {
    if (!jsonEqual(access.cluster, this.#access.cluster)) return false
    if (jsonEqual(access.user, this.#access.user)) return true
    this.#access = access
    this.client.signInAs(access)
    this.rights.forget()
    this.cluster.retryNow()
    this.#changed()
    return true
  }

  onChange(listener: () => void): Dispose {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  view(): ClusterView {
    const { sandbox, counts } = this.#options
    const { rollouts, objects, natives } = counts(this.context)
    const locked = this.rails().isProtected
    return {
      context: this.context,
      server: this.#access.cluster.server,
      user: this.#access.user?.name ?? 'anonymous',
      version: this.#version,
      connection: this.cluster.connection,
      engine: this.engine.mode,
      lease: leaseView(this.engine.lease),
      request: this.#desk.view(),
      protected: locked,
      group: sandbox ? 'sandbox' : locked ? 'production' : 'clusters',
      rolloutCount: rollouts,
      requestCount: Object.values(this.client.requests).reduce((sum, each) => sum + each, 0),
      objectCount: objects,
      sandbox,
      natives,
    }
  }

  /**
   * Gives the lease back, ends the watches, closes the connections.
   * @param why in words, for the record of a cluster that was driven
   */
  async stop(why: string): Promise<void> {
    const { isWanted } = this.engine
    this.#cancelTakingBack()
    await this.#desk.withdraw()
    const outcome = await this.engine.stop({ release: true })
    const news = { action: 'handBack', reason: why, outcome, user: this.#userName } as const
    if (isWanted && !this.#options.sandbox) this.#options.onOwnership?.({ context: this.context, ...news })
    await this.cluster.stop()
    await this.metrics.close()
    await this.#notifications.close()
    await this.client.close()
  }

  async #readVersion(): Promise<void> {
    const answer = await this.client.raw('/version')
    if (!answer.ok) return
    this.#version = (answer.value as { readonly gitVersion?: string } | undefined)?.gitVersion
    this.#changed()
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}

function leaseView(lease: LeaseState): ClusterView['lease'] {
  switch (lease.state) {
    case 'held':
      return { holder: lease.holder, renewedAt: lease.renewedAt }
    case 'other':
      return { holder: lease.holder, renewedAt: lease.changedAt }
    case 'unknown':
    case 'free':
    case 'failed':
      return undefined
  }
}
