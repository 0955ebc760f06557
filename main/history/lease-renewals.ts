import type { Lease } from '#api/core.ts'
import type { EpochMs } from '#lib/clock.ts'
import { readJson } from './record-body.ts'
import type { RecordedWrite } from './write-record.ts'

/** Renewals of one lease by one holder with nothing else in between. */
export interface Renewals {
  readonly count: number
  readonly since: EpochMs
  readonly last: RecordedWrite
}

interface Known {
  readonly tenure: string
  readonly renewals: Renewals | undefined
}

/**
 * Tells renewals of a lease from the writes that take it, give it back or fail: those stand by themselves. Taking a lease is no
 * renewal, so the first write of a holder never is.
 */
export class LeaseRenewals {
  readonly #known = new Map<string, Known>()

  /** Whether this write was only counted, and the counts that it ends. */
  see(write: RecordedWrite): { readonly isCounted: boolean; readonly ended: readonly Renewals[] } {
    if (!isOfHolder(write)) return { isCounted: false, ended: [] }
    const key = `${write.context} ${write.namespace}/${write.name}`
    const known = this.#known.get(key)
    const tenure = tenureOf(write)
    const isDone = write.code !== undefined && write.code < 300
    if (isDone && write.verb === 'update' && tenure !== '' && known?.tenure === tenure) {
      const { count, since } = known.renewals ?? { count: 0, since: write.at }
      this.#known.set(key, { tenure, renewals: { count: count + 1, since, last: write } })
      return { isCounted: true, ended: [] }
    }
    if (isDone) this.#known.set(key, { tenure, renewals: undefined })
    else if (known !== undefined) this.#known.set(key, { ...known, renewals: undefined })
    return { isCounted: false, ended: known?.renewals === undefined ? [] : [known.renewals] }
  }

  /** What was counted since the last time. */
  takeAll(): readonly Renewals[] {
    const taken = [...this.#known.values()].flatMap(({ renewals }) => renewals ?? [])
    for (const [key, { tenure }] of this.#known) this.#known.set(key, { tenure, renewals: undefined })
    return taken
  }
}

/** What a person writes to a lease is none of its holder's renewals. */
const isOfHolder = ({ resource, cause }: RecordedWrite): boolean =>
  resource === 'leases.coordination.k8s.io' && cause?.action === undefined

/** Who holds it, and how often it had gone to another before; empty: nobody. */
function tenureOf({ body }: RecordedWrite): string {
  const { spec } = (readJson(body?.text) ?? {}) as Partial<Lease>
  const { holderIdentity = '', leaseTransitions = 0 } = spec ?? {}
  return holderIdentity === '' ? '' : `${leaseTransitions} ${holderIdentity}`
}
