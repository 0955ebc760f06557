import type { Pod } from '#api/core.ts'
import { fieldAt } from '../registry/fields.ts'
import type { DeleteOptions } from '../store.ts'
import { type Answer, created, failed } from './answer.ts'
import type { Call } from './call.ts'
import { budgetRefusal } from './disruption-budget.ts'

/** POST to `pods/eviction`: a delete with the options in the body, unless a disruption budget forbids it. */
export function evictPod({ store, kind, namespace, body, query }: Call, name: string): Answer {
  const uid = fieldAt(body, ['deleteOptions', 'preconditions', 'uid'])
  const resourceVersion = fieldAt(body, ['deleteOptions', 'preconditions', 'resourceVersion'])
  const grace = fieldAt(body, ['deleteOptions', 'gracePeriodSeconds'])
  const options: DeleteOptions = {
    ...(typeof uid === 'string' && { uid }),
    ...(typeof resourceVersion === 'string' && { resourceVersion }),
    ...(typeof grace === 'number' && { gracePeriodSeconds: grace }),
    ...(query.getAll('dryRun').includes('All') && { dryRun: true }),
  }
  const pod = store.get(kind, { namespace, name }) as Pod | undefined
  const refusal = pod === undefined ? undefined : budgetRefusal(store, pod)
  if (refusal !== undefined) return failed(refusal)
  const outcome = store.delete(kind, { namespace, name }, options)
  if (!outcome.ok) return failed(outcome.error)
  return created({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 })
}
