import { apiVersionOf, rbacName, resources } from '#api/resources.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { type AccessQuestion, askAccess } from './can-i.ts'
import type { ClusterClient } from './client.ts'

/** What stands between us and watching rollouts. */
export type Obstacle =
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'crdsMissing'; readonly missing: readonly string[] }

/**
 * Reachable? → allowed to list and watch rollouts in every namespace of the scope? → are rollouts served at all? One request
 * for each question, the first obstacle wins. A server that will not answer the questions is given the benefit of the doubt.
 */
export async function admit(
  client: ClusterClient,
  namespaces: readonly string[] | undefined,
): Promise<Outcome<void, Obstacle>> {
  for (const namespace of namespaces ?? [undefined]) {
    for (const verb of ['list', 'watch']) {
      const refusal = await refusalOf(client, { verb, resource: resources.rollouts, namespace })
      if (refusal !== undefined) return failure({ kind: 'failed', failure: refusal })
    }
  }
  const missing = await missingKinds(client)
  if (!missing.ok) return failure({ kind: 'failed', failure: missing.error })
  // Analysis and experiments are optional; without rollouts there is nothing to show.
  if (missing.value.includes(rbacName(resources.rollouts)))
    return failure({ kind: 'crdsMissing', missing: missing.value })
  return success(undefined)
}

async function refusalOf(client: ClusterClient, question: AccessQuestion): Promise<Failure | undefined> {
  const answer = await askAccess(client, question)
  if (!answer.ok)
    return answer.error.kind === 'Forbidden' || answer.error.kind === 'NotFound' ? undefined : answer.error
  if (answer.value) return undefined
  const where = question.namespace === undefined ? 'in all namespaces' : `in namespace ${question.namespace}`
  const resource = rbacName(question.resource)
  const message = `You may not ${question.verb} ${resource} ${where}. Ask for a role that allows it, or choose other namespaces.`
  return { kind: 'Forbidden', message, verb: question.verb, resource, namespace: question.namespace }
}

const wanted = [
  resources.rollouts,
  resources.analysisRuns,
  resources.analysisTemplates,
  resources.clusterAnalysisTemplates,
  resources.experiments,
]

/** Which kinds of the Argo Rollouts API this server does not serve, as `rollouts.argoproj.io`. */
async function missingKinds(client: ClusterClient): Promise<Outcome<readonly string[], Failure>> {
  const answer = await client.raw(`/apis/${apiVersionOf(resources.rollouts)}`)
  if (!answer.ok && answer.error.kind === 'Forbidden') return success([])
  if (!answer.ok && answer.error.kind !== 'NotFound') return answer
  const served = answer.ok
    ? (answer.value as { readonly resources?: readonly { readonly name: string }[] }).resources
    : []
  const names = new Set((served ?? []).map(({ name }) => name))
  return success(wanted.filter(({ plural }) => !names.has(plural)).map(rbacName))
}
