import { codeOf } from '#main/cluster/classify-failure.ts'

/** What an exchange was about, for the texts of Go's client. */
export interface Attempt {
  readonly method: string
  /** As it was asked for. */
  readonly url: string
}

/** `Post "http://prom:9090/api/v1/query": context deadline exceeded`; a password in the URL is left out. */
export const clientError = ({ method, url }: Attempt, cause: string): string =>
  `${method.slice(0, 1)}${method.slice(1).toLowerCase()} ${JSON.stringify(withoutPassword(url))}: ${cause}`

export const deadlineExceeded = 'context deadline exceeded'

const withoutPassword = (url: string): string => url.replace(/^([a-z]+:\/\/[^/?#@:]*):[^/?#]*@/i, '$1:***@')

/** Why no answer came, in the words of Go's `net`, `tls` and `net/http`. */
export function goErrorText(error: unknown, url: URL): string {
  const code = codeOf(error) ?? ''
  const dialling = dialTexts[code]
  if (dialling !== undefined) return `dial tcp ${addressOf(error, url)}: ${dialling}`
  const known = texts[code]
  if (known !== undefined) return known.replace('HOST', url.hostname)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `${notVerified} ${otherName(error, url.hostname)}`
  if (error instanceof Error && error.name === 'HTTPParserError')
    return 'net/http: HTTP/1.x transport connection broken: malformed HTTP response'
  const refusal = /^Proxy response \((\d+)\)/.exec(error instanceof Error ? error.message : '')?.[1]
  if (refusal !== undefined) return `the proxy answered CONNECT with ${refusal}`
  return error instanceof Error ? error.message : String(error)
}

/** Before there was a connection. */
export const isDialFailure = (error: unknown): boolean =>
  Object.hasOwn(dialTexts, codeOf(error) ?? '') || ['ENOTFOUND', 'EAI_AGAIN'].includes(codeOf(error) ?? '')

const dialTexts: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
  UND_ERR_CONNECT_TIMEOUT: 'i/o timeout',
}

const notVerified = 'tls: failed to verify certificate: x509:'
const unknownAuthority = `${notVerified} certificate signed by unknown authority`
const outOfTime = `${notVerified} certificate has expired or is not yet valid`

const texts: Readonly<Record<string, string>> = {
  ENOTFOUND: 'dial tcp: lookup HOST: no such host',
  EAI_AGAIN: 'dial tcp: lookup HOST: temporary failure in name resolution',
  ECONNRESET: 'read: connection reset by peer',
  EPIPE: 'write: broken pipe',
  UND_ERR_SOCKET: 'EOF',
  UND_ERR_HEADERS_OVERFLOW: 'net/http: server response headers exceeded the limit; aborted',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'http: response body too large',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  CERT_HAS_EXPIRED: outOfTime,
  CERT_NOT_YET_VALID: outOfTime,
  ERR_SSL_WRONG_VERSION_NUMBER: 'http: server gave HTTP response to HTTPS client',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'http: server gave HTTP response to HTTPS client',
  ERR_INVALID_URL: 'http: no Host in request URL',
}

/** Where it was dialled: the resolved address where the error tells it. */
function addressOf(error: unknown, url: URL): string {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = innerOf(each), depth++) {
    if ('address' in each && typeof each.address === 'string' && 'port' in each && typeof each.port === 'number')
      return each.address.includes(':') ? `[${each.address}]:${each.port}` : `${each.address}:${each.port}`
  }
  return `${url.hostname}:${port}`
}

const innerOf = (error: Error): unknown => (error instanceof AggregateError ? error.errors[0] : error.cause)

function otherName(error: unknown, host: string): string {
  const names = namesOf(error)
  if (/^\[|^\d+(\.\d+){3}$/.test(host)) {
    const address = host.replace(/^\[|\]$/g, '')
    return `cannot validate certificate for ${address} because it doesn't contain any IP SANs`
  }
  return names.length === 0
    ? `certificate is not valid for any names, but wanted to match ${host}`
    : `certificate is valid for ${names.join(', ')}, not ${host}`
}

function namesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error) || !('cert' in error)) return []
  const { cert } = error
  if (typeof cert !== 'object' || cert === null || !('subjectaltname' in cert)) return []
  return [...String(cert.subjectaltname).matchAll(/DNS:([^,\s]+)/g)].map(([, name = '']) => name)
}
