import { hash } from 'node:crypto'
import { labels } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'

/** As many bits as a number holds: that two of a million objects have the same has a chance of one in 18,000. */
export function objectId(context: string, kind: string, { metadata }: Pick<KubeObject, 'metadata'>): number {
  const { namespace = '', name, uid = '' } = metadata
  const digest = hash('sha256', [context, kind, namespace, name, uid].join('\0'))
  return Number(`0x${digest.slice(0, 12)}`) * 32 + (Number(`0x${digest.slice(12, 14)}`) % 32)
}

/** The uid of its owner, of the Rollout whose analysis it repeats, or of what it tells about; empty: none. */
export function parentOf(object: Pick<KubeObject, 'metadata'>): string {
  const { ownerReferences = [] } = object.metadata
  const owner = ownerReferences.find(({ controller }) => controller === true) ?? ownerReferences[0]
  if (owner !== undefined) return owner.uid
  const repeats = object.metadata.labels?.[labels.rerunFor]
  if (repeats !== undefined) return repeats
  if (!('involvedObject' in object)) return ''
  const { uid } = object.involvedObject as { readonly uid?: string }
  return uid ?? ''
}
