import { resources } from '#api/resources.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { type Gateway, type ProxyAnswer, proxyPath, type ServicePort } from '#main/cluster/gateway.ts'
import { bodyMax, type Exchange, type ExchangeAnswer, headerOf, type Send } from './exchange.ts'
import { sendForwarded } from './forwarded.ts'
import type { Http } from './http.ts'
import { destinationOf, type Route } from './route.ts'
import { httpThrough } from './through.ts'

export interface ThroughCluster {
  readonly client: ClusterClient
  readonly clock: Clock
  /** Names of Services lead to them from here: only what was declared goes through the API server. */
  readonly isAround?: boolean
  /** What was declared; first match wins. */
  readonly routes: readonly Route[]
  /** For whatever is not in the cluster. */
  readonly direct: Send
}

/**
 * The Http port of one cluster: addresses of its Services go through the proxy of its API server, or, with credentials of
 * their own, through a connection that it forwards; all others from this machine (PRV-1501). Method, path, query, body and headers are those of the provider.
 */
export function httpThroughCluster(options: ThroughCluster): Http {
  const isService = serviceLookup(options)
  const { routes, direct, client, isAround = false } = options
  return httpThrough(async (exchange) => {
    const destination = destinationOf(exchange.url, routes)
    if (destination.kind === 'direct' || client.gateway === undefined) return direct(exchange)
    if (isAround && !destination.isDeclared) return direct(exchange)
    if (!destination.isCertain && !(await isService(destination.service, exchange.url))) return direct(exchange)
    const answer = await sendToService(exchange, destination.service, client, client.gateway)
    return answer.ok ? answer : failure(`by way of the API server of ${client.context}: ${textOf(answer.error)}`)
  }, options.clock)
}

/** A name of two parts may be that of a Service or of a host: the cluster is asked, and believed for a while. */
const believedMs = 60_000
const believedMax = 500

function serviceLookup({ client, clock }: ThroughCluster) {
  const known = new Map<string, { readonly until: EpochMs; readonly answer: Promise<boolean> }>()
  return ({ namespace, name }: ServicePort, url: URL): Promise<boolean> => {
    const key = `${namespace}/${name} ${url.port}`
    const found = known.get(key)
    if (found !== undefined && found.until > clock.now()) return found.answer
    const answer = client.get(resources.services, { namespace, name }).then((read) => {
      if (read.ok) return true
      // Who may not look is let through the proxy where the port says that no website is meant.
      return read.error.kind !== 'NotFound' && url.port !== ''
    })
    if (known.size >= believedMax) known.clear()
    known.set(key, { until: clock.now() + believedMs, answer })
    return answer
  }
}

/** Settled by each connection for itself. */
const ofTheConnection = new Set(['accept-encoding'])
/** By which an API server knows its callers; it would take them for its own. */
const ofTheCaller = /^(?:authorization$|impersonate-|x-remote-)/

async function sendToService(
  exchange: Exchange,
  service: ServicePort,
  client: ClusterClient,
  gateway: Gateway,
): Promise<Outcome<ExchangeAnswer, string | Failure>> {
  if ([...exchange.headers.keys()].some((name) => ofTheCaller.test(name)))
    return sendForwarded(exchange, service, client, gateway)
  const answer = await gateway.proxy(
    {
      service,
      method: exchange.method === 'POST' || exchange.method === 'PUT' ? exchange.method : 'GET',
      path: `${exchange.url.pathname}${exchange.url.search}`,
      headers: Object.fromEntries([...exchange.headers].filter(([name]) => !ofTheConnection.has(name))),
      body: exchange.body,
      answerMax: bodyMax,
    },
    exchange.signal,
  )
  return answer.ok ? success(asIfDirect(answer.value, exchange.url, service)) : answer
}

/** The API server turns a redirect to the same Service into one to its own proxy. */
function asIfDirect(answer: ProxyAnswer, url: URL, service: ServicePort): ExchangeAnswer {
  const location = headerOf(answer, 'location')
  const [, path] = location?.split(proxyPath(service)) ?? []
  if (path === undefined) return answer
  return { ...answer, headers: { ...answer.headers, location: new URL(path === '' ? '/' : path, url).href } }
}

function textOf(problem: string | Failure): string {
  if (typeof problem === 'string') return problem
  if (problem.kind !== 'Forbidden') return problem.message
  return `it takes the right to ${problem.verb} ${problem.resource} in namespace ${problem.namespace}: ${problem.message}`
}
