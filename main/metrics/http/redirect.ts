import { failure, type Outcome, success } from '#lib/outcome.ts'
import { type Exchange, type ExchangeAnswer, headerOf } from './exchange.ts'

const statuses: readonly number[] = [301, 302, 303, 307, 308]

/** The Location of an answer that sends the client elsewhere; `undefined` for any other answer. */
export function locationOf(answer: ExchangeAnswer): string | undefined {
  const location = statuses.includes(answer.status) ? headerOf(answer, 'location') : undefined
  return location === '' ? undefined : location
}

/** Not sent along to another host. */
const ofTheHost: readonly string[] = ['authorization', 'www-authenticate', 'cookie', 'cookie2']

/**
 * The request that follows a redirect, as Go's client makes it: 307 and 308 repeat method and body, the others make a GET of
 * whatever is no GET; headers stay, but for credentials when the host is neither the same nor below it.
 *
 * Failure  why the Location cannot be used.
 */
export function redirected(exchange: Exchange, status: number, location: string): Outcome<Exchange, string> {
  const url = URL.parse(location, exchange.url.href)
  if (url === null) return failure(`failed to parse Location header ${JSON.stringify(location)}: invalid URL`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return failure(`unsupported protocol scheme ${JSON.stringify(url.protocol.slice(0, -1))}`)
  const isRepeated = status === 307 || status === 308
  const isSameHost = url.hostname === exchange.url.hostname || url.hostname.endsWith(`.${exchange.url.hostname}`)
  const headers = new Map(
    [...exchange.headers].filter(
      ([name]) => (isSameHost || !ofTheHost.includes(name)) && (isRepeated || !name.startsWith('content-')),
    ),
  )
  const referer = refererOf(exchange.url, url)
  if (referer !== undefined && !headers.has('referer')) headers.set('referer', referer)
  return success({
    ...exchange,
    url,
    headers,
    method: isRepeated ? exchange.method : 'GET',
    body: isRepeated ? exchange.body : undefined,
  })
}

/** Without user and password; none from https to http. */
function refererOf(from: URL, to: URL): string | undefined {
  if (from.protocol === 'https:' && to.protocol === 'http:') return undefined
  const referer = new URL(from)
  referer.username = ''
  referer.password = ''
  return referer.href
}
