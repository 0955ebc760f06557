import type { Status } from '#api/meta.ts'
import { type Resource, rbacName } from '#api/resources.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { redactText } from '#lib/redact-text.ts'
import type { ContextAccess } from './kubeconfig.ts'
import type { UserEntry } from './kubeconfig-file.ts'

/** What was asked for, in RBAC's words; it names the missing right in a `Forbidden`. */
export interface Asked {
  readonly verb: string
  readonly resource: Resource | undefined
  readonly subresource?: string | undefined
  readonly namespace?: string | undefined
  readonly name?: string | undefined
  /** URL path, for requests that are not about a resource. */
  readonly path: string
}

export interface Answer {
  readonly status: number
  /** Value of the Retry-After header. */
  readonly retryAfter: string | undefined
  readonly body: string
  /** For a Retry-After that is a date. */
  readonly now: EpochMs
  /** Of a 401: whose credential was refused, and how to renew it. */
  readonly refused?: string | undefined
}

/**
 * The failure that an HTTP error answer means. The only place that looks at a status code; an ERROR event of a watch carries
 * the same `Status` and comes here too.
 */
export function classifyAnswer(answer: Answer, asked: Asked): Failure {
  const status = parseStatus(answer.body)
  const message = messageOf(answer, status, asked)
  switch (answer.status) {
    case 401:
      return { kind: 'Unauthorized', message: answer.refused ?? `The credential was refused (${message}).` }
    case 403:
      return {
        kind: 'Forbidden',
        message,
        verb: asked.verb,
        resource: rightOn(asked),
        namespace: asked.namespace,
        user: /\bUser "([^"]+)"/.exec(message)?.[1],
      }
    case 404:
      // A Status is about the object; a plain "404 page not found" is about the whole resource.
      return {
        kind: 'NotFound',
        message,
        resource: rightOn(asked),
        name: status && (asked.name ?? status.details?.name),
      }
    case 409:
      return { kind: status?.reason === 'AlreadyExists' ? 'AlreadyExists' : 'Conflict', message }
    case 410:
      return { kind: 'Gone', message }
    default:
      return otherFailure(answer, message, status, asked)
  }
}

/** Whose credential an API server answered with 401, and what a person does about it: it depends on where it comes from. */
export function credentialRefused({ user, cluster: { server } }: ContextAccess): string {
  if (user === undefined)
    return `${server} wants a credential, and the kubeconfig names no user for this context. Add one.`
  return `${server} refuses the credential of user "${user.name}" (401). ${renewal(user)}`
}

/** In the order in which credentials are looked for. */
function renewal({ tokenFile, token, username, exec, authProvider, certificate }: UserEntry): string {
  if (tokenFile !== undefined) return `Put a new token into ${tokenFile}.`
  if (token !== undefined) return 'Put a new token for this user into the kubeconfig.'
  if (username !== undefined) return 'Correct its username and password in the kubeconfig.'
  if (exec !== undefined) return `Sign in again with the tool behind ${exec.command}.`
  if (authProvider !== undefined) return `Sign in again with the tool that wrote it (${authProvider.name}).`
  if (certificate !== undefined) return 'Put a new client certificate for this user into the kubeconfig.'
  return 'The kubeconfig holds no credential for this user. Add one.'
}

/** The request itself is wrong. */
const invalidCodes: readonly number[] = [400, 405, 413, 415, 422]

function otherFailure(answer: Answer, message: string, status: Status | undefined, asked: Asked): Failure {
  if (invalidCodes.includes(answer.status)) return { kind: 'Invalid', message, causes: causesOf(status, asked) }
  const wait = retryAfterMs(answer, status)
  if (answer.status === 429)
    return { kind: 'Throttled', message: withBudget(message, status), retryAfterMs: wait ?? 1000 }
  if (answer.status === 503 && wait !== undefined) return { kind: 'Throttled', message, retryAfterMs: wait }
  return { kind: 'ServerError', message, status: answer.status }
}

