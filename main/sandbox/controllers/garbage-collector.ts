import type { KubeObject, Status } from '#api/meta.ts'
import type { Outcome } from '#lib/outcome.ts'
import type { SandboxStore } from '../store.ts'
import { type Controller, settled } from './controller.ts'
import type { Indexed, ObjectIndex } from './object-index.ts'
import { atOf, keyOf } from './object-key.ts'
import { inOrder, removeObject, updateObject } from './write.ts'

const orphan = 'orphan'
const foreground = 'foregroundDeletion'

/**
 * Deletes objects whose owners are all gone, and finishes deletions that wait for dependents: `foregroundDeletion` until
 * those that block are gone, `orphan` until they no longer name this owner. Its keys are uids.
 */
export function garbageCollector(store: SandboxStore, index: ObjectIndex): Controller {
  return {
    name: 'garbage collector',
    wakes(change) {
      const { uid = '', ownerReferences = [], deletionTimestamp } = change.object.metadata
      const owners = ownerReferences.map((each) => each.uid)
      if (change.type === 'DELETED')
        return [...index.ownedBy(uid).map((each) => each.object.metadata.uid ?? ''), ...owners]
      const isNews = change.previous === undefined || change.previous.metadata.ownerReferences !== ownerReferences
      return (isNews && owners.length > 0) || deletionTimestamp !== undefined ? [uid] : []
    },
    reconcile(uid) {
      const item = index.byUid(uid)
      if (item === undefined) return settled
      const outcome = collect(store, index, item)
      return outcome.ok ? settled : outcome
    },
  }
}

function collect(store: SandboxStore, index: ObjectIndex, item: Indexed): Outcome<void, Status> {
  const { uid = '', finalizers = [], deletionTimestamp, ownerReferences = [] } = item.object.metadata
  const dependents = index.ownedBy(uid)
  if (deletionTimestamp !== undefined && finalizers.includes(orphan))
    return inOrder([
      ...dependents.map((each) => () => forgetOwners(store, each, (owner) => owner === uid)),
      () => dropFinalizer(store, item, orphan),
    ])
  if (deletionTimestamp !== undefined && finalizers.includes(foreground)) return collectFirst(store, index, item)
  if (deletionTimestamp !== undefined || ownerReferences.length === 0) return inOrder([])
  const isGone = (owner: string) => index.byUid(owner) === undefined
  if (ownerReferences.every((each) => isGone(each.uid)))
    return removeObject(store, item.resource, atOf(keyOf(item.object)), { uid, propagationPolicy: 'Background' })
  return ownerReferences.some((each) => isGone(each.uid)) ? forgetOwners(store, item, isGone) : inOrder([])
}

/** Deletes the dependents; the owner goes when none is left that blocks it. */
function collectFirst(store: SandboxStore, index: ObjectIndex, owner: Indexed): Outcome<void, Status> {
  const { uid = '' } = owner.object.metadata
  const blocks = ({ object }: Indexed) =>
    object.metadata.ownerReferences?.some((each) => each.uid === uid && each.blockOwnerDeletion === true) ?? false
  const ownedOnlyHere = ({ object }: Indexed) =>
    (object.metadata.ownerReferences ?? []).every((each) => each.uid === uid || index.byUid(each.uid) === undefined)
  const [own, shared] = [
    index.ownedBy(uid).filter(ownedOnlyHere),
    index.ownedBy(uid).filter((each) => !ownedOnlyHere(each)),
  ]
  const outcome = inOrder([
    ...shared.map((each) => () => forgetOwners(store, each, (ref) => ref === uid)),
    ...own
      .filter((each) => each.object.metadata.deletionTimestamp === undefined)
      .map((each) => () => {
        const parent = index.ownedBy(each.object.metadata.uid ?? '').length > 0
        const propagationPolicy = parent ? 'Foreground' : 'Background'
        return removeObject(store, each.resource, atOf(keyOf(each.object)), { propagationPolicy })
      }),
  ])
  if (!outcome.ok || index.ownedBy(uid).some(blocks)) return outcome
  return dropFinalizer(store, owner, foreground)
}

const forgetOwners = (store: SandboxStore, item: Indexed, gone: (uid: string) => boolean): Outcome<void, Status> =>
  updateObject<KubeObject>(store, item.resource, atOf(keyOf(item.object)), (draft) => ({
    ...draft,
    metadata: {
      ...draft.metadata,
      ownerReferences: (draft.metadata.ownerReferences ?? []).filter((each) => !gone(each.uid)),
    },
  }))

const dropFinalizer = (store: SandboxStore, item: Indexed, finalizer: string): Outcome<void, Status> =>
  updateObject<KubeObject>(store, item.resource, atOf(keyOf(item.object)), (draft) => ({
    ...draft,
    metadata: { ...draft.metadata, finalizers: (draft.metadata.finalizers ?? []).filter((each) => each !== finalizer) },
  }))
