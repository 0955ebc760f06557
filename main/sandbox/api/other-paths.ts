import type { MemoryStore } from '../memory-store.ts'
import { noSuchPath, status } from '../registry/status.ts'
import { type Answer, failed, ok } from './answer.ts'
import {
  aggregated,
  aggregatedType,
  coreVersions,
  groupList,
  oneGroup,
  resourceList,
  version,
  wantsAggregated,
} from './discovery.ts'
import { openApiDocument, openApiIndex } from './openapi.ts'

/** Everything that is not a resource: discovery, version, health and OpenAPI. */
export function answerOther(
  store: MemoryStore,
  segments: readonly string[],
  accept: string | undefined,
  address: string,
): Answer {
  const [root = '', first, second] = segments
  switch (root) {
    case 'version':
      return ok(version)
    case 'healthz':
    case 'livez':
    case 'readyz':
      return ok('ok')
    case 'api':
      return first === undefined
        ? discoveryAnswer(store, accept, 'core', coreVersions(address))
        : orMissing(resourceList(store, { group: '', version: first }))
    case 'apis':
      if (first === undefined) return discoveryAnswer(store, accept, 'groups', groupList(store))
      return orMissing(oneOf(store, first, second))
    case 'openapi':
      return first === 'v3' ? openApi(store, segments.slice(2)) : failed(onlyV3)
    case '':
      return ok({ paths: ['/api', '/apis', '/healthz', '/livez', '/openapi/v3', '/readyz', '/version'] })
    default:
      return failed(noSuchPath())
  }
}

const onlyV3 = status(406, 'NotAcceptable', 'only OpenAPI v3 is served, at /openapi/v3')

const orMissing = (body: unknown): Answer => (body === undefined ? failed(noSuchPath()) : ok(body))

const openApi = (store: MemoryStore, root: readonly string[]): Answer =>
  root.length === 0 ? ok(openApiIndex(store)) : orMissing(openApiDocument(store, root.join('/')))

const oneOf = (store: MemoryStore, group: string, each: string | undefined): unknown =>
  each === undefined ? oneGroup(store, group) : resourceList(store, { group, version: each })

/** The whole of it in one document where the client can read that, else the plain list. */
function discoveryAnswer(
  store: MemoryStore,
  accept: string | undefined,
  part: 'core' | 'groups',
  plain: unknown,
): Answer {
  if (!wantsAggregated(accept)) return ok(plain)
  return { ...ok(aggregated(store, part === 'core')), headers: { 'Content-Type': aggregatedType, Vary: 'Accept' } }
}