/** An eviction that is refused names the budget among the causes only. */
function withBudget(message: string, status: Status | undefined): string {
  const budget = status?.details?.causes?.find(({ reason }) => reason === 'DisruptionBudget')?.message
  return budget === undefined ? message : `${message} ${budget}`
}

/**
 * The failure that a thrown error of the transport means: no answer.
 * @param since when the first of an unbroken run of such errors happened.
 */
export function classifyThrown(error: unknown, server: string, since: EpochMs): Failure {
  return { kind: 'Unreachable', message: `${server}: ${reachText(error)}`, since }
}

/** Codes of Node, TLS and undici, in words a person can act on. */
const reachTexts: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name cannot be resolved. Check the address, DNS and VPN',
  EAI_AGAIN: 'the name cannot be resolved now. Check DNS and VPN',
  ECONNREFUSED: 'nothing accepts connections there. Check the address, and whether the API server runs',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  EHOSTUNREACH: 'there is no route to this host. Check the network and VPN',
  ENETUNREACH: 'there is no route to this network. Check the network and VPN',
  ETIMEDOUT: 'the connection timed out. Check the network and VPN',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out. Check the network and VPN',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'its answer stopped half-way',
  UND_ERR_SOCKET: 'the connection was closed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not signed by a known authority. Check certificate-authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not signed by a known authority. Check certificate-authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not signed by a known authority. Check certificate-authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not signed by a known authority. Check certificate-authority',
  ERR_INVALID_URL: 'server in the kubeconfig is not an address',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name. Check the address or tls-server-name',
}

function reachText(error: unknown): string {
  const code = codeOf(error)
  const known = code === undefined ? undefined : reachTexts[code]
  if (known !== undefined) return `${known} (${code})`
  const text = error instanceof Error ? error.message : String(error)
  return redactText(code === undefined ? text : `${text} (${code})`)
}

/** The code of an error or of the one beneath it. */
export function codeOf(error: unknown): string | undefined {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth++) {
    if ('code' in each && typeof each.code === 'string') return each.code
    const first: unknown = each instanceof AggregateError ? each.errors[0] : undefined
    if (first !== undefined) return codeOf(first)
  }
  return undefined
}

const messageMax = 2000

function messageOf({ status: code, body }: Answer, status: Status | undefined, asked: Asked): string {
  const what = `${asked.verb} ${asked.resource === undefined ? asked.path : rightOn(asked)}`
  // What a server says about a Secret may quote its value.
  if (asked.resource?.plural === 'secrets' && code !== 403 && code !== 404) return `${what}: ${status?.reason ?? code}`
  const text = status?.message ?? plainText(body)
  return redactText(text === '' ? `${what}: HTTP ${code}` : text.slice(0, messageMax))
}

/** Proxies answer with HTML pages; those tell a person nothing. */
const plainText = (body: string): string => (/^\s*</.test(body) ? '' : body.trim())

/** `rollouts.argoproj.io/status` */
function rightOn({ resource, subresource, path }: Asked): string {
  if (resource === undefined) return path
  return subresource === undefined ? rbacName(resource) : `${rbacName(resource)}/${subresource}`
}

function causesOf(status: Status | undefined, asked: Asked) {
  const isSecret = asked.resource?.plural === 'secrets'
  return (status?.details?.causes ?? []).map(({ field = '', reason = '', message }) => ({
    field,
    reason: isSecret ? reason : redactText(message ?? reason),
  }))
}

/** What an API server says when it refuses, and hardly anybody else. */
export const isStatus = (body: string): boolean => parseStatus(body)?.status === 'Failure'

function parseStatus(body: string): Status | undefined {
  if (!body.trimStart().startsWith('{')) return undefined
  try {
    const value = JSON.parse(body) as Status | null
    return value?.kind === 'Status' ? value : undefined
  } catch {
    return undefined
  }
}

function retryAfterMs({ retryAfter, now }: Answer, status: Status | undefined): number | undefined {
  const seconds = retryAfter === undefined ? status?.details?.retryAfterSeconds : Number(retryAfter)
  if (seconds !== undefined && Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const at = Date.parse(retryAfter ?? '')
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
