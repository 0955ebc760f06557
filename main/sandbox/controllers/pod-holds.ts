import type { Container, Pod } from '#api/core.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { SandboxStore } from '../store.ts'
import { missingEnvironment, missingVolume } from './missing-config.ts'
import { keyOf, type ObjectKey } from './object-key.ts'

/** What keeps something from starting, or since when nothing does any more; absent: nothing ever did. */
export type Hold = { readonly why: string } | { readonly until: EpochMs }

/** Why a pod on its node cannot start: of its volumes, and of each container. */
export interface Holds {
  readonly volumes?: Hold
  readonly containers: Readonly<Record<string, Hold>>
}

/** How often the kubelet tries again. */
const retryMs = 10_000

interface Known {
  readonly uid: string
  readonly holds: Holds
  readonly retryAt: EpochMs
}

/** What the kubelet knows of configuration that pods wait for. It looks when a pod is new, and at each retry. */
export class PodHolds {
  readonly #store: SandboxStore
  readonly #known = new Map<ObjectKey, Known>()

  constructor(store: SandboxStore) {
    this.#store = store
  }

  forget(key: ObjectKey): void {
    this.#known.delete(key)
  }

  /** `retryAt` while the pod waits; `tried` tells that this was a look, so that what is missing is told again. */
  at(
    pod: Pod,
    now: EpochMs,
  ): { readonly holds: Holds; readonly retryAt: EpochMs | undefined; readonly tried: boolean } {
    const key = keyOf(pod)
    const { uid = '' } = pod.metadata
    const stored = this.#known.get(key)
    const before = stored?.uid === uid ? stored : undefined
    const isDue = before === undefined || (waits(before.holds) && now >= before.retryAt)
    const holds = isDue ? this.#look(pod, before?.holds, now) : before.holds
    const retryAt = isDue ? now + retryMs : before.retryAt
    this.#known.set(key, { uid, holds, retryAt })
    return { holds, retryAt: waits(holds) ? retryAt : undefined, tried: isDue }
  }

  #look(pod: Pod, before: Holds | undefined, now: EpochMs): Holds {
    const after = (why: string | undefined, was: Hold | undefined): Hold | undefined => {
      if (was !== undefined && 'until' in was) return was
      if (why !== undefined) return { why }
      return was === undefined ? undefined : { until: now }
    }
    const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers]
    const held = all.flatMap((each: Container) => {
      const was = before?.containers[each.name]
      const isFree = before !== undefined && was === undefined
      const hold = isFree ? undefined : after(missingEnvironment(this.#store, pod, each), was)
      return hold === undefined ? [] : [[each.name, hold] as const]
    })
    const isMounted = before !== undefined && before.volumes === undefined
    const volumes = isMounted ? undefined : after(missingVolume(this.#store, pod), before?.volumes)
    return { ...(volumes !== undefined && { volumes }), containers: Object.fromEntries(held) }
  }
}

const isOpen = (hold: Hold | undefined): boolean => hold !== undefined && 'why' in hold

const waits = ({ volumes, containers }: Holds): boolean => isOpen(volumes) || Object.values(containers).some(isOpen)
