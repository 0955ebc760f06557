import type { ReplicaSet } from '#api/apps.ts'
import { annotations } from '#api/keys.ts'
import type { Rollout } from '#api/rollout.ts'
import { annotationOf, availableOf, podHashOf } from '#engine/rollout/replica-set/facts.ts'
import type { EpochMs } from '#lib/clock.ts'
import { shownDelay } from './shown-age.ts'
import type { Colour } from './text-table.ts'

export type RoleTag = 'stable' | 'canary' | 'active' | 'preview' | 'ping' | 'pong'

export type ReplicaSetHealth = 'Healthy' | 'Progressing' | 'ScaledDown' | 'ReplicaFailure'

/** VIEW-90. */
export function healthOf(replicaSet: ReplicaSet): ReplicaSetHealth {
  const { metadata, spec, status } = replicaSet
  if ((metadata.generation ?? 0) > (status?.observedGeneration ?? 0)) return 'Progressing'
  const isFailing = status?.conditions?.some((each) => each.type === 'ReplicaFailure' && each.status === 'True')
  if (isFailing === true) return 'ReplicaFailure'
  if (spec.replicas !== undefined && availableOf(replicaSet) < spec.replicas) return 'Progressing'
  return spec.replicas === 0 ? 'ScaledDown' : 'Healthy'
}

/** What a ReplicaSet is to its Rollout, in the order of the INFO column (VIEW-91…94). */
export function rolesOf(replicaSet: ReplicaSet, { spec, status }: Rollout): readonly RoleTag[] {
  const hash = podHashOf(replicaSet)
  if (hash === '') return []
  const isStable = hash === status?.stableRS
  if (spec.strategy?.blueGreen !== undefined) {
    const { activeSelector, previewSelector } = status?.blueGreen ?? {}
    const service: readonly RoleTag[] =
      hash === activeSelector ? ['active'] : hash === previewSelector ? ['preview'] : []
    return isStable ? ['stable', ...service] : service
  }
  if (spec.strategy?.canary === undefined || (!isStable && hash !== status?.currentPodHash)) return []
  const role = isStable ? 'stable' : 'canary'
  if (spec.strategy.canary.pingPong === undefined) return [role]
  const stableIsPing = status?.canary?.stablePingPong === 'ping'
  return [role, isStable === stableIsPing ? 'ping' : 'pong']
}

/** The INFO column (VIEW-94). */
export function infoOf(replicaSet: ReplicaSet, rollout: Rollout, now: EpochMs): string {
  const deadline = annotationOf(replicaSet, annotations.scaleDownDeadline)
  return [...rolesOf(replicaSet, rollout), ...(deadline === undefined ? [] : [shownDelay(deadline, now)])].join(',')
}

const roleColours: Readonly<Record<RoleTag, Colour>> = {
  stable: 'green',
  active: 'green',
  canary: 'yellow',
  preview: 'brightBlue',
  ping: 'brightBlue',
  pong: 'brightBlue',
}

export const colourOfRole = (role: RoleTag): Colour => roleColours[role]

/** The last tag decides (VIEW-95). */
export function colourOf(roles: readonly RoleTag[]): Colour | undefined {
  const last = roles.at(-1)
  return last === undefined ? undefined : colourOfRole(last)
}
