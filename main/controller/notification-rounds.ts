import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { PatchWrite } from '#engine/decision.ts'
import { type Memory, memoryAnnotation, memoryText } from '#engine/notifications/memory.ts'
import { type ConditionPlan, isWatched, planConditions } from '#engine/notifications/plan.ts'
import { variablesOf } from '#engine/notifications/variables.ts'
import type { Dispose, EpochMs } from '#lib/clock.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import type { Outcome } from '#lib/outcome.ts'
import { applyWrites, type Stopped } from './apply-writes.ts'
import { keyOf } from './dirty-rollouts.ts'
import { DrivenQueue, type Driving, isInScope, leaseInDoubt } from './driven-queue.ts'
import type { NotificationSettings } from './notification-settings.ts'
import type { NotificationsPort } from './notifications-port.ts'
import type { Round } from './queue.ts'
import { roundAfter } from './runner.ts'
import { say, withWorkload } from './say.ts'
import { StaleGuard, staleRetryMs } from './stale-guard.ts'

/** Rollouts about which something is said at once. */
const concurrency = 5
/** What is under way when the engine stops is not waited for longer. */
const stopMs = 1_500
const againMs = { first: 10_000, max: 300_000 }

/** What could not be said about a Rollout: it is tried again when that has changed, but not at once. */
interface Failing {
  readonly keys: ReadonlySet<string>
  readonly print: string
  readonly waitMs: number
  readonly notBefore: EpochMs
}

export interface NotificationRoundsOptions extends Driving {
  readonly settings: NotificationSettings
  readonly port: NotificationsPort
  readonly instanceID: string | undefined
}

/**
 * What is true of Rollouts is said to those who subscribed, once as long as it is true (OPS-154). It is remembered in the Rollout before
 * it is said: no engine that drives after this one says it again (OPS-43), whenever this one ends.
 */
export class NotificationRounds {
  readonly #options: NotificationRoundsOptions
  readonly #guard: StaleGuard
  readonly #queue: DrivenQueue
  readonly #failing = new Map<string, Failing>()
  readonly #disposals: Dispose[] = []

  constructor(options: NotificationRoundsOptions) {
    this.#options = options
    this.#guard = new StaleGuard(options.clock)
    this.#queue = new DrivenQueue(options, concurrency, (key) => this.#round(key))
  }

