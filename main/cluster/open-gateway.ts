import { Agent } from 'node:https'
import type { Duplex } from 'node:stream'
import { resourcePath, resources } from '#api/resources.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome } from '#lib/outcome.ts'
import { type Asked, classifyAnswer, classifyThrown } from './classify-failure.ts'
import type { Credential } from './credentials.ts'
import { proxyFor } from './dispatcher.ts'
import { type Gateway, type ProxyRequest, proxyPath } from './gateway.ts'
import type { ClusterEntry } from './kubeconfig-file.ts'
import type { PodPort } from './pod-behind.ts'
import { type DialFailure, openPort } from './port-forward.ts'
import type { HttpRequest, Transport, TransportOptions } from './transport.ts'

/** Over the transport of a context: its credential, its limits, its counters. */
export const createGateway = (transport: Transport, options: TransportOptions): Gateway => ({
  proxy: (request, signal) => transport.sendProxied(proxiedRequest(request), signal),
  forward: (at, signal) => forward(transport, options, at, signal),
})

const proxyVerbs = { GET: 'get', POST: 'create', PUT: 'update' } as const

function proxiedRequest({ service, method, path, headers, body, answerMax }: ProxyRequest): HttpRequest {
  const verb = proxyVerbs[method]
  const { namespace, name } = service
  const whole = `${proxyPath(service)}${path}`
  return {
    method,
    verb,
    path: whole,
    asked: { verb, resource: resources.services, subresource: 'proxy', namespace, name, path: whole },
    ...(body !== undefined && { body: { text: body } }),
    proxied: { headers, answerMax },
  }
}

async function forward(
  transport: Transport,
  { access: { cluster }, clock, env = process.env }: TransportOptions,
  at: PodPort,
  signal: AbortSignal,
): Promise<Outcome<Duplex, Failure>> {
  const { namespace, pod: name } = at
  const path = `${resourcePath(resources.pods, { namespace, name, subresource: 'portforward' })}?ports=${at.port}`
  const asked: Asked = { verb: 'create', resource: resources.pods, subresource: 'portforward', namespace, name, path }
  const credential = await transport.admit('create')
  if (!credential.ok) return credential
  const stream = await openPort({
    url: `${cluster.server.replace(/^http/, 'ws').replace(/\/$/, '')}${path}`,
    agent: agentFor(cluster, env),
    headers: { 'User-Agent': 'argosy', ...credential.value.headers },
    tls: tlsOf(cluster, credential.value),
    signal,
  })
  if (stream.ok) return stream
  const { server } = cluster
  return failure(dialFailure(stream.error, { asked, server, now: clock.now() }))
}

function dialFailure(
  problem: DialFailure,
  { asked, server, now }: { readonly asked: Asked; readonly server: string; readonly now: number },
): Failure {
  if (problem.kind === 'thrown') return classifyThrown(problem.error, server, now)
  const { status, body } = problem
  return classifyAnswer({ status, body, retryAfter: undefined, now }, asked)
}

const tlsOf = (cluster: ClusterEntry, { tls }: Credential) => ({
  ...(tls.ca !== undefined && { ca: tls.ca }),
  ...(tls.certificate !== undefined && { cert: tls.certificate }),
  ...(tls.key !== undefined && { key: tls.key }),
  ...(cluster.tlsServerName !== undefined && { servername: cluster.tlsServerName }),
  ...(cluster.insecureSkipTlsVerify && { rejectUnauthorized: false }),
})

/** Node tunnels through proxies that speak HTTP; one that speaks SOCKS it refuses in words of its own. */
function agentFor(cluster: ClusterEntry, env: Readonly<Record<string, string | undefined>>): Agent | undefined {
  const proxy = proxyFor(cluster, env)
  if (proxy === undefined) return undefined
  const url = /^[a-z0-9]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`
  return new Agent({ proxyEnv: { HTTPS_PROXY: url } })
}
