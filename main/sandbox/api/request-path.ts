/** What a request path names, before anybody asks whether it is served. */
export type Target =
  | { readonly at: 'resource'; readonly path: ResourcePath }
  /** What is behind a Service. `rest` is the path that is asked there, still encoded. */
  | {
      readonly at: 'proxy'
      readonly path: ResourcePath & { readonly namespace: string; readonly name: string }
      readonly rest: string
    }
  /** Everything that is not a resource: discovery, `/version`, OpenAPI, health. */
  | { readonly at: 'other'; readonly segments: readonly string[] }

export interface ResourcePath {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string | undefined
}

/** Reads `/api/v1/…` and `/apis/GROUP/VERSION/…`; a part that is no valid percent encoding makes it `other`. */
export function parsePath(pathname: string): Target {
  const proxied = proxiedIn(pathname)
  if (proxied !== undefined) return proxied
  const segments = decode(pathname.split('/').filter((part) => part !== ''))
  const [root, ...rest] = segments
  if (root === 'api' && rest.length > 1) return resource('', rest[0] ?? '', rest.slice(1))
  if (root === 'apis' && rest.length > 2) return resource(rest[0] ?? '', rest[1] ?? '', rest.slice(2))
  return { at: 'other', segments }
}

function proxiedIn(pathname: string): Target | undefined {
  const [, at = '', id = '', rest = '/'] =
    /^\/api\/v1\/namespaces\/([^/]+)\/services\/([^/]+)\/proxy(\/.*)?$/.exec(pathname) ?? []
  const [namespace, name] = decode([at, id])
  if (at === '' || namespace === undefined || name === undefined) return undefined
  const path = { group: '', version: 'v1', plural: 'services', namespace, name, subresource: 'proxy' }
  return { at: 'proxy', path, rest }
}

/** `namespaces/NAME/status` is about the namespace; any other third part is a resource inside it. */
const ofNamespace = new Set(['status', 'finalize'])

function resource(group: string, version: string, parts: readonly string[]): Target {
  const inside = parts[0] === 'namespaces' && parts.length > 2 && !ofNamespace.has(parts[2] ?? '')
  const [plural = '', name, subresource, ...extra] = inside ? parts.slice(2) : parts
  if (extra.length > 0) return { at: 'other', segments: parts }
  return {
    at: 'resource',
    path: { group, version, plural, namespace: inside ? parts[1] : undefined, name, subresource },
  }
}

function decode(parts: readonly string[]): readonly string[] {
  try {
    return parts.map(decodeURIComponent)
  } catch {
    return []
  }
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

/** RBAC's verb for a request; `undefined` for a method that means nothing here. */
export function verbOf(method: string, path: ResourcePath, query: URLSearchParams): Verb | undefined {
  const one = path.name !== undefined
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (isTrue(query.get('watch'))) return 'watch'
      return one ? 'get' : 'list'
    case 'POST':
      return !one || path.subresource !== undefined ? 'create' : undefined
    case 'PUT':
      return one ? 'update' : undefined
    case 'PATCH':
      return one ? 'patch' : undefined
    case 'DELETE':
      return one ? 'delete' : 'deletecollection'
    default:
      return undefined
  }
}

export const isTrue = (value: string | null): boolean => value === 'true' || value === '1'