  start(): void {
    const dispose = this.#options.cluster.cache('rollouts').onChange((change) => {
      if (change.kind !== 'state') this.#mark(change.object)
    })
    this.#disposals.push(dispose)
  }

  lookAtAll(): void {
    for (const rollout of this.#options.cluster.cache('rollouts').values()) this.#mark(rollout)
  }

  /** Nothing is said of this Rollout before the cache is as new as this (OPS-41). */
  mustSee(rollout: KubeObject): void {
    this.#guard.read(keyOf(rollout), rollout)
  }

  async stop(): Promise<void> {
    for (const dispose of this.#disposals.splice(0)) dispose()
    await this.#queue.stop(stopMs)
    this.#failing.clear()
  }

  renew(): void {
    this.#queue.renew()
  }

  /** Costs nothing where nothing is configured. */
  #mark(rollout: KubeObject): void {
    const { settings, instanceID } = this.#options
    if (settings.configuration !== undefined && isInScope(rollout, instanceID)) this.#queue.add(keyOf(rollout))
  }

  async #round(key: string): Promise<Round> {
    const { cluster, instanceID, log } = this.#options
    const cache = cluster.cache('rollouts')
    const version = (_kind: string, each: string) => cache.get(each)?.metadata.resourceVersion
    // What was said last would be said again for want of our own last write.
    if (!cache.synced || this.#guard.isStale(key, version)) return { kind: 'later', delayMs: staleRetryMs }
    const rollout = cache.get(key)
    if (rollout === undefined || !isInScope(rollout, instanceID)) {
      this.#guard.forget(key)
      this.#failing.delete(key)
      return { kind: 'forget' }
    }
    try {
      return await this.#pass(key, rollout)
    } catch (error) {
      log('error', 'bug in the notifications of a Rollout', { ...about(key), error })
      return { kind: 'failed', notBeforeMs: 10_000 }
    }
  }

  async #pass(key: string, rollout: Rollout): Promise<Round> {
    const { settings, cluster, clock } = this.#options
    const { configuration } = settings
    if (configuration === undefined || !isWatched(configuration, rollout)) return { kind: 'forget' }
    const now = clock.now()
    const object = await withWorkload(rollout, cluster)
    const runs = cluster.cache('analysisRuns').inNamespace(rollout.metadata.namespace ?? '')
    const variables = variablesOf(object, runs, configuration.secrets)
    const planned = planConditions(configuration, object, variables, now)
    const failing = this.#heldBack(key, rollout, now)
    const plan = failing === undefined ? planned : without(planned, failing.keys)
    const round: Round = { kind: 'settled', requeueAt: failing?.requeueAt }
    if (jsonEqual([...plan.before], [...plan.after])) return round
    const { term } = this.#queue
    const remembered = await this.#remember(rollout, plan.after, { isBound: true, term })
    if (!remembered.ok) return roundAfterStop(remembered.error)
    const failed = new Set<string>()
    for (const send of plan.sends)
      if (!(await say(send, { object, configuration, variables, now }, this.#options))) failed.add(send.key)
    if (failed.size > 0) {
      this.#holdBack(key, rollout, new Set([...failed, ...(failing?.keys ?? [])]))
      await this.#remember(rollout, without(plan, failed).after, { isBound: false, term })
    } else if (failing === undefined) this.#failing.delete(key)
    return round
  }

  /** What failed and is not tried now: the Rollout is as it was, or it is too early. */
  #heldBack(key: string, rollout: Rollout, now: EpochMs) {
    const failing = this.#failing.get(key)
    if (failing === undefined) return undefined
    if (failing.print === printOf(rollout)) return { keys: failing.keys, requeueAt: undefined }
    return now < failing.notBefore ? { keys: failing.keys, requeueAt: failing.notBefore } : undefined
  }

  /** What failed is not tried again at once, and later each time. */
  #holdBack(key: string, rollout: Rollout, keys: ReadonlySet<string>): void {
    const former = this.#failing.get(key)
    const waitMs = former === undefined ? againMs.first : Math.min(againMs.max, former.waitMs * 2)
    const notBefore = this.#options.clock.now() + waitMs
    this.#failing.set(key, { keys, print: printOf(rollout), waitMs, notBefore })
  }

  /** @param how bound to the version that was looked at, so that of two engines one at most says it */
  #remember(
    rollout: Rollout,
    memory: Memory,
    { isBound, term }: { readonly isBound: boolean; readonly term: object },
  ): Promise<Outcome<void, Stopped>> {
    const { cluster, mayWrite, log } = this.#options
    const { namespace, name, uid, resourceVersion } = rollout.metadata
    const write: PatchWrite = {
      kind: 'patch',
      ref: { resource: resources.rollouts, namespace, name },
      patchType: 'merge',
      body: { metadata: { annotations: { [memoryAnnotation]: memoryText(memory) ?? null } } },
      precondition: {
        ...(uid !== undefined && { uid }),
        ...(isBound && resourceVersion !== undefined && { resourceVersion }),
      },
      because: 'OPS-154',
      summary: isBound ? 'Remember what is said' : 'Forget what could not be said',
    }
    return applyWrites([write], {
      client: cluster.client,
      // What began before a stop is not written when the engine drives again.
      mayWrite: () => this.#queue.term === term && mayWrite(),
      recordEvent: () => undefined,
      onWritten: (_write, object) => {
        log('debug', write.summary, { namespace, rollout: name, rule: write.because })
        if (object !== undefined) this.#guard.wrote(keyOf(rollout), 'rollouts', object, false)
      },
      onHeldBack: () => undefined,
    })
  }
}

const about = (key: string) => {
  const [namespace, rollout] = key.split('/')
  return { namespace, rollout }
}

/** Without what cannot be said now: neither said nor remembered. */
const without = ({ sends, before, after }: ConditionPlan, keys: ReadonlySet<string>): ConditionPlan => ({
  sends: sends.filter(({ key }) => !keys.has(key)),
  before,
  after: new Map([...after].filter(([key]) => !keys.has(key) || before.has(key))),
})

/** All that may change what is true of it; what is remembered is none of it. */
function printOf({ metadata, status }: Rollout): string {
  const { generation, labels, annotations: { [memoryAnnotation]: _remembered, ...annotations } = {} } = metadata
  return JSON.stringify([generation, labels, annotations, status])
}

function roundAfterStop(stopped: Stopped): Round {
  if (stopped.kind === 'leaseLost') return leaseInDoubt
  return stopped.failure.kind === 'Conflict' ? { kind: 'later', delayMs: staleRetryMs } : roundAfter(stopped.failure)
}
