import { createServer as createHttp } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { pipeline } from 'node:stream'

/**
 * The network of pods, for a gateway that dials them: pods of a test are made up, and so are their addresses. The gateway is told to
 * reach all addresses through this proxy (SOCKS 5, RFC 1928: addresses of IPv4, nobody signs in), which connects each with the port of
 * loopback that stands for it. Nothing leaves the machine.
 */
interface PodNetwork {
  readonly url: string
  readonly close: () => Promise<void>
}

/** The port of loopback that answers for a port of a pod; undefined: nobody. */
export type PortOf = (address: string, port: number) => number | undefined

export async function startPodNetwork(portOf: PortOf): Promise<PodNetwork> {
  const open = new Set<Socket>()
  const server = createServer((client) => {
    open.add(client)
    client.on('error', () => client.destroy())
    client.on('close', () => open.delete(client))
    greet(client, portOf)
  })
  const port = await listen(server)
  return {
    url: `socks5://127.0.0.1:${port}`,
    async close() {
      for (const each of open) each.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const version = 5
const granted = Buffer.from([version, 0, 0, 1, 0, 0, 0, 0, 0, 0])
const refused = Buffer.from([version, 5, 0, 1, 0, 0, 0, 0, 0, 0])

/** Each message of the client waits for our answer to the one before, and is short enough to come whole. */
function greet(client: Socket, portOf: PortOf): void {
  client.once('data', () => {
    client.write(Buffer.from([version, 0]))
    client.once('data', (wish: Buffer) => {
      const target =
        wish[1] === 1 && wish[3] === 1 ? portOf(wish.subarray(4, 8).join('.'), wish.readUInt16BE(8)) : undefined
      if (target === undefined) {
        client.end(refused)
        return
      }
      const pod = connect(target, '127.0.0.1')
      pod.once('connect', () => {
        client.write(granted)
        pipeline(client, pod, client, () => undefined)
      })
      pod.once('error', () => client.end(refused))
    })
  })
}

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

interface Backend {
  readonly port: number
  readonly close: () => Promise<void>
}

/** A program on loopback that answers every request with its name. */
export async function startBackend(name: string): Promise<Backend> {
  const server = createHttp((_, response) => response.writeHead(200, { 'Content-Type': 'text/plain' }).end(name))
  const port = await listen(server)
  return {
    port,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
