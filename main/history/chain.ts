import { createHash } from 'node:crypto'
import type { EpochMs } from '#lib/clock.ts'

/** The two records that are only ever added to: acts of people with changes of ownership, and requests to clusters (ACT-15). */
export const chainNames = ['journal', 'written'] as const
export type ChainName = (typeof chainNames)[number]

/** What a link proves of an entry. */
export interface ChainEntry {
  readonly at: EpochMs
  /** The rollout or cluster that it is about. */
  readonly subject: string
  readonly body: string
}

/** How far a chain reaches. Entries before `first` have been pruned; `anchor` stands for them. */
export interface ChainHead {
  readonly first: number
  /** The hash of the link before the first. */
  readonly anchor: string
  readonly last: number
  /** The hash of the last link: whoever notes it down can prove later that nothing before it has changed. */
  readonly head: string
}

/** What is found under one id. */
export interface ChainPlace {
  readonly id: number
  readonly entry: ChainEntry | undefined
  /** Without the entry: its digest. It is salted, so that whoever is not told the entry cannot guess it. */
  readonly content?: string
  /** The entry is not told at all. */
  readonly isWithheld?: boolean
  readonly link: { readonly hash: string; readonly salt?: string } | undefined
}

export type ChainVerdict =
  | { readonly isUnbroken: true; readonly entries: number; readonly withheld: number }
  /** The first place where it does not hold. Whoever changes an entry and its link is found at the next one. */
  | { readonly isUnbroken: false; readonly id: number; readonly what: 'changed' | 'removed' | 'inserted' }

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The digest of one entry: SHA-256 over canonical JSON (RFC 8785) of what it says and where it stands. */
export const contentHash = (name: ChainName, id: number, { at, subject, body }: ChainEntry, salt: string): string =>
  sha256(JSON.stringify([name, id, at, subject, body, salt]))

/** The digest of one entry and of all that came before it. */
export const linkHash = (before: string, content: string): string => sha256(JSON.stringify([before, content]))

/** Whether a chain holds what it held when it was written (W10). `places` are in the order of their ids. */
export function verifyChain(name: ChainName, head: ChainHead, places: Iterable<ChainPlace>): ChainVerdict {
  let [next, before, entries, withheld] = [head.first, head.anchor, 0, 0]
  for (const place of places) {
    const isInside = place.id >= next && place.id <= head.last
    if (!isInside) return broken(place.id, 'inserted')
    if (place.id > next) return broken(next, 'removed')
    const hash = hashAfter(name, before, place)
    if (typeof hash !== 'string') return hash
    if (place.isWithheld === true) withheld++
    else entries++
    before = hash
    next++
  }
  if (next <= head.last) return broken(next, 'removed')
  return before === head.head ? { isUnbroken: true, entries, withheld } : broken(head.last, 'changed')
}

type Broken = Extract<ChainVerdict, { readonly isUnbroken: false }>

const broken = (id: number, what: Broken['what']): Broken => ({ isUnbroken: false, id, what })

function hashAfter(name: ChainName, before: string, { id, entry, link, ...place }: ChainPlace): string | Broken {
  if (link === undefined) return broken(id, 'inserted')
  const content = entry === undefined ? place.content : contentHash(name, id, entry, link.salt ?? '')
  if (content === undefined) return broken(id, 'removed')
  return linkHash(before, content) === link.hash ? link.hash : broken(id, 'changed')
}
