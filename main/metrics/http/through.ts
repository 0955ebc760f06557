import type { Clock } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { type Exchange, type ExchangeAnswer, headerOf, type Send } from './exchange.ts'
import { clientError, deadlineExceeded } from './go-error.ts'
import type { Http, HttpAnswer, HttpCall } from './http.ts'
import { locationOf, redirected } from './redirect.ts'

const redirectsMax = 10

/** The port over whatever sends single requests: the time for all of it, redirects, and the texts of failures. */
export const httpThrough =
  (send: Send, clock: Clock): Http =>
  async (call) => {
    const first = firstExchange(call)
    if (!first.ok) return failure(clientError(call, first.error))
    if (call.timeoutMs <= 0) return failure(clientError(call, deadlineExceeded))
    const deadline = new AbortController()
    const cancel = clock.after(call.timeoutMs, () => deadline.abort())
    try {
      return await follow({ ...first.value, signal: deadline.signal }, call, send)
    } finally {
      cancel()
    }
  }

async function follow(first: Exchange, call: HttpCall, send: Send): Promise<Outcome<HttpAnswer, string>> {
  let current = first
  let url = call.url
  for (let sent = 1; ; sent++) {
    const answer = await inTime(send(current), current.signal)
    const fail = (cause: string) => failure(clientError({ method: call.method, url }, cause))
    if (current.signal.aborted) return fail(deadlineExceeded)
    if (!answer.ok) return fail(answer.error)
    const location = locationOf(answer.value)
    if (location === undefined) return success(readable(answer.value))
    if (sent > redirectsMax) {
      url = location
      return failure(clientError({ method: call.method, url }, `stopped after ${redirectsMax} redirects`))
    }
    const next = redirected(current, answer.value.status, location)
    if (!next.ok) return failure(clientError({ method: call.method, url: location }, next.error))
    current = next.value
    url = current.url.href
  }
}

/** What is not done when the signal comes is not waited for, and clears up behind itself. */
function inTime<T>(work: Promise<Outcome<T, string>>, signal: AbortSignal): Promise<Outcome<T, string>> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(failure(deadlineExceeded)), { once: true })
    work.then(resolve, reject)
  })
}

function firstExchange(call: HttpCall): Outcome<Omit<Exchange, 'signal'>, string> {
  const url = URL.parse(call.url)
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(call.url)?.[1]?.toLowerCase() ?? ''
  if (scheme !== 'http' && scheme !== 'https') return failure(`unsupported protocol scheme ${JSON.stringify(scheme)}`)
  if (url === null) return failure('http: no Host in request URL')
  const headers = headersOf(call)
  if (!headers.ok) return headers
  if (url.username !== '' && !headers.value.has('authorization')) {
    const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
    headers.value.set('authorization', `Basic ${Buffer.from(user).toString('base64')}`)
  }
  const { method, body, insecure = false } = call
  return success({ method, url, headers: headers.value, body, insecure })
}

/** What a client settles itself; Go ignores them too when they are set among the headers. */
const ofTheClient = new Set(['host', 'content-length', 'transfer-encoding', 'trailer', 'connection', 'keep-alive'])

function headersOf({ headers = [] }: HttpCall): Outcome<Map<string, string>, string> {
  const set = new Map<string, string>([
    ['user-agent', 'argosy'],
    ['accept-encoding', 'gzip'],
  ])
  for (const [name, value] of headers) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
      return failure(`net/http: invalid header field name ${JSON.stringify(name)}`)
    if (hasControl(value)) return failure(`net/http: invalid header field value for ${JSON.stringify(name)}`)
    const key = name.toLowerCase()
    if (!ofTheClient.has(key)) set.set(key, onTheWire(value.trim()))
  }
  return success(set)
}

/** As UTF-8, a byte per character. */
const onTheWire = (value: string): string => Buffer.from(value).toString('latin1')

const hasControl = (value: string): boolean =>
  Array.from(value).some((char) => char !== '\t' && (char < ' ' || char === '\u007f'))

const readable = (answer: ExchangeAnswer): HttpAnswer => ({
  status: answer.status,
  statusText: answer.statusText,
  body: answer.body,
  header: (name) => headerOf(answer, name),
})
