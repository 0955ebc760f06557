import type { ActionEffect, ActionRefusal } from '#contract/views.ts'
import { assertNever } from '#lib/assert.ts'
import type { Failure } from '#lib/failure.ts'
import type { Text } from './text.ts'

/** What is the case and why, in one sentence; the server's own text is kept whole (UI-COPY-7). */
export function failureWords(text: Text, failure: Failure): string {
  switch (failure.kind) {
    case 'Forbidden':
      return forbiddenWords(text, failure)
    case 'Conflict':
      return text('failure.conflict', { message: failure.message })
    case 'NotFound':
      return text('failure.notFound', {
        resource: failure.resource,
        name: failure.name ?? '',
        message: failure.message,
      })
    case 'Unauthorized':
      return text('failure.unauthorized', { message: unended(failure.message) })
    case 'Unreachable':
      return text('failure.unreachable', { message: unended(failure.message) })
    case 'Throttled':
      return text('failure.throttled', { seconds: Math.ceil(failure.retryAfterMs / 1000) })
    case 'Invalid':
      return text('failure.invalid', {
        message: [failure.message, ...failure.causes.map((cause) => `${cause.field}: ${cause.reason}`)].join(' '),
      })
    case 'AlreadyExists':
    case 'Gone':
    case 'ServerError':
      return text('failure.other', { message: failure.message })
    default:
      return assertNever(failure)
  }
}

/** UI-ERR-2: the missing verb, the resource, where, and the account where the server names it. */
function forbiddenWords(text: Text, failure: Failure & { readonly kind: 'Forbidden' }): string {
  const { verb, resource, namespace = '', user = '' } = failure
  const values = { verb, resource, namespace, user }
  if (user === '') return text(namespace === '' ? 'failure.forbidden' : 'failure.forbiddenIn', values)
  return text(namespace === '' ? 'failure.forbiddenFor' : 'failure.forbiddenInFor', values)
}

/** A server's text within a sentence of ours, which brings its own full stop. */
const unended = (message: string): string => message.replace(/[.。]\s*$/u, '')

/** Why an action was not carried out in one cluster. */
export function refusalWords(text: Text, refusal: ActionRefusal): string {
  switch (refusal.kind) {
    case 'notOpen':
      return refusal.reason
    case 'movedOn':
      return text('refusal.movedOn', { changed: refusal.changed.join(', ') })
    case 'failed':
      return failureWords(text, refusal.failure)
    case 'unknownTarget':
      return text('refusal.unknownTarget')
    default:
      return assertNever(refusal)
  }
}

/** ACT-58, OPS-40: what was seen of the engine that should have acted, in one sentence. */
export function driverWords(text: Text, { engine, holder, waitedMs }: ActionEffect): string {
  const seconds = Math.round(waitedMs / 1000)
  switch (engine) {
    case 'driven':
      return text('notSeen.driven', { seconds })
    case 'inCluster':
    case 'contested':
      return text('notSeen.inCluster', { seconds, holder: holder ?? '' })
    case 'observed':
      return text('notSeen.observed', { seconds })
    case 'unknown':
    case 'snapshot':
      return text('notSeen.unknown', { seconds })
    default:
      return assertNever(engine)
  }
}
