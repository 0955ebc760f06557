import type { KubeObject } from '#api/meta.ts'
import type { RouteKind } from '#api/route-kinds.ts'
import { managedNames } from './routed-scenario.ts'

/**
 * What the documentation of each router says that a controller writes into an object of somebody else, as paths; everything else there is
 * foreign. Routes that steps make are left out before, wherever they stand.
 */
const ownPaths: Readonly<Partial<Record<RouteKind, RegExp>>> = {
  ingresses:
    /^\/metadata\/annotations\/(alb\.ingress\.kubernetes\.io\/(actions|conditions)\.|rollouts\.argoproj\.io\/managed-alb-annotations)/,
  virtualServices: /^\/spec\/(http|tls|tcp)\/\d+\/route\/\d+\/weight$/,
  destinationRules:
    /^\/spec\/subsets\/\d+\/labels(\/rollouts-pod-template-hash)?$|^\/metadata\/annotations\/argo-rollouts\.argoproj\.io\/managed-by-rollouts$/,
  meshVirtualRouters: /^\/spec\/routes\/\d+\/httpRoute\/action\/weightedTargets\/\d+\/weight$/,
  meshVirtualNodes: /^\/spec\/podSelector\/matchLabels\/rollouts-pod-template-hash$/,
  traefikServices: /^\/spec\/weighted\/services\/\d+\/weight$/,
  apisixRoutes: /^\/spec\/http\/\d+\/backends\/\d+\/weight$/,
}

const gatewayPaths =
  /^\/spec\/rules\/\d+\/backendRefs\/\d+\/weight$|^\/metadata\/labels\/rollouts\.argoproj\.io\/gatewayapi-canary$/
const versions = /^\/metadata\/(resourceVersion|generation)$/

/** The first path that differs and is foreign; `undefined` when there is none. */
export function foreignChange(kind: RouteKind, before: KubeObject, after: KubeObject): string | undefined {
  const own = ownPaths[kind] ?? gatewayPaths
  return differences(withoutManaged(before), withoutManaged(after)).find(
    (path) => !own.test(path) && !versions.test(path),
  )
}

function differences(before: unknown, after: unknown, path = ''): readonly string[] {
  if (!isTree(before) || !isTree(after)) return before === after ? [] : [path]
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].flatMap((key) => differences(Reflect.get(before, key), Reflect.get(after, key), `${path}/${key}`))
}

/** Entries of lists that a step has made: by their own name, or by that of their backend. */
function withoutManaged(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((each) => !isManaged(each)).map(withoutManaged)
  return isTree(value)
    ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutManaged(each)]))
    : value
}

const isManaged = (entry: unknown): boolean => {
  const backend = read(read(read(entry, 'backend'), 'service'), 'name')
  return managedNames.some((name) => backend === name || [name, `${name}-0`].includes(String(read(entry, 'name'))))
}

const read = (value: unknown, field: string): unknown => (isTree(value) ? Reflect.get(value, field) : undefined)

const isTree = (value: unknown): value is object => typeof value === 'object' && value !== null
