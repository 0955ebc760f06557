import type { Pod } from '#api/core.ts'
import type { KubeObject, LabelSelector, Status } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import { type Amount, resolveAmount } from '#lib/int-or-string.ts'
import { matchesSelector } from '#lib/label-selector.ts'
import type { SandboxStore } from '../store.ts'

interface Budget extends KubeObject {
  readonly spec?: {
    readonly selector?: LabelSelector
    readonly minAvailable?: Amount
    readonly maxUnavailable?: Amount
  }
}

/**
 * Why a pod may not be evicted now: its budget needs all pods that are healthy. `undefined` when it may; a pod that is not ready
 * always may. Unlike upstream the pods there are count as those expected, not what their owners ask for.
 */
export function budgetRefusal(store: SandboxStore, pod: Pod): Status | undefined {
  const { namespace } = pod.metadata
  const resource = store.served().find(({ group, plural }) => group === 'policy' && plural === 'poddisruptionbudgets')
  if (resource === undefined || !isHealthy(pod)) return undefined
  const budgets = (store.list(resource, namespace) as readonly Budget[]).filter(({ spec }) => covers(spec, pod))
  const [budget] = budgets
  if (budget === undefined) return undefined
  if (budgets.length > 1) return refusal(500, 'InternalError', severalBudgets)
  const pods = (store.list(resources.pods, namespace) as readonly Pod[]).filter((each) => covers(budget.spec, each))
  const healthy = pods.filter(isHealthy).length
  const needed = neededOf(budget.spec, pods.length)
  if (healthy > needed) return undefined
  const message = `The disruption budget ${budget.metadata.name} needs ${needed} healthy pods and has ${healthy} currently`
  return {
    ...refusal(429, 'TooManyRequests', violation),
    details: { causes: [{ reason: 'DisruptionBudget', message }] },
  }
}

const severalBudgets =
  'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.'
const violation = "Cannot evict pod as it would violate the pod's disruption budget."

const refusal = (code: number, reason: string, message: string): Status => ({
  apiVersion: 'v1',
  kind: 'Status',
  status: 'Failure',
  code,
  reason,
  message,
})

const covers = (spec: Budget['spec'], { metadata }: Pod): boolean =>
  spec?.selector !== undefined && matchesSelector(spec.selector, metadata.labels)

const isHealthy = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  status?.conditions?.some(({ type, status: holds }) => type === 'Ready' && holds === 'True') === true

function neededOf(spec: Budget['spec'], expected: number): number {
  const { minAvailable, maxUnavailable } = spec ?? {}
  if (maxUnavailable !== undefined) return expected - (resolveAmount(maxUnavailable, expected, 'up') ?? 0)
  return resolveAmount(minAvailable ?? 0, expected, 'up') ?? 0
}
