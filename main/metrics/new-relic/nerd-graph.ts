import * as v from 'valibot'
import type { Clock } from '#lib/clock.ts'
import { decodeJson } from '#lib/decode-json.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Http, HttpAnswer, HttpCall } from '../http/http.ts'
import { optionalText, readShape } from '../read-shape.ts'

const graphError = v.looseObject({
  message: optionalText,
  extensions: v.nullish(v.looseObject({ errorClass: v.nullish(v.string()), error_code: v.nullish(v.string()) })),
})
type GraphError = v.InferOutput<typeof graphError>
const withErrors = v.looseObject({ errors: v.nullish(v.array(graphError), []) })

/** What an exchange came to, and whether another may come to something else. */
interface Result {
  readonly outcome: Outcome<unknown, string>
  readonly isWorthAnother: boolean
  /** In place of the failure once there is none left. */
  readonly givenUp?: string
}

const retriesMax = 3

/**
 * One GraphQL exchange with its retries: up to three more, after 1, 2 and 4 s (PRV-605).
 * @returns the whole body, decoded; the failure is the text of New Relic's own client.
 */
export async function askNerdGraph(call: HttpCall, http: Http, clock: Clock): Promise<Outcome<unknown, string>> {
  for (let retries = 0; ; retries++) {
    const { outcome, isWorthAnother, givenUp } = await exchange(call, http)
    if (!isWorthAnother) return outcome
    if (retries === retriesMax) return failure(givenUp ?? 'maximum retries reached')
    await new Promise<void>((resolve) => void clock.after(2 ** retries * 1000, resolve))
  }
}

async function exchange(call: HttpCall, http: Http): Promise<Result> {
  const answer = await http(call)
  if (answer.ok) return readAnswer(call, answer.value)
  const isFinal =
    /x509: certificate signed by unknown authority|stopped after \d+ redirects|unsupported protocol scheme/
  const gaveUp = `${call.method} ${call.url} giving up after`
  return {
    outcome: failure(`${gaveUp} 1 attempt(s): ${answer.error}`),
    isWorthAnother: !isFinal.test(answer.error),
    givenUp: `${gaveUp} ${retriesMax + 1} attempt(s): ${answer.error}`,
  }
}

const final = (outcome: Outcome<unknown, string>): Result => ({ outcome, isWorthAnother: false })

const retriedClasses = ['TIMEOUT', 'INTERNAL_SERVER_ERROR', 'SERVER_ERROR']

function readAnswer({ method, url }: HttpCall, { status, body }: HttpAnswer): Result {
  const gaveUp = `${method} ${url} giving up after ${retriesMax + 1} attempt(s)`
  if (status === 429 || status === 500 || status >= 502)
    return { outcome: failure(gaveUp), isWorthAnother: true, givenUp: gaveUp }
  if (status === 404) return final(failure('resource not found'))
  if (status === 402) return final(failure('Payment Required'))
  const decoded = decodeJson(body)
  const read = decoded.ok ? readShape(withErrors, 'body', decoded.value) : decoded
  const errors = read.ok ? read.value.errors : []
  const messages = errors.map(({ message }) => message).filter((message) => message !== '')
  const text = messages.join(', ')
  const classes = errors.map(({ extensions }) => extensions?.errorClass ?? '')
  if (classes[0] === 'TOO_MANY_REQUESTS')
    return { outcome: failure(text), isWorthAnother: true, givenUp: `${gaveUp}: TOO_MANY_REQUESTS` }
  if (classes.some((each) => retriedClasses.includes(each)))
    return { outcome: failure(text), isWorthAnother: true, givenUp: `maximum retries reached: ${text}` }
  if (status < 200 || status > 299) return final(failure(statusText(status, errors, text)))
  const told = messages.filter((message) => !message.startsWith('This field is deprecated!'))
  if (told.length > 0) return final(failure(told.join(', ')))
  return final(read.ok ? success(read.value) : read)
}

function statusText(status: number, errors: readonly GraphError[], text: string): string {
  const isBadKey = errors.some(({ extensions }) => extensions?.error_code === 'BAD_API_KEY')
  if (isBadKey || (status === 401 && errors.length > 0))
    return '401 response returned: Invalid credentials provided. Missing API key or an invalid API key was provided.'
  return `${status} response returned${text === '' ? '' : `: ${text}`}`
}
