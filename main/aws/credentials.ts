import type { Clock } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface AwsIdentity {
  /** Of the shared configuration files; empty: none. */
  readonly profile: string
  /** To be assumed; empty: none. */
  readonly roleArn: string
  readonly region: string
  /** The cluster's settings, `AWS_ACCESS_KEY_ID` and so on. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Where the reference asks AWS for whom it signs: a named profile, the settings, and then whatever this machine has. */
export async function awsCredentials(
  identity: AwsIdentity,
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
): Promise<Outcome<AwsCredentials, string>> {
  try {
    return await withinTime(resolve(identity), clock, timeoutMs)
  } catch (error) {
    return failure(error instanceof Error ? error.message : String(error))
  }
}

async function resolve({ profile, roleArn, region, env }: AwsIdentity): Promise<AwsCredentials> {
  // They are large, and most people have no use for them.
  const { fromIni, fromNodeProviderChain, fromTemporaryCredentials } = await import('@aws-sdk/credential-providers')
  const named = profile === '' ? (env['AWS_PROFILE'] ?? '') : profile
  const files = {
    ...(env['AWS_SHARED_CREDENTIALS_FILE'] && { filepath: env['AWS_SHARED_CREDENTIALS_FILE'] }),
    ...(env['AWS_CONFIG_FILE'] && { configFilepath: env['AWS_CONFIG_FILE'] }),
    clientConfig: { region },
  }
  const own = ofSettings(env)
  const base =
    profile === '' && own !== undefined
      ? () => Promise.resolve(own)
      : named === ''
        ? fromNodeProviderChain(files)
        : fromIni({ ...files, profile: named })
  if (roleArn === '') return base()
  const params = { RoleArn: roleArn, RoleSessionName: 'argosy' }
  return fromTemporaryCredentials({ masterCredentials: base, params, clientConfig: { region } })()
}

function ofSettings(env: AwsIdentity['env']): AwsCredentials | undefined {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId = '',
    AWS_SECRET_ACCESS_KEY: secretAccessKey = '',
    AWS_SESSION_TOKEN: sessionToken = '',
  } = env
  if (accessKeyId === '' || secretAccessKey === '') return undefined
  return { accessKeyId, secretAccessKey, ...(sessionToken !== '' && { sessionToken }) }
}

function withinTime<T>(promise: Promise<T>, clock: Clock, timeoutMs: number): Promise<Outcome<T, string>> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(timeoutMs, () => resolve(failure('context deadline exceeded')))
    promise.then((value) => resolve(success(value)), reject).finally(cancel)
  })
}
