import type { KubeObject, Status } from '#api/meta.ts'
import { apiVersionOf } from '#api/resources.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import { type Fields, isFields, textOf } from '../registry/fields.ts'
import { badRequest, invalid, invalidValue, misnamed, refuse, status, unsupportedType } from '../registry/status.ts'
import type { DeleteOptions, WriteBy } from '../store.ts'
import { type Answer, created, failed, ok } from './answer.ts'
import type { Call } from './call.ts'
import { represent } from './read.ts'
import { listOf } from './representation.ts'
import { parseSelection } from './selection.ts'
import { checkFields } from './unknown-fields.ts'

/** An apply says in the object who manages what. */
export const applyTypes = ['application/apply-patch+yaml', 'application/apply-patch+json']

/** How this request writes: its manager, its subresource, and whether only for show. */
export const writeBy = ({ query, subresource, contentType, userAgent }: Call): WriteBy => ({
  ...(subresource === 'status' && { subresource }),
  ...(!applyTypes.includes(contentType) && { fieldManager: query.get('fieldManager') || userAgent }),
  ...(query.getAll('dryRun').includes('All') && { dryRun: true }),
})

/** POST to a collection. */
export function createOne(call: Call): Answer {
  const object = objectFrom(call)
  if (!object.ok) return failed(object.error)
  if ((object.value.metadata.resourceVersion ?? '') !== '') return failed(versioned())
  const checked = checkFields(call, object.value)
  if (!checked.ok) return failed(checked.error)
  const outcome = call.store.create(call.kind, object.value, writeBy(call))
  return outcome.ok ? { ...created(represent(call, outcome.value)), headers: checked.value } : failed(outcome.error)
}

const versioned = () => status(500, '', 'resourceVersion should not be set on objects to be created')

/** PUT of an object or of its status. */
export function replaceOne(call: Call, name: string): Answer {
  const object = objectFrom(call)
  if (!object.ok) return failed(object.error)
  const { metadata } = object.value
  if (metadata.name !== name) return failed(misnamed(metadata.name, name))
  if (call.kind.custom !== undefined && metadata.resourceVersion === undefined)
    return failed(
      invalid(call.kind, name, [invalidValue('metadata.resourceVersion', 0, 'must be specified for an update')]),
    )
  const checked = checkFields(call, object.value)
  if (!checked.ok) return failed(checked.error)
  const outcome = call.store.replace(call.kind, object.value, writeBy(call))
  return outcome.ok ? { ...ok(represent(call, outcome.value)), headers: checked.value } : failed(outcome.error)
}

/** DELETE of one object: a `Status` when it is gone, the object while something still holds it. */
export function deleteOne(call: Call, name: string): Answer {
  const at = { namespace: call.namespace, name }
  const outcome = call.store.delete(call.kind, at, deleteOptions(call))
  if (!outcome.ok) return failed(outcome.error)
  const remains = call.store.get(call.kind, at)?.metadata.uid === outcome.value.metadata.uid
  return ok(remains ? represent(call, outcome.value) : succeeded(call, outcome.value))
}

/** DELETE of everything a selector matches. */
export function deleteMany(call: Call): Answer {
  const selection = parseSelection(call.kind, call.namespace, call.query)
  if (!selection.ok) return failed(selection.error)
  const { kind, store } = call
  const doomed = store.list(kind, call.namespace).filter(selection.value.matches)
  for (const { metadata } of doomed) {
    const outcome = store.delete(kind, metadata, deleteOptions(call))
    if (!outcome.ok) return failed(outcome.error)
  }
  return ok(listOf(kind, apiVersionOf(kind), doomed, { resourceVersion: String(store.revision) }))
}

/** Media types of an object; none is JSON. */
const objectTypes = new Set(['', 'application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'])

/** The body as an object of the kind that is addressed, its namespace filled in from the path. */
function objectFrom(call: Call): Outcome<KubeObject, Status> {
  const { kind, body, namespace, contentType } = call
  if (!objectTypes.has(contentType)) return refuse(unsupportedType([...objectTypes].filter(Boolean)))
  if (!isFields(body)) return refuse(badRequest('the request body is not an object'))
  const metadata = isFields(body['metadata']) ? body['metadata'] : {}
  const apiVersion = body['apiVersion'] ?? apiVersionOf(kind)
  if (apiVersion !== apiVersionOf(kind))
    return refuse(
      badRequest(
        `the API version in the data (${textOf(apiVersion)}) does not match the expected API version (${apiVersionOf(kind)})`,
      ),
    )
  if ((body['kind'] ?? kind.kind) !== kind.kind)
    return refuse(
      badRequest(`the kind in the data (${textOf(body['kind'])}) does not match the expected kind (${kind.kind})`),
    )
  if (namespace !== undefined && (metadata['namespace'] ?? namespace) !== namespace)
    return refuse(badRequest('the namespace of the provided object does not match the namespace sent on the request'))
  const placed = { name: '', ...metadata, ...(namespace !== undefined && { namespace }) }
  return success({ ...body, apiVersion, kind: kind.kind, metadata: placed } as KubeObject)
}

function succeeded({ kind }: Call, { metadata: { name, uid } }: KubeObject) {
  const details = { name, ...(kind.group !== '' && { group: kind.group }), kind: kind.plural, uid }
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }
}

/** From the body and, where that is silent, from the query. */
function deleteOptions({ body, query }: Call): DeleteOptions {
  const sent: Fields = isFields(body) ? body : {}
  const preconditions = isFields(sent['preconditions']) ? sent['preconditions'] : {}
  const { uid, resourceVersion } = preconditions
  const grace = sent['gracePeriodSeconds'] ?? query.get('gracePeriodSeconds')
  const policy = sent['propagationPolicy'] ?? query.get('propagationPolicy') ?? orphanPolicy(sent['orphanDependents'])
  const dryRun = [sent['dryRun'], query.getAll('dryRun')].flat().includes('All')
  return {
    ...(typeof uid === 'string' && { uid }),
    ...(typeof resourceVersion === 'string' && { resourceVersion }),
    ...(isPolicy(policy) && { propagationPolicy: policy }),
    ...(grace !== null && grace !== undefined && { gracePeriodSeconds: Number(grace) }),
    ...(dryRun && { dryRun }),
  }
}

/** The old spelling, still sent by some clients. */
function orphanPolicy(orphanDependents: unknown): string | undefined {
  if (typeof orphanDependents !== 'boolean') return undefined
  return orphanDependents ? 'Orphan' : 'Background'
}

const isPolicy = (value: unknown): value is NonNullable<DeleteOptions['propagationPolicy']> =>
  value === 'Background' || value === 'Foreground' || value === 'Orphan'
