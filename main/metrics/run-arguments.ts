import type { AnalysisArgument, AnalysisRun } from '#api/analysis.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { readSecret } from './read-secret.ts'

export interface RunArguments {
  /** With the values of secrets: never to be logged or kept. */
  readonly args: readonly AnalysisArgument[]
  /** Takes the values of secrets out of a text (ANA-309). */
  readonly redact: (text: string) => string
}

/** Why the arguments of a run have no value. Only what is refused ends the run; what could not be asked is asked again. */
export type ArgumentFailure =
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unanswered'; readonly failure: Failure }

/** The arguments of a run with those of its Secrets, which go over any value (ANA-303, ANA-305). */
export async function runArguments(
  run: AnalysisRun,
  client: ClusterClient,
): Promise<Outcome<RunArguments, ArgumentFailure>> {
  const args: AnalysisArgument[] = []
  const secrets: string[] = []
  for (const arg of run.spec.args ?? []) {
    const ref = arg.valueFrom?.secretKeyRef
    if (ref === undefined) args.push(arg)
    else {
      const value = await secretValue(ref, run.metadata.namespace ?? '', client)
      if (!value.ok) return value
      args.push({ ...arg, value: value.value })
      secrets.push(value.value)
    }
  }
  return success({ args, redact: redaction(secrets) })
}

async function secretValue(
  { name, key }: { readonly name: string; readonly key: string },
  namespace: string,
  client: ClusterClient,
): Promise<Outcome<string, ArgumentFailure>> {
  const secret = await readSecret(client, { namespace, name })
  if (!secret.ok) {
    const { kind, message } = secret.error
    const isRefused = kind === 'NotFound' || kind === 'Forbidden' || kind === 'Invalid'
    return failure(isRefused ? { kind: 'refused', message } : { kind: 'unanswered', failure: secret.error })
  }
  return Object.hasOwn(secret.value, key)
    ? success(secret.value[key] ?? '')
    : failure({ kind: 'refused', message: `key '${key}' does not exist in secret '${name}'` })
}

/** Longer values first, for one may hold another. */
function redaction(secrets: readonly string[]): (text: string) => string {
  const values = secrets.filter((each) => each !== '').toSorted((a, b) => b.length - a.length)
  return (text) => values.reduce((rest, value) => rest.replaceAll(value, '*****'), text)
}
