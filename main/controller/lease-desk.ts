import { hostname } from 'node:os'
import type { LeaseRequestView } from '#contract/lease-requests.ts'
import type { Clock, Dispose } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { answerForLease, askForLease, serverNow, withdrawRequest } from './ask-for-lease.ts'
import type { Engine } from './engine.ts'
import { leaseNameFor } from './lease.ts'
import { isLive, type LeaseRequest, requestLastsMs } from './lease-request.ts'

interface DeskOptions {
  readonly engine: Pick<Engine, 'request' | 'identity' | 'lease' | 'onChange' | 'stop'>
  readonly client: ClusterClient
  readonly clock: Clock
  readonly namespace: string
  /** Of another lock than the one that says who drives the cluster. */
  readonly planLock?: string
  readonly instanceID?: string | undefined
  /** The account on this machine. */
  readonly account: string
}

/** Asking for the lease of one cluster or plan, and answering who asks for it (SR-6). */
export class LeaseDesk {
  readonly #options: DeskOptions

  constructor(options: DeskOptions) {
    this.#options = options
  }

  /** What is asked of us and not answered yet. */
  get open(): LeaseRequest | undefined {
    const { engine } = this.#options
    const { request, lease } = engine
    const isOurs = lease.state === 'held' && request?.of === engine.identity
    return isOurs && isLive(request, this.#serverNow()) && request.answer?.kind !== 'kept' ? request : undefined
  }

  /** Also one that is over, for as long as the lease bears it. */
  view(): LeaseRequestView | undefined {
    const { engine, client } = this.#options
    const { request, identity } = engine
    if (request === undefined) return undefined
    const { by, reason, answer } = request
    const at = request.at - (client.clockOffsetMs ?? 0)
    const side = request.of === identity ? 'toUs' : request.for === identity ? 'ours' : 'others'
    const keptBy = answer?.kind === 'kept' ? answer.by : undefined
    return { by, at, until: at + requestLastsMs, reason, side, keptBy }
  }

  ask(reason: string): Promise<Outcome<void, Failure>> {
    const { engine, planLock } = this.#options
    const isOfPlan = planLock !== undefined
    return askForLease(this.#place(), { by: this.#signature(), identity: engine.identity, reason, isOfPlan })
  }

  /** To be called before this engine stops: who asks and is gone must not be given the lease. */
  async withdraw(): Promise<void> {
    const { engine } = this.#options
    if (engine.request?.for === engine.identity) await withdrawRequest(this.#place(), engine.identity)
  }

  keep(reason: string): Promise<Outcome<void, Failure>> {
    const { identity } = this.#options.engine
    const holder = (of: string) =>
      of === identity ? success(undefined) : failure('The lease is not held here any more.')
    return answerForLease(this.#place(), { kind: 'kept', by: this.#signature() }, { reason, holder })
  }

  /** Ends rounds under way, and gives the lease back for the engine that asked for it. */
  async handOver(): Promise<Outcome<void, Failure>> {
    const request = this.open
    if (request === undefined)
      return failure({ kind: 'Invalid', message: 'Nobody asks for the lease any more.', causes: [] })
    return this.#options.engine.stop({ release: true, to: request.for })
  }

  /**
   * Tells of each request once, and of a person at this machine who told the holder to hand over by `argosy hand-over`. Who answers is
   * what the lease says, and any who may write it could take it as well: it keeps people from mistakes, and nobody out.
   */
  follow(tell: { readonly asked: (request: LeaseRequest) => void; readonly allowed: (by: string) => void }): Dispose {
    let [asked, allowed] = ['', '']
    return this.#options.engine.onChange(() => {
      const request = this.open
      if (request === undefined) return
      const id = `${request.by} ${request.at}`
      if (asked !== id) tell.asked(request)
      asked = id
      const { answer } = request
      if (answer?.kind !== 'allowed' || !answer.by.endsWith(`@${hostname()}`) || allowed === id) return
      allowed = id
      tell.allowed(answer.by)
    })
  }

  #serverNow(): number {
    const { client, clock } = this.#options
    return serverNow({ client, now: clock.now() })
  }

  #place() {
    const { client, clock, namespace, instanceID, planLock } = this.#options
    return { client, at: { namespace, name: planLock ?? leaseNameFor(instanceID) }, now: clock.now() }
  }

  #signature(): string {
    return `${this.#options.account}@${hostname()}`
  }
}
