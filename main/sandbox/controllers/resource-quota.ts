import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import { usedIn } from '../registry/admission.ts'
import { concerns, hardOf, usageUnder } from '../registry/quota.ts'
import type { SandboxStore } from '../store.ts'
import { type Controller, settled } from './controller.ts'
import { atOf, isOf, keyOf } from './object-key.ts'
import { updateStatus } from './write.ts'

/** Writes into each ResourceQuota what is used of it. */
export function resourceQuotaController(store: SandboxStore): Controller {
  return {
    name: 'resourcequota',
    wakes(change) {
      if (isOf(change, resources.resourceQuotas)) return [keyOf(change.object)]
      const { namespace } = change.object.metadata
      if (namespace === undefined || isOf(change, resources.events) || isOf(change, resources.leases)) return []
      return store
        .list(resources.resourceQuotas, namespace)
        .filter((quota) => concerns(hardOf(quota), change.resource))
        .map(keyOf)
    },
    reconcile(key) {
      const quota = store.get(resources.resourceQuotas, atOf(key))
      if (quota === undefined) return settled
      const hard = hardOf(quota)
      const kinds = store.served().filter((kind) => concerns(hard, kind))
      const stored = [...new Map(kinds.map((kind) => [`${kind.group}/${kind.plural}`, kind])).values()]
      const used = usageUnder(usedIn(store, quota.metadata.namespace ?? '', stored), Object.keys(hard))
      const written = updateStatus<KubeObject>(store, resources.resourceQuotas, atOf(key), (draft) => ({
        ...draft,
        status: { hard, used },
      }))
      return written.ok ? settled : written
    },
  }
}
