import { resources } from '#api/resources.ts'
import type { EpochMs } from '#lib/clock.ts'
import { success } from '#lib/outcome.ts'
import { eventLifeMs, type SandboxStore } from '../store.ts'
import type { Controller } from './controller.ts'
import { isOf, keyOf, type ObjectKey } from './object-key.ts'
import { inOrder, removeObject } from './write.ts'

/** Events kept per namespace; the newest stay. */
export const eventsPerNamespace = 1000

/** Removes events that are old, or too many for their namespace. Its keys are namespaces. */
export function eventRetention(store: SandboxStore): Controller {
  /** By namespace; within it when each was written last, the oldest first. */
  const writtenAt = new Map<string, Map<ObjectKey, EpochMs>>()
  return {
    name: 'event retention',
    wakes(change) {
      if (!isOf(change, resources.events)) return []
      const { namespace = '' } = change.object.metadata
      const known = writtenAt.get(namespace) ?? new Map<ObjectKey, EpochMs>()
      known.delete(keyOf(change.object))
      if (change.type !== 'DELETED') known.set(keyOf(change.object), store.clock.now())
      if (known.size === 0) writtenAt.delete(namespace)
      else writtenAt.set(namespace, known)
      return [namespace]
    },
    reconcile(namespace, now) {
      const known = writtenAt.get(namespace)
      if (known === undefined) return success(undefined)
      const surplus = known.size - eventsPerNamespace
      const leaving = [...known].filter(([, at], index) => index < surplus || at + eventLifeMs <= now)
      const removed = inOrder(
        leaving.map(
          ([key]) =>
            () =>
              removeObject(store, resources.events, { namespace, name: nameIn(key) }),
        ),
      )
      const [oldest] = known.values()
      return removed.ok ? success(oldest === undefined ? undefined : oldest + eventLifeMs) : removed
    },
  }
}

const nameIn = (key: ObjectKey): string => key.slice(key.indexOf('/') + 1)
