import { resources } from '#api/resources.ts'
import { podHashOf, sizeOf } from '#engine/rollout/replica-set/facts.ts'
import { type ChangeSeen, type Checker, knownAvailable, replicaSetChange, sizesOf } from '../checker.ts'
import type { Decided } from '../controller-process.ts'
import { isRoutedSpec, sharesTold } from '../routed-traffic.ts'
import { ShareHistory } from '../share-history.ts'

/**
 * No write of a controller, to a route object, a Service or whatever else requests go by, gives more of the requests on a route to a
 * ReplicaSet that has no available pods by what its writer knew, while another ReplicaSet of the Rollout has some; and none takes the
 * last pod of a ReplicaSet to which a controller has sent requests that still go there, while another has pods. Pods that are lost
 * later, and what somebody else sends where, are nobody's fault, nor is it to take that back to what the status tells; that it is done is for
 * the checker of the routes.
 *
 * A Rollout of no replicas serves nobody, whatever pods a `setCanaryScale` gives it.
 *
 * The canary Service alone goes back to stable at once after an abort, whether or not there are pods (SVC-10). Routes that steps make for
 * chosen requests do not count as a share (TR-18).
 */
export const routesLeadToPods = (): Checker => {
  const history = new ShareHistory()
  return {
    name: 'routes lead to pods',
    rules: ['TR-10', 'TR-17', 'TR-21', 'SVC-6', 'SVC-9', 'SVC-26', 'CAN-39'],
    onChange(seen) {
      const { decided, rollout } = seen
      if (!isRoutedSpec(rollout.spec)) return undefined
      const raised = history.note(seen)
      if (decided === undefined || !isRoutedSpec(decided.world.rollout.spec)) return undefined
      return (returnsService(seen, decided) ? undefined : toNoPods(seen, decided, raised)) ?? emptied(seen, history)
    },
  }
}

type Raised = ReturnType<ShareHistory['note']>

function toNoPods({ replicaSets, specs }: ChangeSeen, decided: Decided, raised: Raised): string | undefined {
  if (specs.some(({ replicas }) => replicas === 0)) return undefined
  const told = sharesTold(decided.world.rollout)
  const wrong = raised.find(
    ({ hash, to }) =>
      hash !== '' && to > (told.get(hash) ?? 0) && knownAvailable(decided, hash) === 0 && hasOther(decided, hash),
  )
  return (
    wrong &&
    `${wrong.route} gives ${wrong.to} instead of ${wrong.from} to ${wrong.hash}, which has no pods: ${sizesOf(replicaSets)}`
  )
}

/** Pods of one that is scaled to nothing are about to go. */
const hasOther = ({ world }: Decided, hash: string): boolean =>
  world.replicaSets.some((rs) => podHashOf(rs) !== hash && sizeOf(rs) > 0 && (rs.status?.availableReplicas ?? 0) > 0)

const returnsService = ({ change }: ChangeSeen, { world }: Decided): boolean =>
  change.resource === resources.services && world.rollout.status?.abort === true

function emptied(seen: ChangeSeen, history: ShareHistory): string | undefined {
  const sizes = replicaSetChange(seen)
  if (sizes === undefined || sizeOf(sizes.before) === 0 || sizeOf(sizes.after) > 0) return undefined
  if (seen.specs.some(({ replicas }) => replicas === 0)) return undefined
  const share = history.placed(podHashOf(sizes.after))
  const isElsewhere = seen.replicaSets.some((rs) => podHashOf(rs) !== podHashOf(sizes.after) && sizeOf(rs) > 0)
  return share > 0 && isElsewhere
    ? `${sizes.after.metadata.name} gets ${share} of the requests, and has just been emptied: ${sizesOf(seen.replicaSets)}`
    : undefined
}
