import { type BackendForm, rulesOf, withPaths } from '../ingress.ts'
import { withSpecAt } from '../route-json.ts'
import type { RouteObject } from '../routes.ts'

type Paths = readonly unknown[]

/** A path in front of all others of each rule, for a route of this name; conditions say which requests take it (ALB-12). */
export const prependRoute = (form: BackendForm, ingress: RouteObject, name: string): RouteObject =>
  changePaths(ingress, (paths) => [
    { path: '/*', pathType: 'ImplementationSpecific', backend: form.byAnnotation(name) },
    ...paths,
  ])

/** Without the first path of each rule that leads to the route (ALB-13). */
export const removeRoute = (form: BackendForm, ingress: RouteObject, name: string): RouteObject =>
  changePaths(ingress, (paths) => {
    const at = paths.findIndex((path) => form.serviceOf(path) === name)
    return at === -1 ? paths : paths.toSpliced(at, 1)
  })

/** Managed routes first, in the order of the spec; all others after them as they are (ALB-14). */
export function sortRoutes(form: BackendForm, ingress: RouteObject, names: readonly string[]): RouteObject {
  const order = new Map(names.map((name, at) => [name, at]))
  const rank = (path: unknown): number => order.get(form.serviceOf(path)) ?? order.size
  return changePaths(ingress, (paths) => paths.toSorted((a, b) => rank(a) - rank(b)))
}

function changePaths(ingress: RouteObject, change: (paths: Paths) => Paths): RouteObject {
  const rules = rulesOf(ingress).map((rule) => withPaths(rule, change))
  return rules.length === 0 ? ingress : withSpecAt(ingress, ['rules'], rules)
}
