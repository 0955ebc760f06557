import { annotations } from '#api/keys.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ServicePort } from '#main/cluster/gateway.ts'

/** For one host, or for every one: from this machine, or a Service by way of the API server. */
export interface Route {
  readonly host: string | undefined
  readonly to: 'direct' | RoutedService
}

/** Without a scheme it is that of the address. */
export type RoutedService = Omit<ServicePort, 'scheme'> & { readonly scheme: ServicePort['scheme'] | undefined }

/** Where a request goes. A name that may be a host of the network as well is told as such. */
export type Destination =
  | { readonly kind: 'direct' }
  | {
      readonly kind: 'service'
      readonly service: ServicePort
      readonly isCertain: boolean
      /** An annotation names it, and not the address. */
      readonly isDeclared?: true
    }

const label = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?'

/**
 * The value of the annotation: entries with commas between, each `direct` or `service/NAMESPACE/NAME:PORT` (or
 * `service/NAMESPACE/https:NAME:PORT`), for one host only when `HOST=` stands before it (PRV-1501). The failure says what is wrong.
 */
export function parseMetricsVia(text: string | undefined): Outcome<readonly Route[], string> {
  const routes: Route[] = []
  for (const entry of (text ?? '').split(',').map((each) => each.trim())) {
    if (entry === '') continue
    const route = routeOf(entry)
    if (route === undefined)
      return failure(
        `${annotations.metricsVia}: ${JSON.stringify(entry)} is neither direct nor service/NAMESPACE/NAME:PORT, with HOST= before it or not`,
      )
    routes.push(route)
  }
  return success(routes)
}

function routeOf(entry: string): Route | undefined {
  const { host, to = '' } = /^(?:(?<host>[^=/]+)=)?(?<to>.+)$/.exec(entry)?.groups ?? {}
  const key = host?.trim().toLowerCase()
  const wanted = to.trim()
  if (wanted === 'direct') return { host: key, to: 'direct' }
  const groups = new RegExp(
    `^service/(?<namespace>${label})/(?:(?<scheme>https?):)?(?<name>${label}):(?<port>\\d{1,5}|[a-z](?:[-a-z0-9]{0,13}[a-z0-9])?)$`,
  ).exec(wanted)?.groups
  const { namespace, scheme, name, port } = groups ?? {}
  if (namespace === undefined || name === undefined || port === undefined || !isPort(port)) return undefined
  return {
    host: key,
    to: { namespace, name, port, scheme: scheme === 'http' || scheme === 'https' ? scheme : undefined },
  }
}

const isPort = (text: string): boolean => !/^\d+$/.test(text) || (Number(text) >= 1 && Number(text) <= 65_535)

const serviceHost = new RegExp(
  `^(?<name>${label})\\.(?<namespace>${label})(?<suffix>\\.svc(?:\\.cluster\\.local)?)?\\.?$`,
)

/** Where an address leads: by what was declared, else by its host, which may be that of a Service (PRV-1501). */
export function destinationOf(url: URL, routes: readonly Route[]): Destination {
  const scheme = url.protocol === 'https:' ? 'https' : 'http'
  const route = routes.find(({ host }) => host === undefined || host === url.hostname || host === url.host)
  if (route?.to === 'direct') return { kind: 'direct' }
  if (route !== undefined) {
    const service = { ...route.to, scheme: route.to.scheme ?? scheme } as const
    return { kind: 'service', service, isCertain: true, isDeclared: true }
  }
  const { name, namespace, suffix } = serviceHost.exec(url.hostname)?.groups ?? {}
  if (name === undefined || namespace === undefined || /^\d+$/.test(namespace)) return { kind: 'direct' }
  const port = url.port === '' ? (scheme === 'https' ? '443' : '80') : url.port
  return { kind: 'service', service: { namespace, name, port, scheme }, isCertain: suffix !== undefined }
}
