import type { Dispose } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { success } from '#lib/outcome.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import type { Engine } from '#main/controller/engine.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { LeaseDesk } from '#main/controller/lease-desk.ts'
import { followLease } from '#main/controller/lease-news.ts'
import { requestLastsMs } from '#main/controller/lease-request.ts'
import { localActor } from '#main/history/actor.ts'
import type { CliIo } from './io.ts'
import type { OwnershipJournal } from './ownership-journal.ts'

interface DeskSettings {
  readonly leaseNamespace: string
  readonly instanceId?: string | undefined
  readonly ask?: boolean | undefined
  readonly handOverOnRequest?: boolean | undefined
  readonly reason: string
  readonly journal: OwnershipJournal
}

/** After handing over, whoever asked has the lease to themselves for so long; then it is waited for again. */
const awayMs = 30_000

export interface Desk {
  /** To be called before the engine stops. */
  close(): Promise<void>
}

/** What an engine without a window is asked and asks (SR-6), told as lines of its log; and the record of its lease (ACT-15). */
export function openDesk(
  { engine, cluster }: { readonly engine: Engine; readonly cluster: Cluster },
  settings: DeskSettings,
  log: Log,
  io: Pick<CliIo, 'clock'>,
): Desk {
  const { context } = engine
  const { journal, leaseNamespace: namespace, instanceId: instanceID } = settings
  const { clock } = io
  const desk = new LeaseDesk({ engine, client: cluster.client, clock, namespace, instanceID, account: localActor() })
  let cancel: Dispose = () => undefined
  const handOver = async (why: string): Promise<void> => {
    const outcome = await desk.handOver()
    journal.add({ context, action: 'handOver', reason: why, outcome })
    if (!outcome.ok) log('warn', 'not handed over', { context, why: failureText(outcome.error) })
    if (engine.isWanted) return
    engine.observe()
    cancel = clock.after(awayMs, () => engine.start())
  }
  const ends = [
    followLease(engine, (news) => journal.add({ context, ...news, outcome: success(undefined) })),
    desk.follow({
      asked: ({ by, reason, at }) => {
        const until = formatSeconds(at + requestLastsMs)
        if (settings.handOverOnRequest === true) {
          log('info', 'somebody asks to drive: handing over', { context, by, reason })
          void handOver(`${by} asked for it`)
        } else {
          const answer = `argosy hand-over --context ${context}`
          log('warn', 'somebody asks to drive', {
            context,
            by,
            reason,
            until,
            handOver: answer,
            keep: `${answer} --keep`,
          })
        }
      },
      allowed: (by) => void handOver(`told by ${by}`),
    }),
    ...(settings.ask === true ? [askOnce(engine, desk, settings, log)] : []),
  ]
  return {
    async close() {
      cancel()
      for (const end of ends) end()
      await desk.withdraw()
    },
  }
}

/** Asks the first holder that is in the way, and tells what comes of it. */
function askOnce(engine: Engine, desk: LeaseDesk, { reason, journal }: DeskSettings, log: Log): Dispose {
  const { context } = engine
  let hasAsked = false
  let isTold = false
  const ask = async (holder: string): Promise<void> => {
    const outcome = await desk.ask(reason)
    journal.add({ context, action: 'askToDrive', reason, outcome })
    if (outcome.ok) log('info', 'asked for the lease', { context, holder })
    else log('warn', 'not asked for the lease', { context, why: failureText(outcome.error) })
  }
  return engine.onChange(() => {
    const { lease } = engine
    if (lease.state !== 'other') return
    if (!hasAsked) {
      hasAsked = true
      void ask(lease.holder)
    }
    const request = desk.view()
    if (request?.side !== 'ours' || request.keptBy === undefined || isTold) return
    isTold = true
    log('warn', 'the lease is kept; it is waited for', { context, by: request.keptBy })
  })
}
