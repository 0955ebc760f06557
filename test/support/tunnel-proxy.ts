import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A proxy that tunnels whatever it is asked for to the same port on loopback, whatever the host. */
export async function startTunnel(kind: 'connect' | 'socks5') {
  const targets: string[] = []
  const sockets = new Set<Socket>()
  const tunnel = (socket: Socket, target: string, reply: string | Uint8Array): void => {
    targets.push(target)
    const port = Number(target.split(':')[1])
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write(reply)
      socket.pipe(upstream).pipe(socket)
    })
    upstream.on('error', () => socket.destroy())
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    if (kind === 'connect') {
      socket.once('data', (head) => {
        const target = head.toString().split(' ')[1] ?? ''
        tunnel(socket, target, 'HTTP/1.1 200 OK\r\n\r\n')
      })
    } else {
      socket.once('data', () => {
        socket.write(Buffer.from([5, 0]))
        socket.once('data', (request) => {
          const end = 5 + (request[4] ?? 0)
          const target = `${request.subarray(5, end).toString()}:${request.readUInt16BE(end)}`
          tunnel(socket, target, Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
        })
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `${kind === 'connect' ? 'http' : 'socks5'}://127.0.0.1:${port}`,
    targets,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
