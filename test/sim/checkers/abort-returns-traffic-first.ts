import { podHashOf, sizeOf } from '#engine/rollout/replica-set/facts.ts'
import { type Checker, replicaSetChange, sizesOf } from '../checker.ts'
import { isRoutedSpec } from '../routed-traffic.ts'
import { ShareHistory } from '../share-history.ts'

/**
 * After an abort a ReplicaSet to which a controller has sent requests that still go there keeps its pods, or under `dynamicStableScale`
 * those that this share of the requests needs. One that has more than `spec.replicas` may lose those.
 */
export const abortReturnsTrafficFirst = (): Checker => {
  const history = new ShareHistory()
  return {
    name: 'abort returns traffic first',
    rules: ['CAN-36', 'CAN-39', 'TR-14', 'TR-21', 'REC-116'],
    onChange(seen) {
      const { decided, rollout } = seen
      if (!isRoutedSpec(rollout.spec)) return undefined
      history.note(seen)
      const sizes = replicaSetChange(seen)
      if (decided?.world.rollout.status?.abort !== true || sizes === undefined) return undefined
      const share = history.placed(podHashOf(sizes.after))
      if (share === 0) return undefined
      const replicas = Math.min(...seen.specs.map((spec) => spec.replicas ?? 1))
      const isDynamic = seen.specs.some(({ strategy }) => strategy?.canary?.dynamicStableScale === true)
      const [from, to] = [sizeOf(sizes.before), sizeOf(sizes.after)]
      const needed = Math.min(from, isDynamic ? Math.ceil(share * replicas - 1e-9) : replicas)
      return to >= needed
        ? undefined
        : `aborted, ${sizes.after.metadata.name} gets ${share} of the requests and shrank from ${from} to ${to}, ${needed} are needed: ${sizesOf(seen.replicaSets)}`
    },
  }
}
