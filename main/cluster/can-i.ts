import { apiVersionOf, type Resource, resources } from '#api/resources.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from './client.ts'

/** "May I …?", in RBAC's words. */
export interface AccessQuestion {
  readonly verb: string
  readonly resource: Resource
  readonly subresource?: string | undefined
  /** `undefined`: in all namespaces. */
  readonly namespace?: string | undefined
  /** `undefined`: any object. */
  readonly name?: string | undefined
}

export type CanI = (question: AccessQuestion) => Promise<Outcome<boolean, Failure>>

const lifetimeMs = 60_000
const answersMax = 1000

/** Asks one cluster about rights; answers stand for 60 s, and a question under way is asked once. */
export function createCanI(client: Pick<ClusterClient, 'create'>, clock: Clock): CanI {
  const answers = new Map<string, { readonly until: EpochMs; readonly answer: ReturnType<CanI> }>()
  return async (question) => {
    const { verb, resource, subresource = '', namespace = '', name = '' } = question
    const key = [verb, resource.group, resource.plural, subresource, namespace, name].join('/')
    const known = answers.get(key)
    if (known !== undefined && clock.now() < known.until) return known.answer
    const answer = askAccess(client, question)
    answers.delete(key)
    answers.set(key, { until: clock.now() + lifetimeMs, answer })
    const [oldest] = answers.keys()
    if (answers.size > answersMax && oldest !== undefined) answers.delete(oldest)
    const outcome = await answer
    if (!outcome.ok && answers.get(key)?.answer === answer) answers.delete(key)
    return outcome
  }
}

/** One SelfSubjectAccessReview, nothing cached. */
export async function askAccess(
  client: Pick<ClusterClient, 'create'>,
  { verb, resource, subresource, namespace, name }: AccessQuestion,
): Promise<Outcome<boolean, Failure>> {
  const review = {
    apiVersion: apiVersionOf(resources.selfSubjectAccessReviews),
    kind: resources.selfSubjectAccessReviews.kind,
    metadata: { name: '' },
    spec: {
      resourceAttributes: {
        verb,
        group: resource.group,
        version: resource.version,
        resource: resource.plural,
        ...(subresource !== undefined && { subresource }),
        ...(namespace !== undefined && { namespace }),
        ...(name !== undefined && { name }),
      },
    },
  }
  const answer = await client.create(resources.selfSubjectAccessReviews, review)
  if (!answer.ok) return answer
  return success((answer.value as { readonly status?: { readonly allowed?: boolean } }).status?.allowed === true)
}
