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
      if (first !== undefined) return orMissing(resourceList(store, { group: '', version: first }))
      return wantsAggregated(accept) ? discoveryAnswer(store, true) : ok(coreVersions(address))
    case 'apis':
      if (first === undefined) return wantsAggregated(accept) ? discoveryAnswer(store, false) : ok(groupList(store))
      return orMissing(
        second === undefined ? oneGroup(store, first) : resourceList(store, { group: first, version: second }),
      )
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

const discoveryAnswer = (store: MemoryStore, core: boolean): Answer => ({
  ...ok(aggregated(store, core)),
  headers: { 'Content-Type': aggregatedType, Vary: 'Accept' },
})
