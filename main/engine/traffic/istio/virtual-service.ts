import { isRecord } from '#engine/normalise/typed-value.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { fieldAt, textAt, withSpecAt } from '../route-json.ts'
import type { RouteObject } from '../routes.ts'

/** The sections of a VirtualService, in the order in which they are looked at (IST-12). */
export const protocols = ['http', 'tls', 'tcp'] as const
export type Protocol = (typeof protocols)[number]

/** What matters of a route; `''` and 0 for what it does not say. */
export interface Route {
  readonly name: string
  /** It copies requests, besides routing them. */
  readonly isMirror: boolean
  readonly destinations: readonly Destination[]
  /** Of all entries of its `match`, each once; 0 for an entry that says none. */
  readonly ports: ReadonlySet<number>
  readonly sniHosts: ReadonlySet<string>
}

export interface Destination {
  readonly host: string
  readonly subset: string
  readonly port: number
  readonly weight: number
}

/** `undefined` when there is no such section; something else than a list counts as none. */
export function sectionOf({ spec }: RouteObject, protocol: Protocol): readonly unknown[] | undefined {
  const section = fieldAt(spec, protocol)
  return Array.isArray(section) ? section : undefined
}

export const withSection = (object: RouteObject, protocol: Protocol, section: readonly unknown[]): RouteObject =>
  withSpecAt(object, [protocol], section)

/** The error says which section has a field of a wrong type (REF-20). */
export function readRoutes(protocol: Protocol, section: readonly unknown[]): Outcome<readonly Route[], string> {
  const routes = listOf(readRoute)(section)
  return routes === undefined
    ? failure(`Unable to get ${protocol.toUpperCase()} routes for Istio VirtualService`)
    : success(routes)
}

/** The part of a host before its first dot; `''` when it begins with one (IST-7). */
export const shortHost = ({ host }: Destination): string => host.split('.', 1)[0] ?? ''

/** The name of a route as it stands in a section; `''` when it has none. */
export const nameOfRoute = (route: unknown): string => textAt(route, 'name')

/** Reads a field that may be absent; `undefined` when it has a wrong type. */
type Read<T> = (value: unknown) => T | undefined

const optional =
  <T>(zero: T, read: Read<T>): Read<T> =>
  (value) =>
    value === undefined || value === null ? zero : read(value)

const text = optional('', (value) => (typeof value === 'string' ? value : undefined))
const wholeNumber = optional(0, (value) => (typeof value === 'number' && Number.isInteger(value) ? value : undefined))
const fields = optional<Readonly<Record<string, unknown>>>({}, (value) => (isRecord(value) ? value : undefined))

function listOf<T>(read: Read<T>): Read<readonly T[]> {
  return optional<readonly T[]>([], (value) => {
    if (!Array.isArray(value)) return undefined
    const items = value.map(read)
    return items.some((item) => item === undefined) ? undefined : items.filter((item) => item !== undefined)
  })
}

function readRoute(value: unknown): Route | undefined {
  const route = fields(value)
  const name = text(route?.['name'])
  const mirror = fields(route?.['mirror'])
  const destinations = listOf(readDestination)(route?.['route'])
  const matches = listOf(readMatch)(route?.['match'])
  if (route === undefined || name === undefined || mirror === undefined) return undefined
  if (destinations === undefined || matches === undefined) return undefined
  return {
    name,
    isMirror: isRecord(route['mirror']),
    destinations,
    ports: new Set(matches.map(({ port }) => port)),
    sniHosts: new Set(matches.flatMap(({ sniHosts }) => sniHosts)),
  }
}

function readDestination(value: unknown): Destination | undefined {
  const share = fields(value)
  const weight = wholeNumber(share?.['weight'])
  const destination = fields(share?.['destination'])
  const host = text(destination?.['host'])
  const subset = text(destination?.['subset'])
  const port = wholeNumber(fields(destination?.['port'])?.['number'])
  if (share === undefined || destination === undefined || fields(destination['port']) === undefined) return undefined
  if (weight === undefined || host === undefined || subset === undefined || port === undefined) return undefined
  return { host, subset, port, weight }
}

function readMatch(value: unknown): { readonly port: number; readonly sniHosts: readonly string[] } | undefined {
  const match = fields(value)
  const port = wholeNumber(match?.['port'])
  const sniHosts = listOf(text)(match?.['sniHosts'])
  if (match === undefined || port === undefined || sniHosts === undefined) return undefined
  return { port, sniHosts }
}
