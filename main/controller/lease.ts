import type { Lease as LeaseObject } from '#api/core.ts'
import { leaseName } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { Outcome } from '#lib/outcome.ts'
import { parseTime } from '#lib/rfc3339.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { type LeaseTerms, newLease, releasedLease, renewedLease, takenLease } from './lease-record.ts'
import { type LeaseRequest, requestOn, successorOn } from './lease-request.ts'
import { LeaseWatch } from './lease-watch.ts'
import { isOlder } from './stale-guard.ts'

/** The reference's timings (OPS-6). */
const leaseDurationMs = 15_000
const renewDeadlineMs = 10_000
const retryPeriodMs = 2_000
/** How much longer than the retry period an attempt waits at most while somebody else holds the lease (OPS-32). */
const jitterFactor = 1.2
/** Of the retry period: over so long are spread those who see at the same moment that the lease is free. */
const spreadFactor = 0.25
/** So long those that did not ask for it leave alone what was handed over to somebody who did (SR-6). */
const courtesyMs = 2_000
/** An alarm may ring that much too early. */
const alarmMs = 5
/** Watching only: slow enough to be nothing, often enough to notice within a lease duration. */
const observePeriodMs = 10_000
/** Wall clock and monotonic clock apart by more than this: the machine slept, or the wall clock was set (OPS-41). */
const divergenceMsMax = 1_000

export type LeaseState =
  /** Not looked at yet. */
  | { readonly state: 'unknown' }
  /** Nobody renewed it for as long as it says, or it was given back, or it does not exist. */
  | { readonly state: 'free' }
  /** Somebody else's. `changedAt` is when we last saw it change, by our own clock; `acquiredAt` when it took it, by its own. */
  | {
      readonly state: 'other'
      readonly holder: string
      readonly changedAt: EpochMs
      readonly acquiredAt: EpochMs | undefined
    }
  | { readonly state: 'held'; readonly holder: string; readonly since: EpochMs; readonly renewedAt: EpochMs }
  /** It could not be read or written. */
  | { readonly state: 'failed'; readonly failure: Failure; readonly since: EpochMs }

interface Observed {
  readonly lease: LeaseObject
  readonly version: string
  /** Monotonic time at which this record was first seen. */
  readonly seenAt: number
}

export interface LeaseOptions {
  readonly client: ClusterClient
  readonly clock: Clock
  /** 0 ≤ value < 1. */
  readonly random: () => number
  readonly namespace: string
  readonly identity: string
  readonly instanceID?: string | undefined
  /** Of another lock than the one that says who drives the cluster. */
  readonly lock?: { readonly name: string; readonly timings: LeaseTimings }
}

export interface LeaseTimings {
  readonly durationMs: number
  /** How long after the last renewal it still counts for its holder. */
  readonly renewDeadlineMs: number
  readonly retryPeriodMs: number
}

const driverTimings: LeaseTimings = { durationMs: leaseDurationMs, renewDeadlineMs, retryPeriodMs }

/** OPS-30. */
export const leaseNameFor = (instanceID: string | undefined): string =>
  instanceID === undefined || instanceID === '' ? leaseName : `${leaseName}-${instanceID}`

/**
 * The lock that says who drives a cluster, the same as the reference controller's (OPS-30…37). `drive` competes for it and
 * renews it, `observe` only reads it. Whether it expired is judged by when *we* last saw it change, never by comparing
 * another machine's clock with ours. While somebody else has what we want, a watch tells when it changes, so that we try again as
 * soon as it is given back or expires; without the watch we find out by reading, as often as the reference controller does.
 */
