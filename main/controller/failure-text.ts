import { assertNever } from '#lib/assert.ts'
import type { Failure } from '#lib/failure.ts'

/** A failed request in words a person can act on. */
export function failureText(failure: Failure): string {
  switch (failure.kind) {
    case 'Forbidden': {
      const where = failure.namespace === undefined ? 'in the whole cluster' : `in namespace ${failure.namespace}`
      const account = failure.user === undefined ? '' : `; your account there is ${failure.user}`
      return `permission denied: you need the right to ${failure.verb} ${failure.resource} ${where}${account}`
    }
    case 'Unauthorized':
      return `sign-in needed: ${failure.message}`
    case 'Unreachable':
      return `the cluster does not answer: ${failure.message}`
    case 'NotFound':
      return isMissingKind(failure)
        ? `this cluster does not know ${failure.resource}: install the definitions with argosy crds install`
        : failure.message
    case 'Throttled':
      return `the cluster asks to wait ${Math.ceil(failure.retryAfterMs / 1000)} s: ${failure.message}`
    case 'Conflict':
    case 'AlreadyExists':
    case 'Gone':
    case 'Invalid':
    case 'ServerError':
      return failure.message
    default:
      return assertNever(failure)
  }
}

/** A 404 for a whole resource rather than for an object of it. */
export const isMissingKind = (failure: Failure): boolean => failure.kind === 'NotFound' && failure.name === undefined
