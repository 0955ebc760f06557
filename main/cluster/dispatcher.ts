import { Agent, type Dispatcher, ProxyAgent, Socks5ProxyAgent } from 'undici'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Credential } from './credentials.ts'
import { environmentProxy } from './environment-proxy.ts'
import type { ClusterEntry } from './kubeconfig-file.ts'

type Env = Readonly<Record<string, string | undefined>>

/**
 * One connection pool to one API server with one client certificate: HTTP/2 where the server speaks it, so that all watches
 * share a connection; through a proxy when the kubeconfig or the environment names one.
 *
 * Errors  a sentence about a proxy address that cannot be used.
 */
export function createDispatcher(cluster: ClusterEntry, tls: Credential['tls'], env: Env): Outcome<Dispatcher, string> {
  const connect = connectOptions(cluster, tls)
  const proxy = proxyFor(cluster, env)
  if (proxy === undefined) return success(new Agent({ allowH2: true, connect }))
  const url = URL.parse(/^[a-z0-9]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`)
  if (url?.protocol === 'http:' || url?.protocol === 'https:') {
    return success(new ProxyAgent({ uri: url.href, allowH2: true, requestTls: connect, proxyTls: { timeout: 10_000 } }))
  }
  if (url?.protocol === 'socks5:' || url?.protocol === 'socks5h:') {
    return success(
      new Socks5ProxyAgent(url.href.replace('socks5h:', 'socks5:'), { allowH2: true, requestTls: connect }),
    )
  }
  return failure(`The proxy of cluster ${cluster.name} must be an http, https or socks5 address.`)
}

const connectOptions = (cluster: ClusterEntry, tls: Credential['tls']) => ({
  ...(tls.ca !== undefined && { ca: tls.ca }),
  ...(tls.certificate !== undefined && { cert: tls.certificate }),
  ...(tls.key !== undefined && { key: tls.key }),
  ...(cluster.tlsServerName !== undefined && { servername: cluster.tlsServerName }),
  ...(cluster.insecureSkipTlsVerify && { rejectUnauthorized: false }),
  timeout: 10_000,
  // Shorter than the idle limit of usual load balancers (60 s).
  keepAlive: true,
  keepAliveInitialDelay: 30_000,
})

/** `proxy-url` first, then the environment. */
export function proxyFor(cluster: ClusterEntry, env: Env): string | undefined {
  if (cluster.proxyUrl !== undefined) return cluster.proxyUrl
  const url = URL.parse(cluster.server)
  return url === null ? undefined : environmentProxy(url, env)
}
