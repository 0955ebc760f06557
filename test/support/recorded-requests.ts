import { type Resource, rbacName, resources } from '#api/resources.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { EngineRight } from '#main/controller/engine-rights.ts'

/** A request as RBAC sees it. */
export interface AskedRight {
  readonly verb: string
  /** `rollouts.argoproj.io/status`. */
  readonly on: string
  /** Of the object, also where a list names one. */
  readonly name: string | undefined
}

/** A client that tells of each request for an object or a list before it is sent. Discovery is open to everybody. */
export function recordedRequests(client: ClusterClient, tell: (asked: AskedRight) => void): ClusterClient {
  const told = (verb: string, resource: Resource, name: string | undefined, subresource?: string) =>
    tell({ verb, on: `${rbacName(resource)}${subresource === undefined ? '' : `/${subresource}`}`, name })
  const nameIn = (fieldSelector: string | undefined) => /^metadata\.name=([^,]+)$/.exec(fieldSelector ?? '')?.[1]
  return {
    context: client.context,
    server: client.server,
    requests: client.requests,
    gateway: client.gateway,
    raw: (path) => client.raw(path),
    close: () => client.close(),
    get(resource, at, subresource) {
      told('get', resource, at.name, subresource)
      return client.get(resource, at, subresource)
    },
    list(resource, options) {
      told('list', resource, nameIn(options?.fieldSelector))
      return client.list(resource, options)
    },
    watch(resource, options, signal) {
      told('watch', resource, nameIn(options.fieldSelector))
      return client.watch(resource, options, signal)
    },
    create(resource, object, options) {
      // Which name an object gets is not known when RBAC decides.
      told('create', resource, undefined)
      return client.create(resource, object, options)
    },
    update(resource, object, options) {
      told('update', resource, object.metadata.name, options?.subresource)
      return client.update(resource, object, options)
    },
    patch(resource, at, patch, options) {
      told('patch', resource, at.name, patch.subresource)
      return client.patch(resource, at, patch, options)
    },
    delete(resource, at, options) {
      told('delete', resource, at.name)
      return client.delete(resource, at, options)
    },
    evict(at, ...more) {
      told('create', resources.pods, at.name, 'eviction')
      return client.evict(at, ...more)
    },
  }
}

export const covers = ({ resource, subresource, verbs, names }: EngineRight, { verb, on, name }: AskedRight): boolean =>
  on === `${rbacName(resource)}${subresource === undefined ? '' : `/${subresource}`}` &&
  verbs.some((each) => each === verb) &&
  (names === undefined || (name !== undefined && names.includes(name)))
