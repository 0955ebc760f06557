import type { KubeObject, LabelSelector } from '#api/meta.ts'
import { formatSelector } from '#lib/label-selector.ts'
import { fieldAt, fieldsOf, isFields, objectOf, withField } from '../registry/fields.ts'
import type { ScalePaths } from '../registry/kinds.ts'
import { badRequest, conflict, invalid, invalidValue, modifiedMeanwhile, notFound } from '../registry/status.ts'
import { type Answer, failed, ok } from './answer.ts'
import type { Call } from './call.ts'
import { patchObject } from './patch.ts'
import { writeBy } from './write.ts'

/** GET, PUT and PATCH of `/scale`: an `autoscaling/v1` Scale read from, and written to, the paths the kind names. */
export function serveScale(call: Call, name: string, paths: ScalePaths): Answer {
  const live = call.store.get(call.kind, { namespace: call.namespace, name })
  if (live === undefined) return failed(notFound(call.kind, name))
  const present = scaleOf(live, paths)
  if (call.verb === 'get') return ok(present)
  if (call.verb === 'update')
    return isFields(call.body)
      ? write(call, live, call.body, paths)
      : failed(badRequest('the request body is not an object'))
  const patched = patchObject(call, present)
  return patched.ok ? write(call, live, patched.value, paths) : failed(patched.error)
}

function write(call: Call, live: KubeObject, wanted: object, paths: ScalePaths): Answer {
  const { name, resourceVersion } = live.metadata
  const replicas = fieldAt(wanted, ['spec', 'replicas']) ?? 0
  if (!Number.isInteger(replicas) || (replicas as number) < 0)
    return failed(
      invalid(call.kind, name, [invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')]),
    )
  const expected = fieldAt(wanted, ['metadata', 'resourceVersion'])
  if (expected !== undefined && expected !== '' && expected !== resourceVersion)
    return failed(conflict(call.kind, name, modifiedMeanwhile))
  const scaled = objectOf(withField(fieldsOf(live), paths.specReplicas, replicas))
  const outcome = call.store.replace(call.kind, scaled, writeBy(call))
  return outcome.ok ? ok(scaleOf(outcome.value, paths)) : failed(outcome.error)
}

function scaleOf(object: KubeObject, paths: ScalePaths) {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const selector = selectorOf(object, paths)
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: fieldAt(object, paths.specReplicas) ?? 0 },
    status: { replicas: fieldAt(object, paths.statusReplicas) ?? 0, ...(selector !== undefined && { selector }) },
  }
}

/** Custom kinds keep the selector as text; workloads have it as an object. */
function selectorOf(object: KubeObject, { labelSelector }: ScalePaths): unknown {
  if (labelSelector !== undefined) return fieldAt(object, labelSelector)
  const selector = fieldAt(object, ['spec', 'selector'])
  return isFields(selector) ? formatSelector(selector as LabelSelector) : undefined
}
