import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import type { Clock, Dispose } from '#lib/clock.ts'
import { redactText } from '#lib/redact-text.ts'
import type { WriteSent } from '#lib/write-sent.ts'
import { localActor } from './actor.ts'
import type { HistoryRow } from './history-row.ts'
import { LeaseRenewals, type Renewals } from './lease-renewals.ts'
import { withoutQueries } from './objects/analysis-form.ts'
import { readJson, writeBody } from './record-body.ts'
import { redactJson } from './redact-template.ts'
import { type SecretPrints, secretPrints } from './secret-prints.ts'
import type { History } from './store.ts'

/** A write to one cluster, and who the cluster says that we are. */
export interface RecordedWrite extends WriteSent {
  readonly context: string
  readonly user: string | undefined
}

/** Every write of this process, for whomever it was made (ACT-15). Only renewals of a lease are counted together. */
export interface WriteRecord {
  readonly add: (write: RecordedWrite) => void
  /** Stores the renewals counted so far. To be called before the history is closed. */
  stop(): void
}

interface WriteRecordOptions {
  readonly history: Pick<History, 'add' | 'all'>
  readonly clock: Clock
  readonly via: 'window' | 'cli'
}

/** Renewals come every two seconds; how many there were is stored this often, and when their row ends. */
const renewalsEveryMs = 10 * 60_000

export function createWriteRecord({ history, clock, via }: WriteRecordOptions): WriteRecord {
  const prints = secretPrints(history)
  const place: Place = { via, account: localActor(), host: hostname() }
  const renewals = new LeaseRenewals()
  let alarm: Dispose | undefined
  const store = (counted: readonly Renewals[]): void => history.add(counted.map((each) => renewalsRow(each, place)))
  const storeAll = (): void => {
    alarm = undefined
    store(renewals.takeAll())
  }
  return {
    add: (write) => {
      const { isCounted, ended } = renewals.see(write)
      store(ended)
      if (isCounted) alarm ??= clock.after(renewalsEveryMs, storeAll)
      else history.add([writeRow(write, place, prints)])
    },
    stop() {
      alarm?.()
      storeAll()
    },
  }
}

interface Place {
  readonly via: 'window' | 'cli'
  readonly account: string
  readonly host: string
}

/** What a row holds of who, where and what; the rest is in its body. */
const headOf = ({ context, user, verb, resource, subresource, namespace, name, code }: RecordedWrite) => ({
  context,
  user,
  verb,
  resource,
  subresource,
  namespace,
  name,
  code,
})

function writeRow(write: RecordedWrite, place: Place, prints: SecretPrints): HistoryRow {
  const { at, context, cause = {}, problem, resourceVersion } = write
  const reason = cause.reason === undefined ? undefined : redactText(cause.reason)
  const by = cause.action === undefined ? 'engine' : 'person'
  const request = requestOf(write, prints)
  const body = writeBody({ ...headOf(write), ...place, by, ...cause, reason, problem, resourceVersion, request })
  return { table: 'written', at, context, body }
}

/** Bodies are rarely more than a template; of a longer one its print tells whether two are the same. */
const bodyMax = 256 * 1024

/** The exact body, but for secret values (ADR 11); objects that are secrets themselves are not kept at all. */
function requestOf({ body, resource }: RecordedWrite, prints: SecretPrints) {
  if (body === undefined) return undefined
  const { type, text } = body
  if (resource === 'secrets' || text.length > bodyMax)
    return { type, bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') }
  const json = readJson(text)
  const kept = resource.startsWith('analysisruns') ? withoutQueries(json) : json
  return { type, body: json === undefined ? redactText(text) : redactJson(kept, prints) }
}

const renewalsRow = ({ last, count, since }: Renewals, place: Place): HistoryRow => ({
  table: 'written',
  at: last.at,
  context: last.context,
  body: writeBody({ ...headOf(last), ...place, by: 'engine', renewals: { count, since, until: last.at } }),
})
