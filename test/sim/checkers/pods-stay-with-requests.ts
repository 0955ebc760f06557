import type { ReplicaSet } from '#api/apps.ts'
import { resources } from '#api/resources.ts'
import type { RolloutSpec } from '#api/rollout.ts'
import { podHashOf, sizeOf } from '#engine/rollout/replica-set/facts.ts'
import {
  type ChangeSeen,
  type Checker,
  knownAvailable,
  replicaSetChange,
  rolloutChange,
  sizesOf,
  stepsOf,
} from '../checker.ts'
import type { Decided } from '../controller-process.ts'
import { isRoutedSpec } from '../routed-traffic.ts'
import { type Raised, ShareHistory } from '../share-history.ts'

/**
 * A ReplicaSet to which a controller has sent requests that still go there keeps the pods that this share of them needs, and all that it
 * has after an abort without `dynamicStableScale`. Stable gets more requests only when it has the pods for them, and what is taken back
 * never gets more.
 */
export const podsStayWithRequests = (): Checker => {
  const history = new ShareHistory()
  return {
    name: 'pods stay with requests',
    rules: ['CAN-36', 'CAN-39', 'CAN-92', 'TR-11', 'TR-14', 'TR-21', 'REC-116', 'SVC-10'],
    onChange(seen) {
      const { decided, rollout } = seen
      if (!isRoutedSpec(rollout.spec)) return undefined
      const raised = history.note(seen)
      if (decided === undefined || !isRoutedSpec(decided.world.rollout.spec)) return undefined
      return taken(seen, decided, history) ?? beyondStable(seen, decided, raised) ?? raisedOnTheWayBack(seen)
    },
  }
}

function taken(seen: ChangeSeen, decided: Decided, history: ShareHistory): string | undefined {
  const sizes = replicaSetChange(seen)
  const share = sizes === undefined ? 0 : history.placed(podHashOf(sizes.after))
  if (sizes === undefined || share === 0) return undefined
  const [from, to] = [sizeOf(sizes.before), sizeOf(sizes.after)]
  const needed = Math.min(from, podsFor(share, sizes.after, seen, decided))
  return to >= needed
    ? undefined
    : `${sizes.after.metadata.name} gets ${share} of the requests and shrank from ${from} to ${to}, ${needed} are needed: ${sizesOf(seen.replicaSets)}`
}

/** Pods that a ReplicaSet must not lose while it has this share. */
function podsFor(share: number, rs: ReplicaSet, { specs }: ChangeSeen, decided: Decided): number {
  const { stableRS, currentPodHash, abort } = decided.world.rollout.status ?? {}
  const hash = podHashOf(rs)
  const carrying = Math.ceil(share * leastReplicas(specs) - 1e-9)
  // Of other revisions all pods go that are not available (CAN-61).
  if (hash !== stableRS && hash !== currentPodHash) return Math.min(carrying, knownAvailable(decided, hash))
  if (!specs.some(isDynamic) && (hash === stableRS || abort === true)) return leastReplicas(specs)
  // Who sizes the canary by hand gets what he asks for (CAN-22).
  const isSizedByHand = specs.some((spec) => stepsOf(spec).some((step) => step.setCanaryScale !== undefined))
  return hash !== stableRS && abort !== true && isSizedByHand ? 0 : carrying
}

/**
 * Of the requests that route objects send, or under `dynamicStableScale` the canary Service after an abort. Services go to whichever pods
 * there are otherwise (SVC-6), as does what nobody had guided before.
 */
function beyondStable(
  { change, specs, replicaSets }: ChangeSeen,
  decided: Decided,
  raised: readonly Raised[],
): string | undefined {
  const { stableRS = '', abort } = decided.world.rollout.status ?? {}
  const isReturn =
    abort === true &&
    specs.every((spec) => isDynamic(spec) && spec.strategy?.canary?.canaryService === change.object.metadata.name)
  if (stableRS === '' || (change.resource === resources.services && !isReturn)) return undefined
  const available = knownAvailable(decided, stableRS)
  const wrong = raised.find(
    ({ hash, to, unguided }) =>
      hash === stableRS && unguided === 0 && available < Math.floor(to * leastReplicas(specs) + 1e-9),
  )
  return (
    wrong &&
    `${wrong.route} gives ${wrong.to} instead of ${wrong.from} to stable, which has ${available} pods: ${sizesOf(replicaSets)}`
  )
}

/** An aborted canary, or one that is the update no more. */
function raisedOnTheWayBack(seen: ChangeSeen): string | undefined {
  const { before, after } = rolloutChange(seen) ?? {}
  const [was, is] = [before, after].map((rollout) => rollout?.status?.canary?.weights?.canary)
  if (was === undefined || is === undefined || was.podTemplateHash !== is.podTemplateHash) return undefined
  const isTakenBack = before?.status?.abort === true || was.podTemplateHash !== before?.status?.currentPodHash
  return isTakenBack && is.weight > was.weight
    ? `${was.podTemplateHash} is taken back, and its weight is raised from ${was.weight} to ${is.weight}`
    : undefined
}

const leastReplicas = (specs: readonly RolloutSpec[]): number => Math.min(...specs.map(({ replicas = 1 }) => replicas))

const isDynamic = ({ strategy }: RolloutSpec): boolean => strategy?.canary?.dynamicStableScale === true
