import type { KubeObject, Status } from '#api/meta.ts'
import { apiVersionOf } from '#api/resources.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import {
  badRequest,
  expired,
  notFound,
  refuse,
  resourceVersionTooLarge,
  unreadableVersion,
} from '../registry/status.ts'
import { type Answer, failed, ok } from './answer.ts'
import type { Call } from './call.ts'
import { formatContinue, parseContinue } from './continue-token.ts'
import { type ListMeta, listOf, metadataListOf, metadataOf, tableOf } from './representation.ts'
import { parseSelection } from './selection.ts'

/** GET of one object. */
export function readOne(call: Call, name: string): Answer {
  const wanted = versionOf(call)
  // Upstream takes what it cannot read here for an error of its own.
  if (!wanted.ok) return failed(wanted.error.code === 400 ? { ...wanted.error, code: 500 } : wanted.error)
  const object = call.store.get(call.kind, { namespace: call.namespace, name })
  return object === undefined ? failed(notFound(call.kind, name)) : ok(represent(call, object))
}

/** One object as the client wants to see it. */
export function represent(call: Call, object: KubeObject): unknown {
  switch (call.representation) {
    case 'object':
      return object
    case 'metadata':
      return metadataOf(object)
    case 'table':
      return tableOf(
        call.kind,
        [object],
        { resourceVersion: object.metadata.resourceVersion ?? '' },
        tableOptions(call),
      )
  }
}

const tableOptions = (call: Call) => ({
  includeObject: call.query.get('includeObject') ?? 'Metadata',
  withColumns: true,
  now: call.clock.now(),
})

/** GET of a collection: `limit` and `continue`, selectors, and never older than the asked resourceVersion. */
export function readList(call: Call): Answer {
  const selection = parseSelection(call.kind, call.namespace, call.query)
  if (!selection.ok) return failed(selection.error)
  const asked = call.query.get('limit') ?? ''
  if (!/^\d*$/.test(asked))
    return failed(badRequest(`strconv.ParseInt: parsing ${JSON.stringify(asked)}: invalid syntax`))
  const start = startOf(call)
  if (!start.ok) return failed(start.error)
  const { revision, after } = start.value
  const objects = call.store
    .list(call.kind, call.namespace)
    .filter((object) => keyOf(object) > after && selection.value.matches(object))
  const limit = Number(asked) || objects.length
  const page = objects.slice(0, limit)
  const last = page.at(-1)
  const metadata: ListMeta = {
    resourceVersion: String(revision),
    ...(objects.length > limit &&
      last !== undefined && {
        continue: formatContinue({ revision, after: keyOf(last) }),
        ...(!selection.value.restricts && { remainingItemCount: objects.length - limit }),
      }),
  }
  return ok(representList(call, page, metadata))
}

/** The version that the answer may not be older than; 0 for any. */
function versionOf({ query, store }: Call): Outcome<number, Status> {
  const wanted = query.get('resourceVersion') ?? ''
  if (!/^\d*$/.test(wanted)) return refuse(badRequest(`invalid resource version: ${unreadableVersion(wanted)}`))
  return Number(wanted) > store.revision
    ? refuse(resourceVersionTooLarge(wanted, store.revision))
    : success(Number(wanted))
}

function startOf(call: Call): Outcome<{ readonly revision: number; readonly after: string }, Status> {
  const { query, store, history } = call
  const token = query.get('continue') ?? ''
  if (token !== '') {
    const parsed = parseContinue(token)
    if (!parsed.ok) return refuse(badRequest(`invalid continue token: ${parsed.error}`))
    return parsed.value.revision < history.floor
      ? refuse(expired('The provided continue parameter is too old to display a consistent list result.'))
      : success(parsed.value)
  }
  const wanted = versionOf(call)
  if (!wanted.ok) return wanted
  if (query.get('resourceVersionMatch') === 'Exact' && wanted.value < store.revision)
    return refuse(expired(`The resourceVersion for the provided list is too old.`))
  return success({ revision: store.revision, after: '' })
}

function representList(call: Call, objects: readonly KubeObject[], metadata: ListMeta): unknown {
  switch (call.representation) {
    case 'object':
      return listOf(call.kind, apiVersionOf(call.kind), objects, metadata)
    case 'metadata':
      return metadataListOf(objects, metadata)
    case 'table':
      return tableOf(call.kind, objects, metadata, tableOptions(call))
  }
}

const keyOf = ({ metadata: { namespace, name } }: KubeObject) =>
  namespace === undefined ? name : `${namespace}/${name}`
