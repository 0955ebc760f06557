import type { KubeObject } from '#api/meta.ts'
import type { Precondition } from '#engine/decision.ts'
import { assert } from '#lib/assert.ts'
import { applyMergePatch } from '#lib/merge-patch.ts'

/** A subresource patch changes only the status, any other patch everything but the status (ACT-2). */
export function patched<T extends KubeObject>(
  object: T,
  body: unknown,
  subresource: string | undefined,
  { uid, resourceVersion }: Precondition,
): T {
  const { name } = object.metadata
  assert(uid === undefined || uid === object.metadata.uid, `${name} still has the uid it was decided from`)
  assert(
    resourceVersion === undefined || resourceVersion === object.metadata.resourceVersion,
    `${name} still has the resourceVersion it was decided from`,
  )
  const before = object as T & { readonly spec?: unknown; readonly status?: unknown }
  const after = applyMergePatch(before, body) as typeof before
  const merged = subresource === 'status' ? { ...before, status: after.status } : { ...after, status: before.status }
  const hasNewSpec = JSON.stringify(merged.spec) !== JSON.stringify(before.spec)
  return {
    ...merged,
    metadata: {
      ...merged.metadata,
      resourceVersion: String(Number(object.metadata.resourceVersion ?? '0') + 1),
      generation: (object.metadata.generation ?? 0) + (hasNewSpec ? 1 : 0),
    },
  }
}
