import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'

/** A way to an API server that can be cut: then nothing gets through, and what is open breaks. */
export interface CuttableWay {
  readonly port: number
  cut(isCut: boolean): void
  close(): Promise<void>
}

export async function aCuttableWay(to: { readonly host: string; readonly port: number }): Promise<CuttableWay> {
  const open = new Set<Socket>()
  let isCut = false
  const server = createServer((near) => {
    if (isCut) return void near.destroy()
    const far = connect(to.port, to.host)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cut(now) {
      isCut = now
      if (now) for (const socket of open) socket.destroy()
    },
    async close() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A copy of a kubeconfig file in which one context is reached by that way. */
export async function throughWay(file: string, context: string, copy: string): Promise<CuttableWay> {
  const text = readFileSync(file, 'utf8')
  const server = new RegExp(`- name: ${context}\\s+cluster:\\s+server: https://([^:]+):(\\d+)`).exec(text)
  if (server === null) throw new Error(`${file} has no cluster ${context}`)
  const [, host = '', port = ''] = server
  const way = await aCuttableWay({ host, port: Number(port) })
  writeFileSync(copy, text.replace(`https://${host}:${port}`, `https://127.0.0.1:${way.port}`), { mode: 0o600 })
  return way
}
