import { failure, type Outcome, success } from '#lib/outcome.ts'

/** Where the next page begins. */
export interface Continuation {
  /** Of the first page; the whole list is as of this revision. */
  readonly revision: number
  /** `namespace/name` of the last object sent. */
  readonly after: string
}

export const formatContinue = ({ revision, after }: Continuation): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: after })).toString('base64url')

export function parseContinue(token: string): Outcome<Continuation, string> {
  try {
    const { rv, start } = JSON.parse(Buffer.from(token, 'base64url').toString()) as Record<string, unknown>
    if (typeof rv === 'number' && typeof start === 'string') return success({ revision: rv, after: start })
  } catch (cause) {
    return failure(`continue key is not valid: ${cause instanceof Error ? cause.message : 'unreadable'}`)
  }
  return failure('continue key is not valid')
}
