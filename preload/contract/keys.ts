import type { RolloutKey } from './views.ts'
import { type WorkloadKind, workloadKinds } from './workload-views.ts'

export interface RolloutAddress {
  readonly context: string
  readonly namespace: string
  readonly name: string
}

/** Context names may hold `/` and `:` (cloud providers do that), so every part is percent-encoded. */
export const rolloutKey = (at: RolloutAddress): RolloutKey =>
  [at.context, at.namespace, at.name].map(encodeURIComponent).join('/')

/** Of a whole cluster, where something is about no rollout of it. */
export const clusterKey = (context: string): string => encodeURIComponent(context)

/** The inverse of `clusterKey`; `undefined` for text that is not one. */
export function parseClusterKey(key: string): string | undefined {
  try {
    return key === '' || key.includes('/') ? undefined : decodeURIComponent(key)
  } catch {
    return undefined
  }
}

/** The inverse of `rolloutKey`; `undefined` for text that is not a key. */
export function parseRolloutKey(key: RolloutKey): RolloutAddress | undefined {
  const parts = key.split('/')
  if (parts.length !== 3 || parts.some((part) => part === '')) return undefined
  try {
    const [context, namespace, name] = parts.map(decodeURIComponent)
    return { context: context ?? '', namespace: namespace ?? '', name: name ?? '' }
  } catch {
    return undefined
  }
}

export interface WorkloadAddress extends RolloutAddress {
  readonly kind: WorkloadKind
}

/** A Rollout of the same name has another key: `parseRolloutKey` knows neither this one nor the other way round. */
export const workloadKey = ({ kind, ...at }: WorkloadAddress): RolloutKey => `${rolloutKey(at)}/${kind}`

/** The inverse of `workloadKey`; `undefined` for text that is not such a key. */
export function parseWorkloadKey(key: RolloutKey): WorkloadAddress | undefined {
  const at = key.lastIndexOf('/')
  const kind = workloadKinds.find((each) => each === key.slice(at + 1))
  const address = kind === undefined ? undefined : parseRolloutKey(key.slice(0, at))
  return kind === undefined || address === undefined ? undefined : { ...address, kind }
}

/** Whatever the key is one of. */
export const parseKey = (key: RolloutKey): (RolloutAddress & { readonly kind?: WorkloadKind }) | undefined =>
  parseRolloutKey(key) ?? parseWorkloadKey(key)
