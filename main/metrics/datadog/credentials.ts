import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { MeasureContext } from '../provider.ts'

export interface DatadogCredentials {
  /** Empty: Datadog's own. */
  readonly address: string
  readonly apiKey: string
  readonly appKey: string
}

const secretName = 'datadog'

/** PRV-502: those that are named and nothing else, or else those of the settings, or else the shared ones. */
export async function findCredentials(
  { name, namespaced }: { readonly name: string; readonly namespaced: boolean },
  context: MeasureContext,
): Promise<Outcome<DatadogCredentials, string>> {
  if (namespaced && name === '') return failure('secret name is required for namespaced credentials')
  const shared = context.settings.controllerNamespace
  const found =
    name === ''
      ? (ofSettings(context) ?? (await ofSecret(context, shared, secretName)))
      : await ofSecret(context, namespaced ? (context.run.metadata.namespace ?? '') : shared, name)
  return found === undefined ? failure('failed to find the credentials for datadog metrics provider') : success(found)
}

/** All three have to be there, if only empty. */
function ofSettings({ settings: { env } }: MeasureContext): DatadogCredentials | undefined {
  const { DD_API_KEY: apiKey, DD_APP_KEY: appKey, DD_ADDRESS: address } = env
  if (apiKey === undefined || appKey === undefined || address === undefined) return undefined
  return complete({ address, apiKey, appKey })
}

async function ofSecret(
  { secret }: MeasureContext,
  namespace: string,
  name: string,
): Promise<DatadogCredentials | undefined> {
  const read = await secret(namespace, name)
  if (!read.ok) return undefined
  const { address = '', 'api-key': apiKey = '', 'app-key': appKey = '' } = read.value
  return complete({ address, apiKey, appKey })
}

const complete = (credentials: DatadogCredentials): DatadogCredentials | undefined =>
  credentials.apiKey === '' || credentials.appKey === '' ? undefined : credentials
