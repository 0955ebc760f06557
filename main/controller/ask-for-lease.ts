import type { Lease } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { parseTime } from '#lib/rfc3339.ts'
import type { WriteCause } from '#lib/write-sent.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { type HolderKind, holderKind } from './lease-holder.ts'
import { isLive, type LeaseAnswer, requestOn, withAnswer, withoutRequest, withRequest } from './lease-request.ts'
import { findReferenceControllers } from './ownership.ts'

interface Place {
  readonly client: ClusterClient
  readonly at: { readonly namespace: string; readonly name: string }
  /** By our clock; the API server's is worked out from it. */
  readonly now: EpochMs
}

export interface Asking {
  /** `user@host`. */
  readonly by: string
  /** The identity of the engine that waits for the lease. */
  readonly identity: string
  readonly reason: string
  /** Of a lock that nobody but an Argosy at somebody's machine takes: whoever holds it reads what it is asked. */
  readonly isOfPlan?: boolean
}

/** The holder renews every two seconds, and each renewal is another version. */
const triesMax = 5

export const serverNow = ({ client, now }: Pick<Place, 'client' | 'now'>): EpochMs => now + (client.clockOffsetMs ?? 0)

/** Asks the holder of the lease for it (SR-6). Refused where nobody would read it, with what to do instead. */
export async function askForLease(
  place: Place,
  { by, identity, reason, isOfPlan = false }: Asking,
): Promise<Outcome<void, Failure>> {
  const controllers = isOfPlan ? success([]) : await findReferenceControllers(place.client)
  const around = controllers.ok ? controllers.value : []
  const cause = { action: 'askToDrive', reason, summary: 'Ask the holder for the lease' }
  return change(place, cause, (lease, now) => {
    const holder = holderOf(lease, now)
    if (holder === undefined) return failure('Nobody has the lease: there is nobody to ask, and it is taken at once.')
    if (holder === identity) return failure('The lease is ours already.')
    const refused = isOfPlan ? undefined : refusalOf(holderKind(holder, around), holder)
    if (refused !== undefined) return failure(refused)
    const before = requestOn(lease)
    const isOpen = before !== undefined && isLive(before, now) && before.answer === undefined
    if (isOpen && before.for !== identity)
      return failure(`${before.by} has asked for it already, and is not answered yet.`)
    return success(withRequest(lease, { by, at: now, of: holder, for: identity, reason }))
  })
}

/** Who asked goes away: nobody is to hand over to them any more. */
export const withdrawRequest = (place: Place, identity: string): Promise<Outcome<void, Failure>> =>
  change(place, { action: 'withdrawAsking', summary: 'Ask for the lease no more' }, (lease) =>
    requestOn(lease)?.for === identity ? success(withoutRequest(lease)) : failure('Nothing is asked for.'),
  )

/** Of a person at the machine of the holder. */
export const answerForLease = (
  place: Place,
  answer: LeaseAnswer,
  { reason, holder }: { readonly reason: string; readonly holder: (identity: string) => Outcome<void, string> },
): Promise<Outcome<void, Failure>> => {
  const action = answer.kind === 'kept' ? 'keepDriving' : 'handOver'
  const summary =
    answer.kind === 'kept' ? 'Keep the lease that was asked for' : 'Tell the holder to hand the lease over'
  return change(place, { action, reason, summary }, (lease, now) => {
    const request = requestOn(lease)
    if (request === undefined || !isLive(request, now)) return failure('Nobody asks for the lease.')
    const open = holder(request.of)
    return open.ok ? success(withAnswer(lease, answer)) : open
  })
}

function refusalOf(kind: HolderKind, holder: string): string | undefined {
  switch (kind) {
    case 'argosy':
      return undefined
    case 'inCluster':
      return `${holder} runs in the cluster, where nobody reads what it is asked. Scale its Deployment to 0: it hands the lease back.`
    case 'controller':
      return `${holder} is no Argosy and reads nothing that it is asked. Scale its Deployment to 0: the lease is free about 15 s later.`
  }
}

/** As those see it who do not stay to watch it being renewed. */
function holderOf({ spec }: Lease, now: EpochMs): string | undefined {
  const until = (parseTime(spec?.renewTime) ?? 0) + (spec?.leaseDurationSeconds ?? 0) * 1000
  return now < until ? spec?.holderIdentity || undefined : undefined
}

async function change(
  { client, at, now }: Place,
  cause: WriteCause,
  to: (lease: Lease, now: EpochMs) => Outcome<Lease, string>,
): Promise<Outcome<void, Failure>> {
  for (let tries = 1; ; tries++) {
    const read = await client.get(resources.leases, at)
    if (!read.ok && read.error.kind !== 'NotFound') return read
    const absent: Lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { ...at } }
    const changed = to(read.ok ? (read.value as Lease) : absent, serverNow({ client, now }))
    if (!changed.ok) return failure({ kind: 'Invalid', message: changed.error, causes: [] })
    // With the version that was read: whatever happened to the lease meanwhile is looked at again first.
    const written = await client.update(resources.leases, changed.value, { cause })
    if (written.ok) return success(undefined)
    if (written.error.kind !== 'Conflict' || tries === triesMax) return written
  }
}
