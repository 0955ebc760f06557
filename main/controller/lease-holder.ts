import type { Lease } from '#api/core.ts'
import type { HolderView } from '#contract/ownership-views.ts'
import { parseTime } from '#lib/rfc3339.ts'

/** `argosy-<host>_<uuid>` (OPS-37); the reference's is `<host>_<uuid>`, the name of its pod (OPS-31). */
const ofArgosy = /^argosy-(.+)_[^_]+$/

/** Where the Argosy of that identity runs. */
export const hostOf = (identity: string): string | undefined => ofArgosy.exec(identity)?.[1]

/** Who a lease names; `undefined` when it was given back. */
export function holderOf(lease: Lease | undefined): HolderView | undefined {
  const { holderIdentity: identity, acquireTime } = lease?.spec ?? {}
  if (identity === undefined || identity === '') return undefined
  return { identity, host: hostOf(identity), since: parseTime(acquireTime) }
}
