import type { KubeObject, Status } from '#api/meta.ts'
import type { Resource } from '#api/resources.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import type { DeleteOptions, SandboxAt, SandboxStore } from '../store.ts'

/** What every controller does with its objects. An object that is gone needs nothing more: that is no failure. */

export const removeObject = (
  store: SandboxStore,
  resource: Resource,
  at: SandboxAt,
  options?: DeleteOptions,
): Outcome<void, Status> => unlessGone(store.delete(resource, at, options))

/** `change` returns what is to be different in the status; what it returns the same is not written. */
export const updateStatus = <T extends KubeObject>(
  store: SandboxStore,
  resource: Resource,
  at: SandboxAt,
  change: (draft: T) => T | undefined,
): Outcome<void, Status> => unlessGone(store.mutate(resource, at, change, { subresource: 'status' }))

export const updateObject = <T extends KubeObject>(
  store: SandboxStore,
  resource: Resource,
  at: SandboxAt,
  change: (draft: T) => T | undefined,
): Outcome<void, Status> => unlessGone(store.mutate(resource, at, change))

/** Creates what is missing; an object of that name that is there already is left as it is. */
export function ensureObject(store: SandboxStore, resource: Resource, object: KubeObject): Outcome<void, Status> {
  const { namespace, name } = object.metadata
  if (store.get(resource, { namespace, name }) !== undefined) return success(undefined)
  const created = store.create(resource, object)
  return created.ok || created.error.reason === 'AlreadyExists' ? success(undefined) : created
}

function unlessGone(outcome: Outcome<KubeObject, Status>): Outcome<void, Status> {
  return outcome.ok || outcome.error.reason === 'NotFound' ? success(undefined) : outcome
}

/** Runs the steps in order and stops at the first failure. */
export function inOrder(steps: Iterable<() => Outcome<void, Status>>): Outcome<void, Status> {
  for (const step of steps) {
    const outcome = step()
    if (!outcome.ok) return outcome
  }
  return success(undefined)
}
