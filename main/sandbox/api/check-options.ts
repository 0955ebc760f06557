import type { Status } from '#api/meta.ts'
import { isFields } from '../registry/fields.ts'
import { type FieldError, forbiddenValue, invalid, notSupported } from '../registry/status.ts'
import type { Call } from './call.ts'
import type { Verb } from './request-path.ts'
import { isTrue } from './request-path.ts'

/** What the options of a verb are called when one of them is refused. */
const optionKinds: Readonly<Partial<Record<Verb, string>>> = {
  list: 'ListOptions',
  watch: 'ListOptions',
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
  delete: 'DeleteOptions',
  deletecollection: 'DeleteOptions',
}

/** Why the options of a request contradict themselves or say what nobody knows: 422; `undefined` when they do not. */
export function refuseOptions(call: Call): Status | undefined {
  const kind = optionKinds[call.verb]
  if (kind === undefined) return undefined
  const errors =
    kind === 'ListOptions' ? listErrors(call) : kind === 'DeleteOptions' ? deleteErrors(call) : writeErrors(call)
  return errors.length === 0 ? undefined : invalid(metaKind(kind), '', errors)
}

/** The options of every verb are a kind of the group `meta.k8s.io`. */
export const metaKind = (kind: string) => ({
  group: 'meta.k8s.io',
  version: 'v1',
  kind,
  plural: kind.toLowerCase(),
  namespaced: false,
})

const refused = (why: string): readonly FieldError[] => [forbiddenValue('resourceVersionMatch', why)]

function listErrors({ query, verb }: Call): readonly FieldError[] {
  const match = query.get('resourceVersionMatch') ?? ''
  const sendsInitial = verb === 'watch' && isTrue(query.get('sendInitialEvents'))
  if (sendsInitial && match !== 'NotOlderThan')
    return refused('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')
  if (sendsInitial || match === '') return []
  if (verb === 'watch')
    return refused('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided')
  return matchErrors(match, query.get('resourceVersion') ?? '')
}

function matchErrors(match: string, version: string): readonly FieldError[] {
  const known = ['Exact', 'NotOlderThan']
  if (version === '') return refused('resourceVersionMatch is forbidden unless resourceVersion is provided')
  if (!known.includes(match)) return [notSupported('resourceVersionMatch', match, known)]
  const isVague = match === 'Exact' && version === '0'
  return isVague ? refused('resourceVersionMatch "exact" is forbidden for resourceVersion "0"') : []
}

function writeErrors({ query }: Call): readonly FieldError[] {
  const validation = query.get('fieldValidation') ?? ''
  const known = ['', 'Ignore', 'Strict', 'Warn']
  return [
    ...dryRunErrors(query.getAll('dryRun')),
    ...(known.includes(validation) ? [] : [notSupported('fieldValidation', validation, known)]),
  ]
}

function deleteErrors({ query, body }: Call): readonly FieldError[] {
  const sent = isFields(body) ? body : {}
  const policy = sent['propagationPolicy'] ?? query.get('propagationPolicy') ?? 'Background'
  const known: readonly unknown[] = ['Foreground', 'Background', 'Orphan']
  return [
    ...(known.includes(policy) ? [] : [notSupported('propagationPolicy', policy, [...known, 'nil'])]),
    ...dryRunErrors([sent['dryRun'] ?? [], query.getAll('dryRun')].flat()),
  ]
}

const dryRunErrors = (asked: readonly unknown[]): readonly FieldError[] =>
  asked.every((each) => each === 'All') ? [] : [notSupported('dryRun', asked, ['All'])]
