import type { Clock } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { awsCredentials } from './credentials.ts'

export interface AwsSurroundings {
  readonly clock: Clock
  /** The cluster's settings, `AWS_ACCESS_KEY_ID` and so on. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** For everything: credentials, every attempt, the waits in between. */
const timeoutMs = 30_000
const attemptsMax = 3

/**
 * One call. The SDK tries again what failed on its way, was throttled or is the fault of AWS, after a while that grows.
 *
 * Failure  the text of AWS, in the form Go's SDK gives it.
 */
export type AwsCall = <T>(
  operation: string,
  send: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
) => Promise<Outcome<T, string>>

/** Calls that must all be over in half a minute; what is not by then has failed. */
export async function inTime<T>(clock: Clock, run: (call: AwsCall) => Promise<T>): Promise<T> {
  const late = new AbortController()
  const cancel = clock.after(timeoutMs, () => late.abort())
  const call: AwsCall = async (operation, send) => {
    try {
      return success(await send({ abortSignal: late.signal }))
    } catch (error) {
      return failure(`operation error ${operation}, ${causeOf(error, late.signal.aborted)}`)
    }
  }
  try {
    return await run(call)
  } finally {
    cancel()
  }
}

/**
 * How a client of the SDK is made: with the credentials and the region of the settings, else those of this machine (PRV-902).
 * @param service as it stands in `AWS_ENDPOINT_URL_…`
 */
export function awsClientConfig(service: 'CLOUDWATCH' | 'ELASTIC_LOAD_BALANCING_V2', { clock, env }: AwsSurroundings) {
  const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || ''
  const endpoint = env[`AWS_ENDPOINT_URL_${service}`] || env['AWS_ENDPOINT_URL'] || ''
  return {
    ...(region !== '' && { region }),
    ...(endpoint !== '' && { endpoint }),
    credentials: async () => {
      const found = await awsCredentials({ profile: '', roleArn: '', region, env }, { clock, timeoutMs })
      if (!found.ok) throw new Error(found.error)
      return found.value
    },
    maxAttempts: attemptsMax,
    requestHandler: { connectionTimeout: timeoutMs, requestTimeout: timeoutMs, throwOnRequestTimeout: true },
  }
}

function causeOf(error: unknown, isLate: boolean): string {
  if (isLate) return 'context deadline exceeded'
  if (!(error instanceof Error)) return String(error)
  // Of a signature that does not match AWS repeats the whole request, and with it the session token.
  const [text = ''] = error.message.split('\n')
  const status = statusOf(error)
  return status === undefined ? text : `https response error StatusCode: ${status}, ${error.name}: ${text}`
}

function statusOf(error: Error): number | undefined {
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined
}
