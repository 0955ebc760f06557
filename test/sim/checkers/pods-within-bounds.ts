import type { ReplicaSet } from '#api/apps.ts'
import type { RolloutSpec } from '#api/rollout.ts'
import { podHashOf, sizeOf, sumOf } from '#engine/rollout/replica-set/facts.ts'
import { bounds } from '../bounds.ts'
import {
  type ChangeSeen,
  type Checker,
  hashSelected,
  knownAvailable,
  replicaSetChange,
  sizesOf,
  stepsOf,
} from '../checker.ts'
import { isRoutedSpec } from '../routed-traffic.ts'

/**
 * No growth takes a canary above `replicas + maxSurge`, no shrinkage below `replicas - maxUnavailable` available pods, by what
 * its writer knew of the pods and by the true sizes. The ReplicaSet behind an active Service keeps its full size.
 */
export const podsWithinBounds = (): Checker => ({
  name: 'pods within bounds',
  rules: ['CAN-10', 'CAN-11', 'CAN-22', 'CAN-33', 'CAN-34', 'CAN-61', 'BG-12'],
  onChange(seen) {
    const sizes = replicaSetChange(seen)
    if (seen.decided === undefined || sizes === undefined) return undefined
    const [from, to] = [sizeOf(sizes.before), sizeOf(sizes.after)]
    if (from === to) return undefined
    const judged = { ...seen, specs: underItsStrategy(seen) }
    if (judged.specs.some(isBlueGreen)) return activeKeepsSize(judged, sizes.after, from)
    if (judged.specs.some(isRoutedSpec)) return from < to ? withinReplicas(judged, sizes.after) : undefined
    return from < to ? withinSurge(judged, sizes.before) : withinUnavailable(judged, sizes)
  },
})

/** With a router each side may have all pods, and a canary those that a step asks for (CAN-22, CAN-36). */
function withinReplicas({ specs }: ChangeSeen, after: ReplicaSet): string | undefined {
  const asked = specs.flatMap((spec) => stepsOf(spec).map(({ setCanaryScale }) => setCanaryScale?.replicas ?? 0))
  const most = Math.max(...specs.map(({ replicas = 1 }) => replicas), ...asked)
  return sizeOf(after) <= most ? undefined : `${after.metadata.name} grew to ${sizeOf(after)} pods, ${most} are allowed`
}

const isBlueGreen = ({ strategy }: RolloutSpec): boolean => strategy?.blueGreen !== undefined

/** Those with the strategy that its writer went by: only the ReplicaSet itself holds it to what was seen (ACT-11, REC-33). */
const underItsStrategy = ({ decided, specs }: ChangeSeen): readonly RolloutSpec[] =>
  specs.filter((spec) => decided !== undefined && isBlueGreen(spec) === isBlueGreen(decided.world.rollout.spec))

function withinSurge(seen: ChangeSeen, before: ReplicaSet): string | undefined {
  const total = sumOf(seen.replicaSets, sizeOf)
  const podsMax = Math.max(...seen.specs.map((spec) => bounds(spec).podsMax))
  return total <= podsMax
    ? undefined
    : `${before.metadata.name} grew, and now there are ${total} pods, ${podsMax} are allowed: ${sizesOf(seen.replicaSets)}`
}

function withinUnavailable(
  { decided, replicaSets, specs }: ChangeSeen,
  { before, after }: { readonly before: ReplicaSet; readonly after: ReplicaSet },
): string | undefined {
  if (decided === undefined) return undefined
  const serving = (rs: ReplicaSet, size: number): number => Math.min(size, knownAvailable(decided, podHashOf(rs)))
  const others = sumOf(
    replicaSets.filter((rs) => rs.metadata.name !== before.metadata.name),
    (rs) => serving(rs, sizeOf(rs)),
  )
  const [had, has] = [others + serving(before, sizeOf(before)), others + serving(after, sizeOf(after))]
  const availableMin = Math.min(...specs.map((spec) => bounds(spec).availableMin))
  return has >= Math.min(had, availableMin)
    ? undefined
    : `${before.metadata.name} shrank from ${sizeOf(before)} to ${sizeOf(after)} and leaves ${has} available pods of ${had}, ` +
        `${availableMin} are needed: ${sizesOf(replicaSets)}`
}

function activeKeepsSize({ specs, services }: ChangeSeen, after: ReplicaSet, from: number): string | undefined {
  const name = specs.at(-1)?.strategy?.blueGreen?.activeService
  const active = services.find((each) => each.metadata.name === name)
  if (hashSelected(active) !== podHashOf(after)) return undefined
  const needed = Math.min(from, ...specs.map((spec) => spec.replicas ?? 1))
  return sizeOf(after) >= needed
    ? undefined
    : `${after.metadata.name} serves all traffic and shrank from ${from} to ${sizeOf(after)}, ${needed} are needed`
}
