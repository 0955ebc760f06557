import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { type buildConnector, Client } from 'undici'
import type { Pod, Service } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import type { Failure } from '#lib/failure.ts'
import { formatSelector } from '#lib/label-selector.ts'
import { failure, type Outcome } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { Gateway, ServicePort } from '#main/cluster/gateway.ts'
import { type PodPort, podBehind } from '#main/cluster/pod-behind.ts'
import type { Exchange, ExchangeAnswer } from './exchange.ts'
import { goErrorText } from './go-error.ts'
import { exchangeOver } from './over-dispatcher.ts'

/** One exchange over a connection to a pod behind the Service: for what an API server would not hand on (PRV-1501). */
export async function sendForwarded(
  exchange: Exchange,
  service: ServicePort,
  client: ClusterClient,
  gateway: Gateway,
): Promise<Outcome<ExchangeAnswer, string | Failure>> {
  const at = await podPortOf(service, client)
  if (!at.ok) return at
  const stream = await gateway.forward(at.value, exchange.signal)
  if (!stream.ok) return stream
  const origin = `${service.scheme}://${exchange.url.host}`
  const dispatcher = new Client(origin, {
    connect: connectorOver(stream.value, service, exchange),
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  try {
    return await exchangeOver(dispatcher, origin, exchange)
  } catch (error) {
    return failure(goErrorText(error, exchange.url))
  } finally {
    await dispatcher.destroy()
    stream.value.destroy()
  }
}

async function podPortOf(
  { namespace, name, port }: ServicePort,
  client: ClusterClient,
): Promise<Outcome<PodPort, string | Failure>> {
  const service = await client.get(resources.services, { namespace, name })
  if (!service.ok) return service
  const { selector } = (service.value as Service).spec ?? {}
  if (selector === undefined) return failure(`Service ${name} selects no pods`)
  const labelSelector = formatSelector({ matchLabels: selector })
  const pods = await client.list(resources.pods, { namespace, labelSelector })
  return pods.ok ? podBehind(service.value as Service, port, pods.value.items as readonly Pod[]) : pods
}

/** The one connection there is, with TLS on it where the Service speaks that. */
function connectorOver(stream: Duplex, { scheme }: ServicePort, { url, insecure }: Exchange): buildConnector.connector {
  let isTaken = false
  return (_options, done) => {
    if (isTaken) return done(new Error('the forwarded connection has ended'), null)
    isTaken = true
    if (scheme === 'http') {
      // A stream has all of a socket that is used; a connection is expected no sooner than after this call.
      queueMicrotask(() => done(null, stream as Socket))
      return
    }
    const secure = connectTls({ socket: stream, servername: url.hostname, rejectUnauthorized: !insecure })
    secure.once('error', (error) => done(error, null))
    secure.once('secureConnect', () => done(null, secure))
  }
}
