import type { KubeObject, Status } from '#api/meta.ts'
import { type Resource, resources } from '#api/resources.ts'
import type { SandboxStore } from '../store.ts'
import { fieldAt } from './fields.ts'
import { storageKey } from './kinds.ts'
import { concerns, hardOf, refusedByQuota, sumUsage, type Usage, usageOf } from './quota.ts'
import { forbidden } from './status.ts'

/** What the API server asks of a new object beyond its own fields: the plugins ServiceAccount and ResourceQuota. */

/**
 * A pod whose account is not there. Asked before the pod has its name, so that the sentence has the beginning of it. The account
 * `default` counts as there: its namespace gets it at once.
 */
export function refuseAccount(store: SandboxStore, kind: Resource, object: KubeObject): Status | undefined {
  if (storageKey(kind) !== '/pods') return undefined
  const account = fieldAt(object, ['spec', 'serviceAccountName']) ?? fieldAt(object, ['spec', 'serviceAccount'])
  const { namespace = '', name: own, generateName = '' } = object.metadata
  if (typeof account !== 'string' || ['', 'default'].includes(account)) return undefined
  if (store.get(resources.serviceAccounts, { namespace, name: account }) !== undefined) return undefined
  const why = `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`
  return forbidden(kind, own === '' ? generateName : own, why)
}

/** An object for which a quota of its namespace has no room. */
export function refuseOverQuota(store: SandboxStore, kind: Resource, object: KubeObject): Status | undefined {
  const { namespace, name } = object.metadata
  if (namespace === undefined) return undefined
  for (const quota of store.list(resources.resourceQuotas, namespace)) {
    if (!concerns(hardOf(quota), kind)) continue
    const why = refusedByQuota(quota, kind, object, () => usedIn(store, namespace, [kind]))
    if (why !== undefined) return forbidden(kind, name, why)
  }
  return undefined
}

/** What the objects of these kinds take from the quotas of a namespace. */
export const usedIn = (store: SandboxStore, namespace: string, kinds: readonly Resource[]): Usage =>
  kinds.flatMap((kind) => store.list(kind, namespace).map((object) => usageOf(kind, object))).reduce(sumUsage, {})
