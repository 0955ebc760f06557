import type { Duplex } from 'node:stream'
import type { Failure } from '#lib/failure.ts'
import type { Outcome } from '#lib/outcome.ts'
import type { PodPort } from './pod-behind.ts'

/** What reaches the pods of a cluster by way of its API server, for programs that are not in the cluster. */
export interface Gateway {
  /**
   * One request to a Service through the API server's proxy (`services/proxy`). Any status of the Service is a success; a failure
   * is the API server's own: no right, no such Service, nobody behind it. Sent once, unless the API server refused the credential
   * and there is another.
   */
  proxy(request: ProxyRequest, signal: AbortSignal): Promise<Outcome<ProxyAnswer, Failure>>
  /**
   * A connection to a port of a pod (`pods/portforward`), which carries whatever is sent. Whoever asked for it destroys it; the
   * signal only ends the wait for it.
   */
  forward(at: PodPort, signal: AbortSignal): Promise<Outcome<Duplex, Failure>>
}

export interface ServicePort {
  readonly namespace: string
  readonly name: string
  /** A number, or a name that the Service gives it. */
  readonly port: string
  readonly scheme: 'http' | 'https'
}

export interface ProxyRequest {
  readonly service: ServicePort
  readonly method: 'GET' | 'POST' | 'PUT'
  /** With its query. */
  readonly path: string
  /** Names in lower case; none by which an API server knows its callers. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** Bytes; more is a failure. */
  readonly answerMax: number
}

export interface ProxyAnswer {
  readonly status: number
  readonly statusText: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

/** Where the API server serves a Service, without the Service's own path. */
export const proxyPath = ({ namespace, name, port, scheme }: ServicePort): string => {
  const at = `${scheme === 'https' ? 'https:' : ''}${name}:${port}`
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${at}/proxy`
}
