import { Agent, request } from 'node:http'

/** How many requests each answer was given to. */
type Counts = Readonly<Record<string, number>>

export interface Asking {
  readonly port: number
  readonly host: string
  readonly headers?: Readonly<Record<string, string>>
  readonly count: number
}

/** As many connections as a gateway keeps open to each pod, or it would make and drop one for each request. */
const atOnce = 2

/** Sends that many requests to a gateway and counts what they are answered with; another status than 200 ends it. */
export async function countAnswers({ count, ...to }: Asking): Promise<Counts> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
  const counts: Record<string, number> = {}
  let sent = 0
  const sendOn = async () => {
    while (sent < count) {
      sent++
      const { status, body } = await ask(to, agent)
      if (status !== 200) throw new Error(`HTTP ${status}: ${body}`)
      counts[body] = (counts[body] ?? 0) + 1
    }
  }
  try {
    await Promise.all(Array.from({ length: atOnce }, sendOn))
  } finally {
    agent.destroy()
  }
  return counts
}

function ask(
  { port, host, headers }: Omit<Asking, 'count'>,
  agent: Agent,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host: '127.0.0.1', port, headers: { ...headers, host } }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() }))
    })
    sent.on('error', reject)
    sent.end()
  })
}

interface Interval {
  readonly low: number
  readonly high: number
}

/**
 * Wilson's interval of a share from a sample: the shares that such a sample speaks against at most `z` standard errors. Holds
 * at 0 and 1 as well, where the usual interval has no width. `z` of 3.29 is a confidence of 99.9 %.
 */
export function wilsonInterval(hits: number, total: number, z = 3.29): Interval {
  const share = hits / total
  const weight = z ** 2 / total
  const middle = (share + weight / 2) / (1 + weight)
  const half = (z * Math.sqrt((share * (1 - share)) / total + weight / (4 * total))) / (1 + weight)
  // The ends are these, and no rounding may leave them out.
  return { low: hits === 0 ? 0 : middle - half, high: hits === total ? 1 : middle + half }
}
