import { createServer } from 'node:http'
import { connect } from 'node:net'
import { pipeline } from 'node:stream'
import { startForwarding } from '#test/support/forwarding-server.ts'

/*
 * `node cluster-network.ts SOCKET PORT`: the network of a test bed's cluster, as its API server sees it. An API server dials no loopback
 * address of an endpoint; it asks this proxy (HTTP CONNECT on a Unix socket) for the address that pods and nodes have, and each of
 * these addresses is this machine's loopback: `10.0.0.7:9090` is `127.0.0.1:9090`. Nothing leaves the machine, nothing listens to others.
 * At the port there is a kubelet that forwards ports of pods, and does nothing else; they are those of loopback as well.
 */

const [socket = '', kubeletPort] = process.argv.slice(2)
await startForwarding({ kind: 'https', listenAt: Number(kubeletPort), ports: 'loopback' })

const server = createServer((_, response) => response.writeHead(405).end())
server.on('connect', ({ url = '' }, client, head) => {
  const pod = connect(Number(/:(\d{1,5})$/.exec(url)?.[1] ?? 0), '127.0.0.1')
  const refuse = ({ message }: Error) => client.end(`HTTP/1.1 502 ${message}\r\nContent-Length: 0\r\n\r\n`)
  client.on('error', () => pod.destroy())
  pod.once('error', refuse)
  pod.once('connect', () => {
    pod.off('error', refuse)
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    pod.write(head)
    pipeline(client, pod, client, () => {})
  })
})
server.listen(socket)
