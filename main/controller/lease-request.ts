import type { Lease } from '#api/core.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatSeconds, parseTime } from '#lib/rfc3339.ts'

/** So long somebody who was asked has to answer; after that what they were asked counts for nothing (SR-6). */
export const requestLastsMs = 300_000
/** A request that is dated further ahead of the API server than this is none. */
const aheadMsMax = 60_000
const textMax = 500
/** A longer name would hide what it is about. */
const nameMax = 64

const names = {
  by: 'argosy.dev/requested-by',
  at: 'argosy.dev/requested-at',
  of: 'argosy.dev/requested-of',
  for: 'argosy.dev/requested-for',
  reason: 'argosy.dev/requested-reason',
  keptBy: 'argosy.dev/kept-by',
  allowedBy: 'argosy.dev/hand-over-by',
  handedTo: 'argosy.dev/handed-to',
} as const

/** Somebody asks the holder of a lease for it, by annotations on the Lease. All of it is a claim of whoever may write Leases there. */
export interface LeaseRequest {
  /** `user@host`. */
  readonly by: string
  /** By the API server's clock. */
  readonly at: EpochMs
  /** The identity of the holder that was asked. */
  readonly of: string
  /** The identity of the engine that waits for it. */
  readonly for: string
  readonly reason: string
  readonly answer: LeaseAnswer | undefined
}

export interface LeaseAnswer {
  /** `allowed`: a person at the holder's machine has told the holder to hand it over. */
  readonly kind: 'kept' | 'allowed'
  readonly by: string
}

/** What its present holder is asked; `undefined` when nobody asks, or somebody asked a holder before. */
export function requestOn({ metadata, spec }: Lease): LeaseRequest | undefined {
  const of = metadata.annotations ?? {}
  const [by, at, asked, waits] = [of[names.by], parseTime(of[names.at]), of[names.of], of[names.for]]
  if (!by || at === undefined || !asked || !waits || asked !== spec?.holderIdentity) return undefined
  const [keptBy, allowedBy] = [of[names.keptBy], of[names.allowedBy]]
  const answer = keptBy
    ? ({ kind: 'kept', by: short(keptBy, nameMax) } as const)
    : allowedBy
      ? ({ kind: 'allowed', by: short(allowedBy) } as const)
      : undefined
  return { by: short(by, nameMax), at, of: asked, for: waits, reason: short(of[names.reason] ?? ''), answer }
}

/** @param now the API server's time */
export const isLive = ({ at }: LeaseRequest, now: EpochMs): boolean =>
  now - at < requestLastsMs && at - now <= aheadMsMax

export const withRequest = (lease: Lease, { by, at, of, for: waits, reason }: Omit<LeaseRequest, 'answer'>): Lease =>
  annotated(withoutRequest(lease), {
    [names.by]: by,
    [names.at]: formatSeconds(at),
    [names.of]: of,
    [names.for]: waits,
    ...(reason === '' ? {} : { [names.reason]: reason.slice(0, textMax) }),
  })

export const withAnswer = (lease: Lease, { kind, by }: LeaseAnswer): Lease =>
  annotated(without(lease, [names.keptBy, names.allowedBy]), {
    [kind === 'kept' ? names.keptBy : names.allowedBy]: by,
  })

/** Given back with a word to others that wait: this one asked for it. */
export const withSuccessor = (lease: Lease, identity: string): Lease =>
  annotated(withoutRequest(lease), { [names.handedTo]: identity })

/** Whose turn it is once it is given back; a courtesy among engines of ours, which the reference knows nothing of. */
export const successorOn = ({ metadata }: Lease): string | undefined => metadata.annotations?.[names.handedTo]

/** As it is for a holder that nobody has asked yet. */
export const withoutRequest = (lease: Lease): Lease => without(lease, Object.values(names))

function without(lease: Lease, keys: readonly string[]): Lease {
  const { annotations } = lease.metadata
  if (annotations === undefined || keys.every((key) => annotations[key] === undefined)) return lease
  const rest = Object.entries(annotations).filter(([key]) => !keys.includes(key))
  return { ...lease, metadata: { ...lease.metadata, annotations: Object.fromEntries(rest) } }
}

const annotated = (lease: Lease, more: Readonly<Record<string, string>>): Lease => ({
  ...lease,
  metadata: { ...lease.metadata, annotations: { ...lease.metadata.annotations, ...more } },
})

/** Whoever may write the Lease chose it: one line, and no longer than a line. */
function short(text: string, max = textMax): string {
  const line = text.replaceAll(/\p{Cc}+/gu, ' ')
  return line.length <= max ? line : `${line.slice(0, max - 1)}…`
}
