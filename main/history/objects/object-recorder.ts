import type { KubeObject } from '#api/meta.ts'
import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'
import type { JsonPatchOperation } from '#lib/json-patch.ts'
import { shareEqual } from '#lib/share-equal.ts'
import { type ClockReading, readClock, sleptMs } from '#lib/sleep.ts'
import { type SecretPrints, secretPrints } from '../secret-prints.ts'
import type { History } from '../store.ts'
import { albumMetadata, anAlbum, isAlbum, isInAlbum, itemOf, type OpenAlbum, putItem, takeItem } from './album.ts'
import { objectId, parentOf } from './object-identity.ts'
import { objectAt } from './object-reader.ts'
import { idleMs } from './object-retention.ts'
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
  readonly history: Pick<History, 'add' | 'all' | 'stored' | 'lost'>
  readonly clock: Clock
}

interface Known {
  readonly id: number
  /** `undefined`: not known, for an earlier session stored it, or it is gone. */
  readonly last: KubeObject | undefined
  readonly resourceVersion: string
  /** Of the last version. */
  readonly at: EpochMs
  /** Of the last version in its group. */
  readonly place: number
  readonly groupSince: EpochMs
  readonly parent: string
  readonly isGone: boolean
}

/** How much of the record a crash leaves unsure. */
const spanEveryMs = 60_000
/** What is shorter is seen as soon as it is over. */
const sleepShortestMs = 30_000
const goneMax = 10_000

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
  #lastTold: ClockReading
  #alarm: Dispose | undefined
  #lost = 0
  #goneCount = 0

  constructor(history: ObjectRecorderOptions['history'], clock: Clock, prints: SecretPrints) {
    this.#history = history
    this.#clock = clock
    this.#prints = prints
    this.#lastTold = readClock(clock)
  }

  seen(context: string, kind: string, object: KubeObject, seenAt: EpochMs): void {
    this.#forgetIfLost()
    if (isInAlbum(kind)) return this.#seenInAlbum(context, kind, object, seenAt)
    const id = objectId(context, kind, object)
    const { resourceVersion = '' } = object.metadata
    const known = this.#of(id)
    const isSame = known?.isGone === false && resourceVersion !== '' && known.resourceVersion === resourceVersion
    if (isSame) return
    const target = { context, kind, object, id, parent: parentOf(object) }
    const form = shareEqual(known?.last, recordedForm(object, this.#prints))
    if (known?.isGone === false && form === known.last) this.#known.set(id, { ...known, resourceVersion })
    else this.#write(target, known, form, seenAt)
  }

  #seenInAlbum(context: string, kind: string, object: KubeObject, seenAt: EpochMs): void {
    const target = albumTarget(context, kind, object)
    const known = this.#of(target.id)
    const album = openAlbum(known, target)
    const before = itemOf(album, object)
    const item = shareEqual(before, recordedForm(object, this.#prints))
    if (item !== before) this.#write(target, known, album, seenAt, putItem(album, item))
  }

  #of(id: number): Known | undefined {
    const known = this.#known.get(id) ?? this.#stored(id)
    if (known !== undefined) this.#known.set(id, known)
    return known
  }

  /** What was handed over may not have been stored: nothing can be a patch of it. */
  #forgetIfLost(): void {
    if (this.#history.lost === this.#lost) return
    this.#lost = this.#history.lost
    this.#known.clear()
  }

  /** Writes a version that differs from the last. @param patch what makes it of that */
  #write(
    target: Target,
    known: Known | undefined,
    form: KubeObject,
    seenAt: EpochMs,
    patch?: readonly JsonPatchOperation[],
  ): void {
    const { id, object, parent } = target
    const { resourceVersion = '' } = object.metadata
    if (known === undefined || known.isGone || known.parent !== parent)
      this.#history.add([objectRow(target, undefined)])
    const before = known !== undefined && goesOn(known, seenAt) ? known : undefined
    const next =
      before === undefined
        ? this.#newGroup(known, seenAt)
        : { ...before, at: Math.max(seenAt, before.at), place: before.place + 1 }
    const version = nextVersion(before?.last, form, patch)
    const { at, place, groupSince } = next
    this.#history.add([{ table: 'version', objectId: id, at, place, resourceVersion, ...version }])
    this.#known.set(id, { id, last: form, resourceVersion, at, place, groupSince, parent, isGone: false })
  }

  /** Groups do not overlap in time, whatever the clock of this machine does. */
  #newGroup(known: Known | undefined, seenAt: EpochMs): Pick<Known, 'at' | 'place' | 'groupSince'> {
    if (known?.last !== undefined) this.#history.add([{ table: 'pack', objectId: known.id, since: known.groupSince }])
    const at = Math.max(seenAt, (known?.at ?? 0) + 1)
    return { at, place: 0, groupSince: at }
  }

  gone(context: string, kind: string, object: KubeObject, goneAt: EpochMs): void {
    this.#forgetIfLost()
    if (isInAlbum(kind)) return this.#leftAlbum(albumTarget(context, kind, object), object, goneAt)
    const id = objectId(context, kind, object)
    this.#end({ context, kind, object, id, parent: parentOf(object) }, goneAt)
  }

  #leftAlbum(target: Target, object: KubeObject, goneAt: EpochMs): void {
    const known = this.#of(target.id)
    const album = openAlbum(known, target)
    if (itemOf(album, object) === undefined) return
    if (Object.keys(album.items).length === 1) this.#end(target, goneAt)
    else this.#write(target, known, album, goneAt, takeItem(album, object))
  }

  #end(target: Target, goneAt: EpochMs): void {
    const { id } = target
    const known = this.#of(id)
    if (known === undefined || known.isGone) return
    const at = Math.max(goneAt, known.at)
    this.#history.add([
      { table: 'version', objectId: id, at, place: known.place + 1, form: 'gone', resourceVersion: '', body: '' },
      { table: 'pack', objectId: id, since: known.groupSince },
      objectRow({ ...target, parent: known.parent }, at),
    ])
    this.#known.set(id, { ...known, at, last: undefined, isGone: true })
    this.#forgetTheGone()
  }

  /** They are remembered until what was told of them is stored. */
  #forgetTheGone(): void {
    if (++this.#goneCount < goneMax) return
    this.#goneCount = 0
    this.#history.all('SELECT 1')
    for (const [id, { isGone }] of this.#known) if (isGone) this.#known.delete(id)
  }

  listed(context: string, kind: string, objects: Iterable<KubeObject>, at: EpochMs): void {
    const rows = this.#history.all(
      'SELECT id, namespace, name, uid, parent FROM object WHERE context = ? AND kind = ? AND goneAt IS NULL',
      context,
      kind,
    )
    const targets = rows.map((row): Target => targetOf(context, kind, row))
    if (isInAlbum(kind)) return this.#listedInAlbums(targets, [...objects], at)
    const present = new Set([...objects].map((object) => objectId(context, kind, object)))
    for (const target of targets) if (!present.has(target.id)) this.#end(target, at)
  }

  #listedInAlbums(targets: readonly Target[], objects: readonly KubeObject[], at: EpochMs): void {
    const present = new Set(objects.map(({ metadata }) => metadata.uid))
    for (const target of targets)
      for (const item of Object.values(openAlbum(this.#of(target.id), target).items))
        if (!present.has(item.metadata.uid)) this.#leftAlbum(target, item, at)
  }

  /** As an earlier session left it; `undefined` also of one that was gone. */
  #stored(id: number): Known | undefined {
    const [row] = this.#history.stored(
      `SELECT kind, parent, last.at, last.resourceVersion, (
         SELECT max(at) FROM (SELECT max(at) AS at FROM version WHERE objectId = ?1 AND form = 'whole'
           UNION ALL SELECT max(since) FROM pack WHERE objectId = ?1)) AS groupSince
       FROM object JOIN (
         SELECT at, resourceVersion FROM (SELECT at, place, resourceVersion FROM version WHERE objectId = ?1
           UNION ALL SELECT since, 0, resourceVersion FROM pack WHERE objectId = ?1)
         ORDER BY at DESC, place DESC LIMIT 1) AS last
       WHERE object.id = ?1 AND goneAt IS NULL`,
      id,
    )
    if (row === undefined) return undefined
    const reader = { all: this.#history.stored }
    return {
      id,
      last: isInAlbum(String(row['kind'])) ? objectAt(reader, id, Number.MAX_SAFE_INTEGER) : undefined,
      resourceVersion: String(row['resourceVersion']),
      at: Number(row['at']),
      // What follows begins a group of its own.
      place: groupMax,
      groupSince: Number(row['groupSince']),
      parent: String(row['parent']),
      isGone: false,
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
    if (this.#spans.size === 0 || this.#alarm !== undefined) return
    this.#lastTold = readClock(this.#clock)
    this.#alarm = this.#clock.after(spanEveryMs, () => this.#tellSpans())
  }

  #tellSpans(): void {
    this.#alarm?.()
    this.#alarm = undefined
    const until = this.#clock.now()
    // Of a sleep the end of what was seen before it is as unsure as that of a crash.
    const hasSlept = sleptMs(this.#lastTold, readClock(this.#clock)) > sleepShortestMs
    if (hasSlept) for (const context of this.#spans.keys()) this.#spans.set(context, until)
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
  readonly parent: string
}

function albumTarget(context: string, kind: string, item: KubeObject): Target {
  const parent = parentOf(item)
  const object = { metadata: albumMetadata(parent, item) }
  return { context, kind, object, id: objectId(context, kind, object), parent }
}

const targetOf = (context: string, kind: string, row: Record<string, unknown>): Target => ({
  context,
  kind,
  id: Number(row['id']),
  object: { metadata: { namespace: String(row['namespace']), name: String(row['name']), uid: String(row['uid']) } },
  parent: String(row['parent']),
})

const openAlbum = (known: Known | undefined, { object }: Target): OpenAlbum =>
  isAlbum(known?.last) ? known.last : anAlbum(object.metadata)

/** Not after a rest: the group is packed by then, and what followed would lie beside it, loose. */
const goesOn = ({ last, place, at }: Known, seenAt: EpochMs): boolean =>
  last !== undefined && place < groupMax && seenAt - at <= idleMs

const objectRow = ({ context, kind, id, object, parent }: Target, goneAt: EpochMs | undefined) => {
  const { namespace = '', name, uid = '' } = object.metadata
  return { table: 'object', id, context, kind, namespace, name, uid, parent, goneAt } as const
}
