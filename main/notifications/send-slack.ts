import { isRecord } from '#engine/normalise/typed-value.ts'
import type { SlackDelivery } from '#engine/notifications/delivery.ts'
import type { Clock } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Http } from '#main/metrics/http/http.ts'
import { bare, rest } from './send-http.ts'

const timeoutMs = 30_000
const triesMax = 4
const waitMsMax = 60_000
/** Threads that are known; those that were not used for longest go first. */
const threadsMax = 1_000

interface Sent {
  readonly channel: string
  readonly ts: string
}

/** Sends messages to Slack (OPS-172). What belongs together is remembered as long as the program runs, as in the reference. */
export class SlackSender {
  readonly #http: Http
  readonly #clock: Clock
  /** By channel and grouping key, the first message. */
  readonly #threads = new Map<string, Sent>()

  constructor({ http, clock }: { readonly http: Http; readonly clock: Clock }) {
    this.#http = http
    this.#clock = clock
  }

  async send(delivery: SlackDelivery, isWanted: () => boolean): Promise<Outcome<void, string>> {
    const { groupingKey, channel, policy, broadcast, message } = delivery
    const key = JSON.stringify([channel, groupingKey])
    const thread = groupingKey === '' ? undefined : this.#threads.get(key)
    if (thread === undefined || policy !== 'Update') {
      const reply = thread === undefined ? {} : { thread_ts: thread.ts, ...(broadcast && { reply_broadcast: true }) }
      const sent = await this.#call('chat.postMessage', { channel, ...message, ...reply }, { ...delivery, isWanted })
      if (!sent.ok) return sent
      if (groupingKey !== '' && thread === undefined) this.#remember(key, sent.value)
    }
    if (thread === undefined || policy === 'Post') return success(undefined)
    const updated = await this.#call(
      'chat.update',
      { ...message, channel: thread.channel, ts: thread.ts },
      { ...delivery, isWanted },
    )
    return updated.ok ? success(undefined) : updated
  }

  #remember(key: string, sent: Sent): void {
    this.#threads.set(key, sent)
    const [oldest] = this.#threads.keys()
    if (this.#threads.size > threadsMax && oldest !== undefined) this.#threads.delete(oldest)
  }

  /** Slack says by 429 how long to wait, and by `ok` whether it took it. */
  async #call(
    method: string,
    body: object,
    { apiURL, token, insecure, isWanted }: SlackDelivery & { readonly isWanted: () => boolean },
  ): Promise<Outcome<Sent, string>> {
    const url = `${apiURL}${method}`
    for (let tries = 1; ; tries++) {
      const answer = await this.#http({
        method: 'POST',
        url,
        headers: [
          ['Content-Type', 'application/json; charset=utf-8'],
          ['Authorization', `Bearer ${token}`],
        ],
        body: JSON.stringify(body),
        timeoutMs,
        insecure,
      })
      if (!answer.ok) return failure(`slack: ${bare(answer.error, url)}`)
      const { status } = answer.value
      if (status === 200) return takenFrom(answer.value.body)
      if (status !== 429 || tries >= triesMax || !isWanted()) return failure(`slack: answered ${status}`)
      const seconds = Number(answer.value.header('retry-after') ?? '1')
      await rest(this.#clock, Math.min(waitMsMax, Math.max(1, Number.isNaN(seconds) ? 1 : seconds) * 1000))
    }
  }
}

function takenFrom(body: string): Outcome<Sent, string> {
  try {
    const answer: unknown = JSON.parse(body)
    if (!isRecord(answer)) return failure('slack: the answer is not JSON of an object')
    const { ok, error, channel, ts } = answer
    if (ok === true) return success({ channel: String(channel), ts: String(ts) })
    return failure(`slack: ${typeof error === 'string' ? error : 'refused'}`)
  } catch {
    return failure('slack: the answer is not JSON')
  }
}
