import { createHash } from 'node:crypto'
import { labels } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'
import { shareEqual } from '#lib/share-equal.ts'
import { type SecretPrints, secretPrints } from '../secret-prints.ts'
import type { History } from '../store.ts'
import { recordedForm } from './recorded-form.ts'
import { groupMax, nextVersion } from './versions.ts'

/**
 * Every version of every object that is seen, so that what was can be shown as what is (W9). Only differences are written; a restart
 * writes nothing of what is still as it was.
 */
export interface ObjectRecorder {
  /** There is this object, new or in another version. @param kind the name of the cache that it comes from */
  seen(context: string, kind: string, object: KubeObject, at: EpochMs): void
  gone(context: string, kind: string, object: KubeObject, at: EpochMs): void
  /** All objects of a kind that there are; what was there and is not among them went while nobody looked. */
  listed(context: string, kind: string, objects: Iterable<KubeObject>, at: EpochMs): void
  /** Whether the record of a context is complete from a time on (UI-HIST-4). */
  complete(context: string, isComplete: boolean, at: EpochMs): void
  /** Stores how far the record goes. To be called before it is read. */
  upToNow(): void
  /** To be called before the history is closed. */
  stop(): void
}

interface ObjectRecorderOptions {
  readonly history: Pick<History, 'add' | 'all' | 'lost'>
  readonly clock: Clock
}

interface Known {
  readonly id: number
  /** `undefined`: stored by an earlier session, so that the next version is whole. */
  readonly last: KubeObject | undefined
  readonly resourceVersion: string
  /** Of the last version. */
  readonly at: EpochMs
  /** Of the last version in its group. */
  readonly place: number
  readonly groupSince: EpochMs
  readonly parent: string
}

/** How much of the record a crash leaves unsure. */
const spanEveryMs = 60_000

export function createObjectRecorder({ history, clock }: ObjectRecorderOptions): ObjectRecorder {
  return new VersionRecorder(history, clock, secretPrints(history))
}

class VersionRecorder implements ObjectRecorder {
  readonly #history: ObjectRecorderOptions['history']
  readonly #clock: Clock
  readonly #prints: SecretPrints
  readonly #known = new Map<number, Known>()
  /** Since when the record of a context is complete. */
  readonly #spans = new Map<string, EpochMs>()
  #alarm: Dispose | undefined
  #lost = 0

  constructor(history: ObjectRecorderOptions['history'], clock: Clock, prints: SecretPrints) {
    this.#history = history
    this.#clock = clock
    this.#prints = prints
  }

  seen(context: string, kind: string, object: KubeObject, seenAt: EpochMs): void {
    this.#forgetIfLost()
    const id = objectId(context, kind, object)
    const { resourceVersion = '' } = object.metadata
    const known = this.#known.get(id) ?? this.#stored(id)
    if (known !== undefined && resourceVersion !== '' && known.resourceVersion === resourceVersion) {
      this.#known.set(id, known)
      return
    }
    const last = known?.last
    const form = shareEqual(last, recordedForm(object, this.#prints))
    if (known !== undefined && form === last) this.#known.set(id, { ...known, resourceVersion })
    else this.#write({ context, kind, object, id }, known, form, seenAt)
  }

  /** What was handed over may not have been stored: nothing can be a patch of it. */
  #forgetIfLost(): void {
    if (this.#history.lost === this.#lost) return
    this.#lost = this.#history.lost
    this.#known.clear()
  }

  #write(target: Target, known: Known | undefined, form: KubeObject, seenAt: EpochMs): void {
    const { id, object } = target
    const { resourceVersion = '' } = object.metadata
    const parent = parentOf(object)
    if (known?.parent !== parent) this.#history.add([objectRow(target, parent, undefined)])
    const before = known?.last === undefined || known.place >= groupMax ? undefined : known
    const next =
      before === undefined
        ? this.#newGroup(known, seenAt)
        : { ...before, at: Math.max(seenAt, before.at), place: before.place + 1 }
    const version = nextVersion(before?.last, form)
    const { at, place, groupSince } = next
    this.#history.add([{ table: 'version', objectId: id, at, place, resourceVersion, ...version }])
    this.#known.set(id, { id, last: form, resourceVersion, at, place, groupSince, parent })
  }

  /** Groups do not overlap in time, whatever the clock of this machine does. */
  #newGroup(known: Known | undefined, seenAt: EpochMs): Pick<Known, 'at' | 'place' | 'groupSince'> {
    if (known?.last !== undefined) this.#history.add([{ table: 'pack', objectId: known.id, since: known.groupSince }])
    const at = Math.max(seenAt, (known?.at ?? 0) + 1)
    return { at, place: 0, groupSince: at }
  }

