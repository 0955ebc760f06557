import { createHash, createHmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import type { Clock } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { type AwsCredentials, type AwsIdentity, awsCredentials } from '#main/aws/credentials.ts'
import type { HttpCall } from './http/http.ts'

/** Adds what AWS wants of a call before it lets anybody in. */
export type Sign = (call: HttpCall) => Promise<HttpCall>

/** The signer of Amazon's managed Prometheus (PRV-205). The failure is the text of whoever was asked for credentials. */
export async function sigv4For(
  identity: AwsIdentity,
  time: { readonly clock: Clock; readonly timeoutMs: number },
): Promise<Outcome<Sign, string>> {
  const region = identity.region || identity.env['AWS_REGION'] || identity.env['AWS_DEFAULT_REGION'] || ''
  if (region === '') return failure('region not configured in sigv4 or in default credentials chain')
  const credentials = await awsCredentials({ ...identity, region }, time)
  if (!credentials.ok) return failure(`could not get SigV4 credentials: ${credentials.error}`)
  return success((call) => signed(call, credentials.value, region, time.clock))
}

async function signed(call: HttpCall, credentials: AwsCredentials, region: string, clock: Clock): Promise<HttpCall> {
  const url = new URL(call.url)
  const signer = new SignatureV4({ service: 'aps', region, credentials, sha256: Sha256 })
  const request = await signer.sign(
    {
      method: call.method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...Object.fromEntries(call.headers ?? []), host: url.host },
      body: call.body,
    },
    { signingDate: new Date(clock.now()) },
  )
  // AWS reads a plus sign in a query as itself.
  return { ...call, url: call.url.replaceAll('+', '%20'), headers: Object.entries(request.headers) }
}

/** SHA-256 as the signer wants it: the digest, or the code when it was given a key. */
class Sha256 {
  readonly #secret: Uint8Array | string | undefined
  #hash: { update(data: Uint8Array): unknown; digest(): Uint8Array }

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret === undefined || typeof secret === 'string' ? secret : bytesOf(secret)
    this.#hash = this.#fresh()
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof data === 'string' ? Buffer.from(data) : bytesOf(data))
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest())
  }

  reset(): void {
    this.#hash = this.#fresh()
  }

  #fresh() {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret)
  }
}

const bytesOf = (data: ArrayBuffer | ArrayBufferView): Uint8Array =>
  ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
