import type { HttpRequest, Retry } from '#engine/notifications/delivery.ts'
import type { Clock } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Http, HttpAnswer } from '#main/metrics/http/http.ts'

/** Of an answer that says what is wrong. */
const answerMax = 200

export interface SendPorts {
  readonly http: Http
  readonly clock: Clock
  /** Whether it may be tried once more. */
  readonly isWanted: () => boolean
}

/** Sends a request until it is taken: another time after what another time may mend, a little later each time (OPS-171). */
export async function sendHttp(
  request: HttpRequest,
  retry: Retry,
  { http, clock, isWanted }: SendPorts,
): Promise<Outcome<void, string>> {
  for (let tried = 0; ; tried++) {
    const answer = await http(request)
    if (answer.ok && answer.value.status >= 200 && answer.value.status <= 299) return success(undefined)
    const mayHelp = !answer.ok || isPassing(answer.value.status)
    if (tried >= retry.max || !mayHelp || !isWanted())
      return failure(answer.ok ? refusal(answer.value) : bare(answer.error, request.url))
    await rest(clock, Math.min(retry.waitMaxMs, retry.waitMinMs * 2 ** tried))
  }
}

const isPassing = (status: number): boolean => status === 429 || (status >= 500 && status !== 501)

const refusal = ({ status, body }: HttpAnswer): string =>
  `the request has failed with error code ${status}${body === '' ? '' : ` : ${body.slice(0, answerMax)}`}`

/** Addresses of webhooks are credentials: the cause alone. */
export const bare = (error: string, url: string): string => {
  const cause = error.replace(/^\w+ "(?:[^"\\]|\\.)*": /, '')
  return url === '' ? cause : cause.replaceAll(url, 'the address')
}

export const rest = (clock: Clock, ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve))
