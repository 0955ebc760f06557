import type { KubeObject, ObjectMeta, Status } from '#api/meta.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { DeleteOptions } from '../store.ts'
import { fieldAt } from './fields.ts'
import { isContainer, type ServedKind, storageKey } from './kinds.ts'
import { conflict } from './status.ts'

/** What a delete request does now: take the object away, or leave it, marked, until its finalizers or its kubelet are done. */
export type Deletion =
  | { readonly outcome: 'removed' }
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'marked'; readonly object: KubeObject }

/** True once nothing holds a marked object back any more. */
export const mayGo = (object: KubeObject): boolean =>
  object.metadata.deletionTimestamp !== undefined &&
  (object.metadata.finalizers ?? []).length === 0 &&
  (object.metadata.deletionGracePeriodSeconds ?? 0) === 0

/** Why the preconditions of a deletion do not hold, `undefined` when they do. Upstream names the kind here, not its plural. */
export function refuseDeletion(kind: ServedKind, object: KubeObject, wanted: DeleteOptions): Status | undefined {
  const { name, uid, resourceVersion } = object.metadata
  const refused = (why: string) => conflict({ ...kind, plural: kind.kind }, name, why)
  if (wanted.uid !== undefined && wanted.uid !== uid)
    return refused(
      `the UID in the precondition (${wanted.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    )
  if (wanted.resourceVersion !== undefined && wanted.resourceVersion !== resourceVersion)
    return refused(
      `the ResourceVersion in the precondition (${wanted.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    )
  return undefined
}

export function planDeletion(kind: ServedKind, object: KubeObject, options: DeleteOptions, now: EpochMs): Deletion {
  const graceSeconds = gracePeriod(kind, object, options)
  const finalizers = finalizersFor(object.metadata.finalizers ?? [], options.propagationPolicy)
  if (finalizers.length === 0 && graceSeconds === 0 && !isContainer(kind)) return { outcome: 'removed' }
  const marked = mark(object, finalizers, graceSeconds, now)
  return marked === undefined ? { outcome: 'unchanged' } : { outcome: 'marked', object: marked }
}

function mark(
  object: KubeObject,
  finalizers: readonly string[],
  graceSeconds: number,
  now: EpochMs,
): KubeObject | undefined {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, generation, ...rest } = object.metadata
  const sameFinalizers = String(finalizers) === String(object.metadata.finalizers ?? [])
  const shortens = graceSeconds < deletionGracePeriodSeconds
  if (deletionTimestamp !== undefined && sameFinalizers && !shortens) return undefined
  const metadata: ObjectMeta = {
    ...rest,
    ...(finalizers.length > 0 && { finalizers }),
    deletionTimestamp:
      deletionTimestamp !== undefined && !shortens ? deletionTimestamp : formatSeconds(now + graceSeconds * 1000),
    deletionGracePeriodSeconds:
      deletionTimestamp !== undefined && !shortens ? deletionGracePeriodSeconds : graceSeconds,
    ...(generation !== undefined && { generation: deletionTimestamp === undefined ? generation + 1 : generation }),
  }
  return { ...object, metadata }
}

/** Seconds; only pods that run somewhere are given time. */
function gracePeriod(kind: ServedKind, object: KubeObject, { gracePeriodSeconds }: DeleteOptions): number {
  if (storageKey(kind) !== '/pods') return 0
  const phase = fieldAt(object, ['status', 'phase'])
  const runs = fieldAt(object, ['spec', 'nodeName']) !== undefined && phase !== 'Succeeded' && phase !== 'Failed'
  if (!runs) return 0
  const own = fieldAt(object, ['spec', 'terminationGracePeriodSeconds'])
  return Math.max(
    0,
    gracePeriodSeconds ?? object.metadata.deletionGracePeriodSeconds ?? (typeof own === 'number' ? own : 30),
  )
}

const orphan = 'orphan'
const foreground = 'foregroundDeletion'

/** `Background` clears what another policy asked for; no policy leaves it. The collector removes both finalizers. */
function finalizersFor(present: readonly string[], policy: DeleteOptions['propagationPolicy']): readonly string[] {
  if (policy === undefined) return present
  const others = present.filter((each) => each !== orphan && each !== foreground)
  if (policy === 'Orphan') return [...others, orphan]
  return policy === 'Foreground' ? [...others, foreground] : others
}
