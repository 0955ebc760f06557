import type { KubeObject, Status } from '#api/meta.ts'
import { applyJsonPatch } from '#lib/json-patch.ts'
import { applyMergePatch } from '#lib/merge-patch.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { isFields, objectOf } from '../registry/fields.ts'
import {
  badRequest,
  invalid,
  invalidValue,
  misnamed,
  notFound,
  refuse,
  requiredValue,
  status,
  unsupportedType,
} from '../registry/status.ts'
import { type Answer, created, failed, ok } from './answer.ts'
import type { Call } from './call.ts'
import { metaKind } from './check-options.ts'
import { represent } from './read.ts'
import { isTrue } from './request-path.ts'
import { applyConfiguration } from './server-side-apply.ts'
import { applyStrategicMerge } from './strategic-merge.ts'
import { checkFields } from './unknown-fields.ts'
import { applyTypes, writeBy } from './write.ts'

/** PATCH of an object or of its status, in any of the four languages. */
export function patchOne(call: Call, name: string): Answer {
  const accepted = mediaTypes(call.kind)
  if (!accepted.includes(call.contentType)) return failed(unsupportedType(accepted))
  const live = call.store.get(call.kind, { namespace: call.namespace, name })
  if (applyTypes.includes(call.contentType)) return applyOne(call, name, live)
  if (live === undefined) return failed(notFound(call.kind, name))
  const patched = patchObject(call, live)
  if (!patched.ok) return failed(patched.error)
  const refusal = refuseIdentity(call, live, patched.value)
  return refusal === undefined ? store(call, patched.value, patched.value) : failed(refusal)
}

/** A patch may not make another object of it. */
function refuseIdentity({ kind }: Call, { metadata: { name, uid } }: KubeObject, patched: KubeObject) {
  if (patched.metadata.name !== name) return misnamed(patched.metadata.name, name)
  if (patched.metadata.uid === uid) return undefined
  return invalid(kind, name, [invalidValue('metadata.uid', patched.metadata.uid, 'field is immutable')])
}

/** The patched form of any object, `Scale` included. */
export function patchObject<T extends object>(
  { kind, contentType, body }: Call,
  live: T,
): Outcome<T & KubeObject, Status> {
  switch (contentType) {
    case 'application/json-patch+json': {
      const patched = applyJsonPatch(live, body)
      if (patched.ok) return anObject(patched.value)
      return refuse(
        Array.isArray(body) ? unprocessable() : badRequest(`error decoding patch: ${patched.error.message}`),
      )
    }
    case 'application/merge-patch+json':
      return isFields(body) ? anObject(applyMergePatch(live, body)) : refuse(badRequest('a merge patch is an object'))
    case 'application/strategic-merge-patch+json':
      return isFields(body)
        ? anObject(applyStrategicMerge(live, body))
        : refuse(badRequest('a strategic merge patch is an object'))
    default:
      return refuse(unsupportedType(mediaTypes(kind)))
  }
}

/** Upstream does not say which operation it was. */
const unprocessable = () => status(422, 'Invalid', 'the server rejected our request due to an error in our request', {})

function anObject<T>(value: unknown): Outcome<T & KubeObject, Status> {
  if (!isFields(value) || !isFields(value['metadata'])) return refuse(badRequest('the patched value is not an object'))
  return success(value as T & KubeObject)
}

/** Strategic merge needs to know which lists are keyed, and of a custom kind nobody does. */
const mediaTypes = ({ custom }: Call['kind']): readonly string[] => [
  'application/json-patch+json',
  'application/merge-patch+json',
  ...(custom === undefined ? ['application/strategic-merge-patch+json'] : []),
  ...applyTypes,
]

function applyOne(call: Call, name: string, live: KubeObject | undefined): Answer {
  const { kind, body, query, namespace, subresource } = call
  const manager = query.get('fieldManager') ?? ''
  if (!isFields(body)) return failed(badRequest('the applied configuration is not an object'))
  if (manager === '')
    return failed(invalid(metaKind('PatchOptions'), '', [requiredValue('fieldManager', 'is required for apply patch')]))
  const metadata = isFields(body['metadata']) ? body['metadata'] : {}
  if (metadata['managedFields'] !== undefined) return failed(badRequest('metadata.managedFields must be nil'))
  const configuration = { ...body, metadata: { ...metadata, name, ...(namespace !== undefined && { namespace }) } }
  if (live === undefined && subresource !== undefined) return failed(notFound(kind, name))
  const base = live ?? objectOf({ apiVersion: body['apiVersion'], kind: kind.kind, metadata: configuration.metadata })
  const force = isTrue(query.get('force'))
  const time = formatSeconds(call.clock.now())
  const applied = applyConfiguration(kind, base, configuration, { manager, force, time, subresource })
  if (!applied.ok) return failed(applied.error)
  if (live !== undefined) return store(call, applied.value, objectOf(configuration))
  const checked = checkFields(call, objectOf(configuration))
  if (!checked.ok) return failed(checked.error)
  const outcome = call.store.create(kind, applied.value, writeBy(call))
  return outcome.ok ? { ...created(represent(call, outcome.value)), headers: checked.value } : failed(outcome.error)
}

function store(call: Call, object: KubeObject, sent: KubeObject): Answer {
  const checked = checkFields(call, sent)
  if (!checked.ok) return failed(checked.error)
  const outcome = call.store.replace(call.kind, object, writeBy(call))
  return outcome.ok ? { ...ok(represent(call, outcome.value)), headers: checked.value } : failed(outcome.error)
}