export class Lease {
  readonly #options: LeaseOptions
  readonly #name: string
  readonly #timings: LeaseTimings
  readonly #listeners = new Set<() => void>()
  #state: LeaseState = { state: 'unknown' }
  #wanted: 'nothing' | 'observe' | 'drive' = 'nothing'
  #observed: Observed | undefined
  /** Both clocks at the last successful renewal. */
  #renewed: { readonly wall: EpochMs; readonly monotonic: number } | undefined
  #cancelTimer: Dispose = () => undefined
  #attempt: Promise<void> | undefined
  readonly #watch: LeaseWatch
  /** For which record we have tried before our turn; once is enough. */
  #hastenedFor: string | undefined

  constructor(options: LeaseOptions) {
    const { client, clock, namespace } = options
    this.#options = options
    this.#name = options.lock?.name ?? leaseNameFor(options.instanceID)
    this.#timings = options.lock?.timings ?? driverTimings
    const told = { onLease: (lease: LeaseObject) => this.#onWatched(lease), onEnd: () => this.#onWatchEnd() }
    this.#watch = new LeaseWatch({ client, clock, namespace, name: this.#name, ...told })
  }

  /** How often it went to another holder; each holder has a number of its own, and a later one a higher. */
  get transitions(): number {
    return this.#observed?.lease.spec?.leaseTransitions ?? 0
  }

  get state(): LeaseState {
    return this.#state
  }

  get namespace(): string {
    return this.#options.namespace
  }

  /** What its holder was asked, as last seen; it may be over. */
  get request(): LeaseRequest | undefined {
    return this.#observed && requestOn(this.#observed.lease)
  }

  onChange(listener: () => void): Dispose {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  drive(): void {
    this.#want('drive')
  }

  observe(): void {
    this.#want('observe')
  }

  #want(wanted: 'observe' | 'drive'): void {
    const idle = this.#attempt === undefined
    this.#wanted = wanted
    if (wanted !== 'drive') this.#watch.close()
    this.#cancelTimer()
    if (idle) this.#tryNow()
  }

  /**
   * May we write now? Held, renewed within the renew deadline by the monotonic clock, and the machine did not sleep since
   * (OPS-41). Asked before every write, so that a process that was stopped and continued cannot act on an old lease.
   */
  isValid(): boolean {
    if (this.#state.state !== 'held' || this.#renewed === undefined) return false
    const { clock } = this.#options
    const elapsedMs = clock.elapsed() - this.#renewed.monotonic
    const wallElapsedMs = clock.now() - this.#renewed.wall
    return elapsedMs < this.#timings.renewDeadlineMs && Math.abs(wallElapsedMs - elapsedMs) <= divergenceMsMax
  }

  /**
   * Stops competing and renewing. With `release`, gives the lease back so that a successor need not wait (OPS-37), `to` somebody who
   * asked for it.
   */
  async stop(options: {
    readonly release: boolean
    readonly to?: string | undefined
  }): Promise<Outcome<void, Failure>> {
    this.#wanted = 'nothing'
    this.#watch.close()
    this.#cancelTimer()
    await this.#attempt
    const held = this.#state.state === 'held' ? this.#observed : undefined
    this.#renewed = undefined
    const outcome: Outcome<unknown, Failure> =
      options.release && held !== undefined
        ? await this.#release(held.lease, options.to)
        : { ok: true, value: undefined }
    this.#observed = undefined
    this.#enter({ state: 'unknown' })
    return outcome.ok ? { ok: true, value: undefined } : outcome
  }

  /** Somebody may have written to it meanwhile that asks for it: then it is still ours to give back. */
  async #release(lease: LeaseObject, to: string | undefined): Promise<Outcome<unknown, Failure>> {
    const { client, namespace, identity, clock } = this.#options
    const written = await this.#write(releasedLease(lease, clock.now(), to))
    if (written.ok || written.error.kind !== 'Conflict') return written
    const read = await client.get(resources.leases, { namespace, name: this.#name })
    const now = read.ok ? (read.value as LeaseObject) : undefined
    return now?.spec?.holderIdentity === identity ? this.#write(releasedLease(now, clock.now(), to)) : written
  }

  #onWatched(lease: LeaseObject): void {
    const known = this.#observed?.lease.metadata.resourceVersion
    const { resourceVersion } = lease.metadata
    if (this.#state.state === 'held' || resourceVersion === undefined) return
    if (known !== undefined && (known === resourceVersion || isOlder(resourceVersion, known))) return
    this.#see(lease)
    const holder = this.#otherHolder()
    if (holder !== undefined) this.#enterOther(holder)
    if (this.#attempt === undefined) this.#schedule()
  }

  #onWatchEnd(): void {
    if (this.#attempt !== undefined || this.#wanted !== 'drive') return
    this.#cancelTimer()
    this.#tryNow()
  }

  #tryNow(): void {
    if (this.#wanted === 'nothing') return
    this.#attempt = this.#tryOnce().finally(() => {
      this.#attempt = undefined
      this.#schedule()
    })
  }

  #schedule(): void {
    if (this.#wanted === 'nothing') return
    this.#cancelTimer()
    const usualMs = this.#delayMs()
    const soonerMs = Math.min(usualMs, this.#sooner())
    const record = soonerMs < usualMs ? this.#observed?.version : this.#hastenedFor
    this.#cancelTimer = this.#options.clock.after(soonerMs, () => {
      this.#hastenedFor = record
      this.#tryNow()
    })
  }

  #delayMs(): number {
    if (this.#wanted === 'observe') return observePeriodMs
    if (this.#state.state === 'held') return this.#timings.retryPeriodMs
    return this.#timings.retryPeriodMs * (1 + this.#options.random() * jitterFactor)
  }

  /** When the record that we saw last lets us have it; a record that did not keep its word is waited for no more. */
  #sooner(): number {
    const isWaiting = this.#wanted === 'drive' && this.#state.state !== 'held'
    if (!isWaiting || this.#observed === undefined || this.#hastenedFor === this.#observed.version)
      return Number.POSITIVE_INFINITY
    const isOurTurn = successorOn(this.#observed.lease) === this.#options.identity
    const spreadMs = isOurTurn ? 0 : this.#options.random() * this.#timings.retryPeriodMs * spreadFactor
    return this.#leftMs() + spreadMs
  }

  async #tryOnce(): Promise<void> {
    if (this.#state.state === 'held' && !this.isValid()) this.#lose()
    const held = this.#state.state === 'held' ? this.#observed : undefined
    if (held !== undefined) {
      const renewed = await this.#write(renewedLease(held.lease, this.#options.clock.now()))
      if (renewed.ok) return
      // The holder keeps its lease through failed renewals until the deadline; a conflict says what happened to it.
      if (renewed.error.kind !== 'Conflict' && renewed.error.kind !== 'NotFound') return
    }
    await this.#readAndAcquire()
  }

  #lose(): void {
    this.#renewed = undefined
    this.#enter({ state: 'unknown' })
  }

  async #readAndAcquire(): Promise<void> {
    const { client, namespace } = this.#options
    const known = this.#observed?.lease.metadata.resourceVersion
    const read = await client.get(resources.leases, { namespace, name: this.#name })
    if (!read.ok && read.error.kind !== 'NotFound') return this.#fail(read.error)
    if (read.ok) this.#see(read.value as LeaseObject)
    else this.#observed = undefined
    const holder = this.#otherHolder()
    if (holder !== undefined) {
      this.#renewed = undefined
      this.#enterOther(holder)
      this.#follow(known)
    } else if (this.#wanted !== 'drive') this.#enter({ state: 'free' })
    else await this.#acquire()
  }

  /** @param known the version known before this one was read */
  #follow(known: string | undefined): void {
    const { resourceVersion } = this.#observed?.lease.metadata ?? {}
    if (this.#wanted !== 'drive' || resourceVersion === undefined) return
    // What reading found and the watch has not told: it may be dead.
    if (known !== undefined && known !== resourceVersion) this.#watch.close()
    this.#watch.open(resourceVersion)
  }

  #enterOther(holder: string): void {
    const acquiredAt = parseTime(this.#observed?.lease.spec?.acquireTime)
    this.#enter({ state: 'other', holder, changedAt: this.#changedAt(), acquiredAt })
  }

  async #acquire(): Promise<void> {
    const written =
      this.#observed === undefined
        ? await this.#write(newLease({ name: this.#name, namespace: this.#options.namespace }, this.#ours), 'create')
        : await this.#write(takenLease(this.#observed.lease, this.#ours))
    if (written.ok) return
    // Somebody was faster: the next attempt sees who.
    if (written.error.kind === 'Conflict' || written.error.kind === 'AlreadyExists') return
    this.#fail(written.error)
  }

  /** Sends the lease; on success it is ours since now. Time is taken *before* sending, so that doubt counts against us. */
  async #write(lease: LeaseObject, how: 'create' | 'update' = 'update'): Promise<Outcome<KubeObject, Failure>> {
    const { client, clock, identity } = this.#options
    const before = { wall: clock.now(), monotonic: clock.elapsed() }
    const outcome = await (how === 'create'
      ? client.create(resources.leases, lease)
      : client.update(resources.leases, lease))
    if (!outcome.ok) return outcome
    this.#see(outcome.value as LeaseObject)
    if (lease.spec?.holderIdentity !== identity) return outcome
    const since = this.#state.state === 'held' ? this.#state.since : before.wall
    this.#watch.close()
    this.#renewed = before
    this.#enter({ state: 'held', holder: identity, since, renewedAt: before.wall })
    return outcome
  }

  #see(lease: LeaseObject): void {
    const version = JSON.stringify(lease.spec ?? {})
    if (this.#observed?.version === version) this.#observed = { ...this.#observed, lease }
    else this.#observed = { lease, version, seenAt: this.#options.clock.elapsed() }
  }

  /** Who else holds it, unless it was given back or has not changed for as long as it says it lasts (OPS-32). */
  #otherHolder(): string | undefined {
    const { holderIdentity = '' } = this.#observed?.lease.spec ?? {}
    const holder = holderIdentity === '' ? (this.#successor() ?? '') : holderIdentity
    return this.#elapsedMs() < this.#lastsMs() && holder !== this.#options.identity ? holder : undefined
  }

  #leftMs(): number {
    const lastsMs = this.#lastsMs()
    if (lastsMs === 0 || this.#observed?.lease.spec?.holderIdentity === this.#options.identity) return 0
    return Math.max(0, lastsMs - this.#elapsedMs() + alarmMs)
  }

  /** Since the record was first seen. */
  #elapsedMs(): number {
    const now = this.#options.clock.elapsed()
    return now - (this.#observed?.seenAt ?? now)
  }

  #lastsMs(): number {
    const { holderIdentity = '', leaseDurationSeconds } = this.#observed?.lease.spec ?? {}
    if (holderIdentity === '') return this.#successor() === undefined ? 0 : courtesyMs
    return (leaseDurationSeconds ?? this.#timings.durationMs / 1000) * 1000
  }

  /** Who else was to have it after it was given back. */
  #successor(): string | undefined {
    const successor = this.#observed && successorOn(this.#observed.lease)
    return successor === this.#options.identity ? undefined : successor
  }

  #changedAt(): EpochMs {
    return this.#options.clock.now() - this.#elapsedMs()
  }

  #fail(failure: Failure): void {
    const since = this.#state.state === 'failed' ? this.#state.since : this.#options.clock.now()
    this.#enter({ state: 'failed', failure, since })
  }

  #enter(state: LeaseState): void {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }

  get #ours(): LeaseTerms {
    const { identity, clock } = this.#options
    return { identity, durationMs: this.#timings.durationMs, now: clock.now() }
  }
}
