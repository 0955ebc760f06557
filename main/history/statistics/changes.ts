import type { FailureKind } from '#contract/statistics-views.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { PastUpdate } from './past-update.ts'

/** An update as statistics see it: among those before and after it, and those of the same revision elsewhere. */
export interface Change extends PastUpdate {
  /** It went back to what had been completed there before: the remedy of another change, and none of its own. */
  readonly isReturn: boolean
  readonly failure: Failing | undefined
  /** From the first sight of its revision in any cluster; only where it is completed for the first time. */
  readonly leadMs: number | undefined
  /** The same until it was completed in every cluster where it had begun; told by the last of them. */
  readonly leadEverywhereMs: number | undefined
}

export interface Failing {
  readonly kind: FailureKind
  readonly at: EpochMs
  /** The end of the next completed update of the same rollout. */
  readonly restored: { readonly at: EpochMs; readonly isUnseen: boolean } | undefined
  /** The update that brought the version before it back. */
  readonly returnedBy: PastUpdate | undefined
}

/** @param updates all there are, oldest first */
export function changesOf(updates: readonly PastUpdate[]): readonly Change[] {
  const byKey = Map.groupBy(updates, ({ entry }) => entry.key)
  const returns = new Map<PastUpdate, PastUpdate>()
  for (const own of byKey.values()) for (const [back, change] of returnsIn(own)) returns.set(back, change)
  const returnedBy = new Map(
    [...returns].filter(([back]) => back.entry.outcome === 'Completed').map(([a, b]) => [b, a]),
  )
  const leads = leadsOf(updates.filter((update) => !returns.has(update)))
  return updates.map((update) => ({
    ...update,
    isReturn: returns.has(update),
    failure: failureOf(update, byKey.get(update.entry.key) ?? [], returnedBy.get(update)),
    leadMs: leads.here.get(update),
    leadEverywhereMs: leads.everywhere.get(update),
  }))
}

/**
 * Updates back to a template that was completed before, each with the change that it undoes: the last that was completed. Once more
 * to what has just been undone is a change again.
 */
function returnsIn(own: readonly PastUpdate[]): readonly (readonly [back: PastUpdate, change: PastUpdate])[] {
  const found: (readonly [PastUpdate, PastUpdate])[] = []
  const completed = new Set<string>()
  let last: PastUpdate | undefined
  let undone: PastUpdate | undefined
  for (const update of own) {
    const hash = `${update.uid} ${update.podHash}`
    const isKnown = completed.has(hash) && update.podHash !== last?.podHash
    const isBack =
      last?.uid === update.uid && update.podHash !== undone?.podHash && (isKnown || undoesVersion(update, last))
    if (isBack && last !== undefined) found.push([update, last])
    if (update.entry.outcome !== 'Completed') continue
    completed.add(hash)
    undone = isBack ? last : undefined
    last = update
  }
  return found
}

/** For what was stable before recording began. */
const undoesVersion = ({ entry: back }: PastUpdate, { entry: change }: PastUpdate): boolean =>
  change.fromVersion !== undefined &&
  change.fromVersion !== change.toVersion &&
  back.toVersion === change.fromVersion &&
  back.fromVersion === change.toVersion

function failureOf(
  update: PastUpdate,
  own: readonly PastUpdate[],
  returnedBy: PastUpdate | undefined,
): Failing | undefined {
  const { entry, degradedAt } = update
  const { endedAt } = entry
  const kind = kindOf(update, returnedBy)
  if (kind === undefined || endedAt === undefined) return undefined
  const turnedAt = {
    aborted: endedAt,
    rolledBack: endedAt,
    returned: returnedBy?.entry.startedAt,
    degraded: undefined,
  }[kind]
  const at = Math.min(degradedAt ?? Number.POSITIVE_INFINITY, turnedAt ?? Number.POSITIVE_INFINITY)
  const next = own.find(
    (each) =>
      each.entry.outcome === 'Completed' &&
      (each === update ? kind === 'degraded' : each.entry.startedAt >= entry.startedAt) &&
      (each.entry.endedAt ?? 0) > at,
  )
  const restored = next?.entry.endedAt === undefined ? undefined : { at: next.entry.endedAt, isUnseen: next.isUnseen }
  return { kind, at, restored, returnedBy }
}

function kindOf(
  { entry: { outcome }, degradedAt }: PastUpdate,
  returnedBy: PastUpdate | undefined,
): FailureKind | undefined {
  if (outcome === 'Aborted') return 'aborted'
  if (outcome === 'RolledBack') return 'rolledBack'
  if (outcome !== 'Completed' && outcome !== 'Superseded') return undefined
  if (returnedBy !== undefined) return 'returned'
  return degradedAt === undefined ? undefined : 'degraded'
}

/**
 * A revision is the same in all clusters where an update of an application leads to the same version, or, where the version stays,
 * to the same pod template.
 */
const revisionOf = ({ entry, podHash }: PastUpdate): string => {
  const { namespace, name, fromVersion, toVersion } = entry
  const isNewVersion = toVersion !== undefined && toVersion !== fromVersion
  return `${namespace}/${name} ${isNewVersion ? `version ${toVersion}` : `template ${podHash}`}`
}

interface Leads {
  readonly here: ReadonlyMap<PastUpdate, number>
  readonly everywhere: ReadonlyMap<PastUpdate, number>
}

function leadsOf(updates: readonly PastUpdate[]): Leads {
  const [here, everywhere] = [new Map<PastUpdate, number>(), new Map<PastUpdate, number>()]
  for (const same of Map.groupBy(updates, revisionOf).values()) {
    const seenAt = Math.min(...same.map(({ entry }) => entry.startedAt))
    const firsts = [...Map.groupBy(same, ({ entry }) => entry.key).values()].map((own) =>
      own.find(({ entry }) => entry.outcome === 'Completed'),
    )
    const done = firsts.flatMap((each) => each ?? []).filter(({ entry }) => entry.endedAt !== undefined)
    const leadOf = ({ entry }: PastUpdate) => (entry.endedAt ?? 0) - seenAt
    for (const each of done) if (!each.isUnseen) here.set(each, leadOf(each))
    const [last] = done.toSorted((a, b) => leadOf(b) - leadOf(a))
    if (last !== undefined && done.length === firsts.length && !last.isUnseen) everywhere.set(last, leadOf(last))
  }
  return { here, everywhere }
}
