import type { ReplicaSet } from '#api/apps.ts'
import type { Service } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import { existingOf, podHashOf, sizeOf } from '#engine/rollout/replica-set/facts.ts'
import { bounds } from '../bounds.ts'
import {
  type ChangeSeen,
  type Checker,
  hashSelected,
  knownAvailable,
  replicaSetChange,
  rolloutChange,
  serviceNames,
  serviceSwitch,
  sizesOf,
} from '../checker.ts'
import { isRoutedSpec } from '../routed-traffic.ts'

/**
 * An active Service is switched only to a ReplicaSet that can carry everything, a stable or canary Service only to one with
 * available pods, and what carries the traffic is not taken away. The preview may be empty (BG-3).
 * Where a router splits the requests, its weights count too: that is judged in `routes-lead-to-pods.ts`.
 */
export const trafficOnReadyPods = (): Checker => ({
  name: 'traffic on ready pods',
  rules: ['BG-35', 'BG-50', 'BG-63', 'CAN-45', 'CAN-46', 'REC-14', 'REC-117'],
  onChange: (seen) =>
    seen.decided === undefined
      ? undefined
      : (letGo(seen) ?? unserved(seen) ?? (isRouted(seen) ? undefined : wrongTurn(seen))),
})

const wrongTurn = (seen: ChangeSeen): string | undefined => wrongSwitch(seen) ?? emptied(seen)

const isRouted = ({ specs }: ChangeSeen): boolean => specs.some(isRoutedSpec)

function wrongSwitch(seen: ChangeSeen): string | undefined {
  const moved = serviceSwitch(seen)
  if (moved === undefined || seen.decided === undefined) return undefined
  const { blueGreen, canary } = seen.decided.world.rollout.spec.strategy ?? {}
  const available = knownAvailable(seen.decided, moved.to)
  const needed = blueGreen?.activeService === moved.name ? Math.min(...seen.specs.map((spec) => spec.replicas ?? 1)) : 1
  const isServing = [blueGreen?.activeService, canary?.stableService, canary?.canaryService].includes(moved.name)
  if (!isServing || available >= needed) return undefined
  return `Service ${moved.name} moved from "${moved.from}" to ${moved.to}, where ${available} of ${needed} pods are available: ${sizesOf(seen.replicaSets)}`
}

/** A blue-green update becomes stable only behind the active Service; before that stable has to stay (BG-50). */
function unserved(seen: ChangeSeen): string | undefined {
  const { before, after } = rolloutChange(seen) ?? {}
  const { activeService } = seen.decided?.world.rollout.spec.strategy?.blueGreen ?? {}
  const promoted = after?.status?.stableRS
  const had = before?.status?.stableRS ?? ''
  if (activeService === undefined || had === '' || promoted === had) return undefined
  const selected = hashSelected(seen.services.find((each) => each.metadata.name === activeService))
  return selected === promoted ? undefined : `${promoted} became stable, and the active Service selects "${selected}"`
}

/** Only a Service that the strategy names no more selects all pods again (REC-14). */
function letGo({ change, specs }: ChangeSeen): string | undefined {
  if (change.resource !== resources.services || change.type !== 'MODIFIED') return undefined
  const isLetGo = hashSelected(change.before as Service) !== '' && hashSelected(change.object as Service) === ''
  const { name } = change.object.metadata
  const isInUse = specs.every((spec) => serviceNames(spec).includes(name))
  return isLetGo && isInUse ? `Service ${name} is in use and was let go` : undefined
}

/** A write that leaves nothing behind the Service that carries the traffic. */
function emptied(seen: ChangeSeen): string | undefined {
  const gone = goneReplicaSet(seen)
  if (gone === undefined || seen.specs.some((spec) => spec.replicas === 0) || wantsNoStable(seen)) return undefined
  const { blueGreen, canary } = seen.specs.at(-1)?.strategy ?? {}
  const serving = [blueGreen?.activeService, canary?.stableService].filter((name) => name !== undefined)
  const service = seen.services.find(
    (each) => serving.includes(each.metadata.name) && hashSelected(each) === podHashOf(gone),
  )
  const elsewhere = seen.replicaSets.some((rs) => rs.metadata.name !== gone.metadata.name && sizeOf(rs) > 0)
  return service !== undefined && elsewhere
    ? `Service ${service.metadata.name} selects ${gone.metadata.name}, which has just been emptied: ${sizesOf(seen.replicaSets)}`
    : undefined
}

/**
 * A single pod without surge is on one side only (CAN-30), and where everything may be unavailable stable may go before the current
 * ReplicaSet has a pod to take its traffic (CAN-33).
 */
function wantsNoStable({ decided, specs }: ChangeSeen): boolean {
  const { rollout } = decided?.world ?? {}
  if (decided === undefined || rollout?.spec.strategy?.canary === undefined) return false
  const isSingle = specs.some(({ replicas = 1 }) => replicas === 1)
  return isSingle || specs.some((spec) => bounds(spec).availableMin === 0)
}

function goneReplicaSet(seen: ChangeSeen): ReplicaSet | undefined {
  const { change } = seen
  if (change.resource === resources.replicaSets && change.type === 'DELETED') {
    const deleted = change.object as ReplicaSet
    return sizeOf(deleted) > 0 || existingOf(deleted) > 0 ? deleted : undefined
  }
  const sizes = replicaSetChange(seen)
  return sizes !== undefined && sizeOf(sizes.before) > 0 && sizeOf(sizes.after) === 0 ? sizes.after : undefined
}
