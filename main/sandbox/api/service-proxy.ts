import type { Service } from '#api/core.ts'
import type { KubeObject, Status } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import type { MemoryStore } from '../memory-store.ts'
import { badRequest, notFound, refuse, status } from '../registry/status.ts'
import { type Answer, failed } from './answer.ts'

/** What answers behind a Service, like a pod that listens. */
export type Listener = (request: ProxiedRequest) => Answer

export interface ProxiedRequest {
  readonly method: string
  /** As the listener sees it, with its query. */
  readonly url: URL
  readonly body: string
}

/** By `NAMESPACE/NAME` of the Service. Behind all others nobody listens: pods are made up. */
export type Listeners = ReadonlyMap<string, Listener>

interface Endpoints extends KubeObject {
  readonly subsets?: readonly {
    readonly addresses?: readonly { readonly ip: string }[]
    readonly ports?: readonly { readonly name?: string; readonly port: number }[]
  }[]
}

interface ServiceId {
  readonly scheme: string
  readonly name: string
  /** A number, a name, or nothing: the port without a name. */
  readonly port: string
}

/** `/api/v1/namespaces/NAMESPACE/services/[SCHEME:]NAME[:PORT]/proxy/…`, with the failures of an API server that has nowhere to send it. */
export function answerByService(
  store: MemoryStore,
  listeners: Listeners,
  at: { readonly namespace: string; readonly id: string },
  request: ProxiedRequest,
): Answer {
  const id = serviceIdOf(at.id)
  if (id === undefined) return failed(badRequest(`invalid service request ${JSON.stringify(at.id)}`))
  const address = addressOf(store, at, id)
  if (!address.ok) return failed(address.error)
  const listener = listeners.get(`${at.namespace}/${id.name}`)
  if (listener === undefined) return unreachable(`dial tcp ${address.value}: connect: connection refused`)
  if (id.scheme === 'https') return unreachable('http: server gave HTTP response to HTTPS client')
  return listener(request)
}

/** `prometheus`, `prometheus:9090`, `http:prometheus:` */
function serviceIdOf(text: string): ServiceId | undefined {
  const parts = text.split(':')
  const [scheme = '', name = '', port = ''] = parts.length === 3 ? parts : ['', ...parts]
  if (parts.length > 3 || name === '' || !['', 'http', 'https'].includes(scheme)) return undefined
  return { scheme, name, port }
}

function addressOf(
  store: MemoryStore,
  { namespace, id }: { readonly namespace: string; readonly id: string },
  { name, port }: ServiceId,
): Outcome<string, Status> {
  let portName = port
  if (/^\d+$/.test(port)) {
    const service = store.get(resources.services, { namespace, name }) as Service | undefined
    if (service === undefined) return refuse(notFound(resources.services, name))
    const declared = (service.spec?.ports ?? []).find((each) => each.port === Number(port))
    if (declared === undefined) return unavailable(`no service port ${port} found for service ${JSON.stringify(name)}`)
    portName = declared.name ?? ''
  }
  const endpoints = store.get(resources.endpoints, { namespace, name }) as Endpoints | undefined
  if (endpoints === undefined) return refuse(notFound(resources.endpoints, name))
  const subsets = endpoints.subsets ?? []
  if (subsets.length === 0) return unavailable(`no endpoints available for service ${JSON.stringify(name)}`)
  const found = subsets.flatMap(({ addresses = [], ports = [] }) => {
    const [ip, listed] = [addresses[0]?.ip, ports.find((each) => (each.name ?? '') === portName)?.port]
    return ip === undefined || listed === undefined ? [] : `${ip}:${listed}`
  })
  return found[0] === undefined
    ? unavailable(`no endpoints available for service ${JSON.stringify(id)}`)
    : success(found[0])
}

const serviceUnavailable = (message: string): Status => status(503, 'ServiceUnavailable', message)

const unavailable = (message: string): Outcome<never, Status> => refuse(serviceUnavailable(message))

const unreachable = (cause: string): Answer => failed(serviceUnavailable(`error trying to reach service: ${cause}`))
