import type { Rollout } from '#api/rollout.ts'
import { fieldAt, listAt, textAt, withFieldAt } from './route-json.ts'
import { type RouteObject, type RouteRef, type Routes, resourceOf } from './routes.ts'

/** How a path of an Ingress names its Service; groups differ in it (NGX-10). */
export interface BackendForm {
  /** `''` for a resource backend, and for what is none. */
  readonly serviceOf: (path: unknown) => string
  /** The path with another Service, of the same port. */
  readonly withService: (path: unknown, service: string) => unknown
  /** The backend of a path that an annotation of the load balancer controller fills in (ALB-12). */
  readonly byAnnotation: (service: string) => unknown
}

const byAnnotation = 'use-annotation'

const networking: BackendForm = {
  serviceOf: (path) => textAt(path, 'backend', 'service', 'name'),
  withService: (path, name) => withFieldAt(path, ['backend', 'service', 'name'], name),
  byAnnotation: (name) => ({ service: { name, port: { name: byAnnotation } } }),
}

/** `extensions/v1beta1`, on servers before 1.19. */
const legacy: BackendForm = {
  serviceOf: (path) => textAt(path, 'backend', 'serviceName'),
  withService: (path, name) => withFieldAt(path, ['backend', 'serviceName'], name),
  byAnnotation: (serviceName) => ({ serviceName, servicePort: byAnnotation }),
}

export const backendForm = (routes: Pick<Routes, 'served'>): BackendForm =>
  resourceOf(routes, 'ingresses').version === 'v1' ? networking : legacy

export const ingressRef = ({ metadata }: Rollout, name: string): RouteRef => ({
  kind: 'ingresses',
  namespace: metadata.namespace ?? '',
  name,
})

/** As the reference's cache says it, in the singular: `ingress.networking.k8s.io "front" not found`. */
export const ingressNotFound = (routes: Pick<Routes, 'served'>, name: string): string =>
  `ingress.${resourceOf(routes, 'ingresses').group} "${name}" not found`

export const rulesOf = ({ spec }: RouteObject): readonly unknown[] => listAt(spec, 'rules')

/** The paths of a rule; a rule without `http` has none. */
export const pathsOf = (rule: unknown): readonly unknown[] => listAt(rule, 'http', 'paths')

/** The rule with other paths. One without any, which leads to the default backend, stays as it is. */
export const withPaths = (rule: unknown, change: (paths: readonly unknown[]) => readonly unknown[]): unknown =>
  Array.isArray(fieldAt(rule, 'http', 'paths')) ? withFieldAt(rule, ['http', 'paths'], change(pathsOf(rule))) : rule

/** Whether any path leads to the Service. A rule without `http` and a resource backend, which crash the reference, do not. */
export const leadsTo = (form: BackendForm, ingress: RouteObject, service: string): boolean =>
  rulesOf(ingress).some((rule) => pathsOf(rule).some((path) => form.serviceOf(path) === service))

export const ingressClassKey = 'kubernetes.io/ingress.class'

/** The annotation before the field; `''` when neither says it (DEL-2). */
export const ingressClass = ({ metadata, spec }: RouteObject): string =>
  metadata.annotations?.[ingressClassKey] || textAt(spec, 'ingressClassName')