  gone(context: string, kind: string, object: KubeObject, goneAt: EpochMs): void {
    this.#forgetIfLost()
    const id = objectId(context, kind, object)
    const known = this.#known.get(id) ?? this.#stored(id)
    if (known !== undefined) this.#end({ context, kind, object, id }, known, goneAt)
  }

  #end(target: Target, known: Known, goneAt: EpochMs): void {
    const { id } = target
    const at = Math.max(goneAt, known.at)
    this.#known.delete(id)
    this.#history.add([
      { table: 'version', objectId: id, at, place: known.place + 1, form: 'gone', resourceVersion: '', body: '' },
      { table: 'pack', objectId: id, since: known.groupSince },
      objectRow(target, known.parent, at),
    ])
  }

  listed(context: string, kind: string, objects: Iterable<KubeObject>, at: EpochMs): void {
    const present = new Set([...objects].map((object) => objectId(context, kind, object)))
    const rows = this.#history.all(
      'SELECT id, namespace, name, uid FROM object WHERE context = ? AND kind = ? AND goneAt IS NULL',
      context,
      kind,
    )
    for (const { id, namespace, name, uid } of rows) {
      const known = present.has(Number(id)) ? undefined : (this.#known.get(Number(id)) ?? this.#stored(Number(id)))
      const metadata = { namespace: String(namespace), name: String(name), uid: String(uid) }
      if (known !== undefined) this.#end({ context, kind, id: Number(id), object: { metadata } }, known, at)
    }
  }

  /** As an earlier session left it; `undefined` also of one that was gone. */
  #stored(id: number): Known | undefined {
    const [row] = this.#history.all(
      `SELECT at, place, form, resourceVersion, parent FROM version JOIN object ON object.id = objectId
       WHERE objectId = ? AND goneAt IS NULL ORDER BY at DESC, place DESC LIMIT 1`,
      id,
    )
    if (row === undefined) return undefined
    const [group] = this.#history.all(
      `SELECT max(at) AS since FROM version WHERE objectId = ? AND form IN ('whole', 'pack')`,
      id,
    )
    return {
      id,
      last: undefined,
      resourceVersion: String(row['resourceVersion']),
      at: Number(row['at']),
      place: Number(row['place']),
      groupSince: Number(group?.['since'] ?? row['at']),
      parent: String(row['parent']),
    }
  }

  complete(context: string, isComplete: boolean, at: EpochMs): void {
    const since = this.#spans.get(context)
    if (isComplete === (since !== undefined)) return
    if (isComplete) this.#spans.set(context, at)
    else this.#spans.delete(context)
    this.#history.add([{ table: 'span', context, since: since ?? at, until: Math.max(since ?? at, at) }])
    this.#arm()
  }

  upToNow(): void {
    this.#tellSpans()
  }

  #arm(): void {
    if (this.#spans.size > 0) this.#alarm ??= this.#clock.after(spanEveryMs, () => this.#tellSpans())
  }

  #tellSpans(): void {
    this.#alarm?.()
    this.#alarm = undefined
    const until = this.#clock.now()
    this.#history.add([...this.#spans].map(([context, since]) => ({ table: 'span', context, since, until })))
    this.#arm()
  }

  stop(): void {
    this.#tellSpans()
    this.#alarm?.()
    this.#spans.clear()
  }
}

interface Target {
  readonly context: string
  readonly kind: string
  readonly id: number
  readonly object: Pick<KubeObject, 'metadata'>
}

const objectRow = ({ context, kind, id, object }: Target, parent: string, goneAt: EpochMs | undefined) => {
  const { namespace = '', name, uid = '' } = object.metadata
  return { table: 'object', id, context, kind, namespace, name, uid, parent, goneAt } as const
}

/** As many bits as a number holds: that two of a million objects have the same has a chance of one in 18,000. */
function objectId(context: string, kind: string, { metadata }: Pick<KubeObject, 'metadata'>): number {
  const { namespace = '', name, uid = '' } = metadata
  const hash = createHash('sha256').update([context, kind, namespace, name, uid].join('\0')).digest()
  return hash.readUIntBE(0, 6) * 32 + (hash.readUIntBE(6, 1) % 32)
}

/** The uid of its owner, of the Rollout whose analysis it repeats, or of what it tells about. */
function parentOf(object: Pick<KubeObject, 'metadata'>): string {
  const { ownerReferences = [] } = object.metadata
  const owner = ownerReferences.find(({ controller }) => controller === true) ?? ownerReferences[0]
  if (owner !== undefined) return owner.uid
  const repeats = object.metadata.labels?.[labels.rerunFor]
  if (repeats !== undefined) return repeats
  if (!('involvedObject' in object)) return ''
  const { uid } = object.involvedObject as { readonly uid?: string }
  return uid ?? ''
}
