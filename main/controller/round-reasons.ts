import { fieldManager } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { NamedObject, Reason } from '#lib/reason.ts'
import { sentence } from '#lib/sentence.ts'
import type { RequestWrite, Stopped } from './apply-writes.ts'

/** What a round ran into that no object tells. */
export type Encounter =
  | { readonly kind: 'done' }
  | { readonly kind: 'stopped'; readonly stopped: Stopped }
  /** What it would have looked at could not be read. */
  | { readonly kind: 'unobserved'; readonly failure: Failure }
  | { readonly kind: 'fault' }

/** Conflicts in a row, or repeats of one write, from which on somebody else is taken to be at it too. */
const fightFrom = 3
/** Repeats further apart than this are no fight. */
const fightMs = 60_000
/** Different writes remembered per Rollout. */
const repeatsMax = 16

interface Remembered {
  reasons: readonly Reason[]
  conflicts: number
  /** Pods that a disruption budget holds, in the round under way. */
  heldBack: Reason[]
  /** When each write, by its summary, was last done, and how often without a long break. */
  readonly repeats: Map<string, { times: number; at: EpochMs }>
  fight: Reason | undefined
  endFight: Dispose
}

/**
 * Why rounds of a Rollout come to nothing, as data: refused writes, evictions held back, other writers, own faults. Kept until the
 * next round says otherwise, with the time at which it was first met.
 */
export class RoundReasons {
  readonly #clock: Clock
  readonly #changed: (key: string) => void
  readonly #remembered = new Map<string, Remembered>()

  /** @param changed told after each change, by `namespace/name` */
  constructor(clock: Clock, changed: (key: string) => void) {
    this.#clock = clock
    this.#changed = changed
  }

  of(key: string): readonly Reason[] {
    return this.#remembered.get(key)?.reasons ?? []
  }

  forget(key: string): void {
    this.#remembered.get(key)?.endFight()
    this.#remembered.delete(key)
  }

