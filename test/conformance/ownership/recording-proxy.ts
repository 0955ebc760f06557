import { createServer, request as startRequest } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request that may change something, as it went by. Times of this machine. */
export interface Passed {
  readonly by: string
  readonly method: string
  readonly path: string
  readonly body: string
  readonly sentAt: number
  readonly answeredAt: number
  readonly code: number
}

export interface RecordingProxy {
  readonly url: string
  /** How often the lease was read or watched. */
  readonly looks: number
  close(): Promise<void>
}

/** The only way of one process to the API server: tells of every write that was answered, also when its sender is gone by then. */
export async function startRecordingProxy(
  upstream: string,
  by: string,
  onWrite: (passed: Passed) => void,
): Promise<RecordingProxy> {
  let looks = 0
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url: path = '/' } = incoming
    if (method === 'GET' && path.includes('/leases')) looks++
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const sentAt = performance.now()
      const body = Buffer.concat(chunks)
      const { host: _, ...headers } = incoming.headers
      const onward = startRequest(`${upstream}${path}`, { method, headers }, (answer) => {
        const code = answer.statusCode ?? 0
        const told = { by, method, path, body: body.toString(), sentAt, code }
        if (method !== 'GET') onWrite({ ...told, answeredAt: performance.now() })
        outgoing.writeHead(code, answer.headers)
        answer.pipe(outgoing)
      })
      onward.on('error', () => outgoing.destroy())
      // A write that is under way is carried out whether its sender lives or not.
      outgoing.on('close', () => (method === 'GET' ? onward.destroy() : undefined))
      onward.end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get looks() {
      return looks
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
