import type { Lease } from '#api/core.ts'
import { controllerNamespace, leaseName } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import type { Clock } from '#lib/clock.ts'
import type { ClusterClient } from '#main/cluster/client.ts'

const durationSeconds = 15
const renewDeadlineMs = 10_000
const retryPeriodMs = 2_000
const jitterFactor = 1.2

const at = { namespace: controllerNamespace, name: leaseName }

interface ElectorOptions {
  readonly client: ClusterClient
  readonly clock: Clock
  /** 0 ≤ value < 1. */
  readonly random: () => number
  readonly identity: string
  /** It led, and does not any more; the reference's process exits then (OPS-33). */
  readonly onStopped: () => void
}

/**
 * What leads where Argosy does not: the rules by which the reference's library elects a leader (OPS-32, OPS-33), with the reference's
 * timings. It competes until it leads, renews until that has failed for the whole deadline, and then is done. It never asks
 * whether its lease still counts before it writes.
 */
export class ReferenceElector {
  readonly #options: ElectorOptions
  #record: Lease['spec'] = {}
  #seen = ''
  #seenAt = 0
  #lease: Lease | undefined
  #leads = false
  #isStopped = false

  constructor(options: ElectorOptions) {
    this.#options = options
    void this.#compete()
  }

  get leads(): boolean {
    return this.#leads
  }

  /** A clean end: it stops leading, and then gives the lease back. */
  async stop(): Promise<void> {
    this.#isStopped = true
    const led = this.#leads
    this.#leads = false
    if (!led || !this.#isHolder || this.#lease === undefined) return
    const spec = { ...this.#record, holderIdentity: '', leaseDurationSeconds: 1, renewTime: this.#microTime() }
    const lease: Lease = { ...this.#lease, spec }
    await this.#options.client.update(resources.leases, lease)
  }

  async #compete(): Promise<void> {
    const { random } = this.#options
    while (!this.#isStopped) {
      if (await this.#tryOnce()) break
      await this.#rest(retryPeriodMs * (1 + random() * jitterFactor))
    }
    if (this.#isStopped) return
    this.#leads = true
    while (await this.#renewedInTime()) await this.#rest(retryPeriodMs)
    if (this.#isStopped) return
    this.#leads = false
    this.#isStopped = true
    this.#options.onStopped()
  }

  /** Tries every period until it succeeds, or the deadline has passed, whatever is under way then. */
  async #renewedInTime(): Promise<boolean> {
    let isLate = false
    const late = this.#rest(renewDeadlineMs).then(() => {
      isLate = true
      return false
    })
    const tries = async () => {
      while (!isLate && !this.#isStopped) {
        if (await this.#tryOnce()) return true
        await this.#rest(retryPeriodMs)
      }
      return false
    }
    return (await Promise.race([tries(), late])) && !this.#isStopped
  }

  async #tryOnce(): Promise<boolean> {
    const { client, identity } = this.#options
    // While it counts as its own it is renewed as it was seen last, without reading it first.
    if (this.#isHolder && this.#isFresh && this.#lease !== undefined && (await this.#write(this.#lease))) return true
    const read = await client.get(resources.leases, at)
    if (!read.ok && read.error.kind !== 'NotFound') return false
    if (!read.ok) return this.#create()
    const lease = read.value as Lease
    if (JSON.stringify(lease.spec) !== this.#seen) this.#observe(lease)
    const holder = lease.spec?.holderIdentity ?? ''
    if (holder !== '' && holder !== identity && this.#isFresh) return false
    return this.#write(lease)
  }

  async #create(): Promise<boolean> {
    const lease: Lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: at,
      spec: this.#spec(undefined),
    }
    const created = await this.#options.client.create(resources.leases, lease)
    if (created.ok) this.#observe(created.value as Lease)
    return created.ok
  }

  async #write(lease: Lease): Promise<boolean> {
    const mine: Lease = { ...lease, spec: this.#spec(lease.spec) }
    const written = await this.#options.client.update(resources.leases, mine)
    if (written.ok) this.#observe(written.value as Lease)
    return written.ok
  }

  #observe(lease: Lease): void {
    this.#lease = lease
    this.#record = lease.spec ?? {}
    this.#seen = JSON.stringify(lease.spec)
    this.#seenAt = this.#options.clock.elapsed()
  }

  get #isHolder(): boolean {
    return this.#record?.holderIdentity === this.#options.identity
  }

  get #isFresh(): boolean {
    const lastsMs = (this.#record?.leaseDurationSeconds ?? 0) * 1000
    return this.#options.clock.elapsed() < this.#seenAt + lastsMs
  }

  #spec(before: Lease['spec']): Lease['spec'] & object {
    const { identity } = this.#options
    const isMine = before?.holderIdentity === identity
    const renewTime = this.#microTime()
    return {
      holderIdentity: identity,
      leaseDurationSeconds: durationSeconds,
      acquireTime: isMine ? (before?.acquireTime ?? renewTime) : renewTime,
      renewTime,
      leaseTransitions: (before?.leaseTransitions ?? 0) + (isMine || before === undefined ? 0 : 1),
    }
  }

  #microTime(): string {
    return new Date(this.#options.clock.now()).toISOString().replace('Z', '000Z')
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.after(ms, resolve)
    })
  }
}
