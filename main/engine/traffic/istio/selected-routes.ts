import type { IstioVirtualServiceRef } from '#api/traffic-routing.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Protocol, Route } from './virtual-service.ts'

/** Indices of routes in their section, each once. The error is the text of the reference. */
export type Selection = Outcome<readonly number[], string>

/**
 * Which routes of a section are split by weight: those that are configured, else the only one. A list that is configured for a section
 * that is not there is not looked at (IST-12).
 */
export function selectRoutes(
  protocol: Protocol,
  config: IstioVirtualServiceRef,
  routes: readonly Route[],
  managed: ReadonlySet<string>,
): Selection {
  switch (protocol) {
    case 'http':
      return selectHttp(config.routes ?? [], routes, managed)
    case 'tls':
      return selectByMatch('TLS', config.tlsRoutes ?? [], routes, ({ sniHosts = [] }, route) =>
        areSniHosts(sniHosts, route.sniHosts),
      )
    case 'tcp':
      return selectByMatch('TCP', config.tcpRoutes ?? [], routes, () => true)
  }
}

/**
 * The first route of each name; without names the only route, else the first that has no name (IST-8).
 *
 * Differs from the reference, which selects none when all routes have names: the only one that is not managed is it.
 */
function selectHttp(names: readonly string[], routes: readonly Route[], managed: ReadonlySet<string>): Selection {
  if (names.length === 0) return success(theHttpRoute(routes, managed))
  const found = names.map((name) => routes.findIndex((route) => route.name === name))
  const missing = names.find((_, i) => found[i] === -1)
  return missing === undefined
    ? success([...new Set(found)])
    : failure(`HTTP Route '${missing}' is not found in the defined Virtual Service.`)
}

function theHttpRoute(routes: readonly Route[], managed: ReadonlySet<string>): readonly number[] {
  if (routes.length === 1) return [0]
  const unnamed = routes.findIndex(({ name }) => name === '')
  if (unnamed >= 0) return [unnamed]
  const unmanaged = indicesOf(routes, ({ name }) => !managed.has(name))
  return unmanaged.length === 1 ? unmanaged : []
}

/**
 * All routes of one port that say what is configured (IST-10, IST-11); without configuration the first.
 *
 * Differs from the reference, which crashes on an empty section.
 */
function selectByMatch<T extends { readonly port?: number }>(
  protocol: string,
  configured: readonly T[],
  routes: readonly Route[],
  isMatch: (wanted: T, route: Route) => boolean,
): Selection {
  if (configured.length === 0) return success(routes.length === 0 ? [] : [0])
  const found = configured.map((wanted) =>
    indicesOf(routes, (route) => isOfPort(wanted.port ?? 0, route.ports) && isMatch(wanted, route)),
  )
  return found.some((indices) => indices.length === 0)
    ? failure(`No matching ${protocol} routes found in the defined Virtual Service.`)
    : success([...new Set(found.flat())])
}

const isOfPort = (port: number, ports: ReadonlySet<number>): boolean =>
  ports.size === 0 ? port === 0 : ports.size === 1 && ports.has(port)

/** A host that is configured twice counts twice, as in the reference: then nothing matches. */
const areSniHosts = (configured: readonly string[], hosts: ReadonlySet<string>): boolean =>
  configured.length === hosts.size && [...hosts].every((host) => configured.includes(host))

/** Managed routes that copy requests have the same weights (IST-9). */
export const mirrorsAmong = (routes: readonly Route[], managed: ReadonlySet<string>): readonly number[] =>
  indicesOf(routes, ({ name, isMirror }) => isMirror && managed.has(name))

const indicesOf = (routes: readonly Route[], is: (route: Route) => boolean): readonly number[] =>
  routes.flatMap((route, i) => (is(route) ? [i] : []))
