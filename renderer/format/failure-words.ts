import type { ActionRefusal } from '#contract/views.ts'
import { assertNever } from '#lib/assert.ts'
import type { Failure } from '#lib/failure.ts'
import type { Text } from './text.ts'

/** What is the case and why, in one sentence; the server's own text is kept whole (UI-COPY-7). */
export function failureWords(text: Text, failure: Failure): string {
  switch (failure.kind) {
    case 'Forbidden':
      return text(failure.namespace === undefined ? 'failure.forbidden' : 'failure.forbiddenIn', {
        verb: failure.verb,
        resource: failure.resource,
        namespace: failure.namespace ?? '',
      })
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