  forgetAll(): void {
    for (const key of [...this.#remembered.keys()]) this.forget(key)
  }

  /** A disruption budget refused an eviction; the round goes on (REC-125). */
  heldBack(key: string, write: RequestWrite, message: string): void {
    const { name } = write.ref
    const budget = /disruption budget (\S+) needs/.exec(message)?.[1]
    const object = budget === undefined ? { kind: 'Pod', name } : { kind: 'PodDisruptionBudget', name: budget }
    const values = { name, message: sentence(message.replace(/^.*(?=The disruption budget)/s, '')) }
    this.#entry(key).heldBack.push({ cause: 'disruptionBudget', object, since: this.#clock.now(), values })
  }

  /** A write that was carried out. The same one again and again means that somebody undoes it. */
  written(key: string, write: RequestWrite, seen: KubeObject | undefined): void {
    if ('subresource' in write && write.subresource === 'status') return
    const entry = this.#entry(key)
    const now = this.#clock.now()
    const before = entry.repeats.get(write.summary)
    const times = before !== undefined && now - before.at < fightMs ? before.times + 1 : 1
    entry.repeats.delete(write.summary)
    entry.repeats.set(write.summary, { times, at: now })
    const [oldest] = entry.repeats.keys()
    if (entry.repeats.size > repeatsMax && oldest !== undefined) entry.repeats.delete(oldest)
    if (times >= fightFrom) this.#fights(key, entry, write, seen)
  }

  /** How the round of a Rollout ended. */
  ended(key: string, encounter: Encounter, seen?: KubeObject): void {
    const entry = this.#entry(key)
    const met = encounter.kind === 'done' ? [] : this.#met(key, entry, encounter, seen)
    const isConflict = encounter.kind === 'stopped' && causedBy(encounter.stopped)?.kind === 'Conflict'
    entry.conflicts = isConflict ? entry.conflicts + 1 : 0
    const fight = entry.fight === undefined ? [] : [entry.fight]
    const held = entry.heldBack.splice(0).slice(0, 1)
    this.#set(key, entry, [...met, ...fight.filter(({ cause }) => met[0]?.cause !== cause), ...held])
  }

  #met(
    key: string,
    entry: Remembered,
    encounter: Exclude<Encounter, { kind: 'done' }>,
    seen: KubeObject | undefined,
  ): readonly Reason[] {
    const since = this.#clock.now()
    if (encounter.kind === 'fault') return [{ cause: 'engineFault', object: rolloutOf(key), since, values: {} }]
    if (encounter.kind === 'unobserved') return unread(key, encounter.failure, since)
    const cause = causedBy(encounter.stopped)
    if (encounter.stopped.kind !== 'failed' || cause === undefined || encounter.stopped.write.kind === 'event')
      return []
    const { ref } = encounter.stopped.write
    const object = { kind: ref.resource.kind, name: ref.name }
    if (cause.kind === 'Forbidden' && isMissingRight(cause.message)) {
      const { verb, resource, namespace = ref.namespace ?? '' } = cause
      return [{ cause: 'missingRight', object, since, values: { verb, resource, namespace } }]
    }
    if (cause.kind === 'Forbidden' || cause.kind === 'Invalid')
      return [{ cause: 'writeRefused', object, since, values: { ...object, message: sentence(cause.message) } }]
    if (cause.kind !== 'Conflict' || entry.conflicts + 1 < fightFrom) return []
    return [{ cause: 'anotherWriter', object, since, values: { ...object, manager: managerOf(seen) } }]
  }

  /** Ends by itself once nothing has had to be repeated for a while. */
  #fights(key: string, entry: Remembered, write: RequestWrite, seen: KubeObject | undefined): void {
    const object = { kind: write.ref.resource.kind, name: write.ref.name }
    const values = { ...object, manager: managerOf(seen) }
    const since = entry.fight?.since ?? this.#clock.now()
    entry.fight = { cause: 'anotherWriter', object, since, values }
    entry.endFight()
    entry.endFight = this.#clock.after(fightMs, () => {
      entry.fight = undefined
      this.#set(
        key,
        entry,
        entry.reasons.filter(({ cause }) => cause !== 'anotherWriter'),
      )
    })
  }

  #entry(key: string): Remembered {
    const known = this.#remembered.get(key)
    if (known !== undefined) return known
    const entry: Remembered = {
      reasons: [],
      conflicts: 0,
      heldBack: [],
      repeats: new Map(),
      fight: undefined,
      endFight: () => undefined,
    }
    this.#remembered.set(key, entry)
    return entry
  }

  #set(key: string, entry: Remembered, reasons: readonly Reason[]): void {
    const kept = reasons.map((each) => entry.reasons.find((before) => isSame(before, each)) ?? each)
    const isUnchanged = kept.length === entry.reasons.length && kept.every((each) => entry.reasons.includes(each))
    entry.reasons = kept
    if (!isUnchanged) this.#changed(key)
  }
}

const causedBy = (stopped: Stopped): Failure | undefined => (stopped.kind === 'failed' ? stopped.failure : undefined)

/** As RBAC refuses; an admission check refuses with the same code. */
const isMissingRight = (message: string): boolean => /cannot \w+ resource/.test(message)

function unread(key: string, failure: Failure, since: EpochMs): readonly Reason[] {
  if (failure.kind !== 'Forbidden') return []
  const { verb, resource, namespace = key.split('/')[0] ?? '' } = failure
  return [{ cause: 'missingRight', object: rolloutOf(key), since, values: { verb, resource, namespace } }]
}

const rolloutOf = (key: string): NamedObject => ({ kind: 'Rollout', name: key.split('/')[1] ?? key })

const isSame = (a: Reason, b: Reason): boolean =>
  a.cause === b.cause && a.object?.kind === b.object?.kind && a.object?.name === b.object?.name

/** Who else wrote the object last, as the API server keeps it. */
function managerOf(seen: KubeObject | undefined): string {
  const others = (seen?.metadata.managedFields ?? []).filter(
    ({ manager, subresource }) => manager !== undefined && manager !== fieldManager && subresource !== 'status',
  )
  const latest = others.toSorted((a, b) => ((a.time ?? '') < (b.time ?? '') ? 1 : -1))[0]
  return latest?.manager ?? 'Something else'
}
