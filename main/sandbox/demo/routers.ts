import { apiVersionOf, type Resource } from '#api/resources.ts'
import type { CanaryStrategy } from '#api/rollout.ts'
import { routeKinds } from '#api/route-kinds.ts'
import type { TrafficRouting } from '#api/traffic-routing.ts'
import type { Manifest } from '../bootstrap.ts'

/** How requests to an application are split: what its strategy says of it, and the objects that whoever installed it made. */
export interface DemoRouting {
  readonly strategy: Required<Pick<CanaryStrategy, 'stableService' | 'canaryService' | 'trafficRouting'>>
  readonly objects: readonly { readonly resource: Resource; readonly object: Manifest }[]
}

/** The Service of the stable version is the one that clients know. */
export const canaryServiceOf = (app: string): string => `${app}-canary`

interface Application {
  readonly name: string
  readonly namespace: string
}

const routing = (
  { name, namespace }: Application,
  trafficRouting: TrafficRouting,
  resource: Resource,
  spec: object,
): DemoRouting => ({
  strategy: { stableService: name, canaryService: canaryServiceOf(name), trafficRouting },
  objects: [
    {
      resource,
      object: { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata: { name, namespace }, spec },
    },
  ],
})

const hostOf = ({ name }: Application) => `${name}.harbor.example`

/** An Istio mesh. `managed` names the routes that steps make. */
export const byIstio = (app: Application, managed: readonly string[]): DemoRouting =>
  routing(
    app,
    {
      managedRoutes: managed.map((name) => ({ name })),
      istio: { virtualService: { name: app.name, routes: ['primary'] } },
    },
    routeKinds.virtualServices,
    {
      hosts: [app.name, hostOf(app)],
      gateways: ['mesh', 'istio-system/harbor'],
      http: [
        {
          name: 'primary',
          route: [
            { destination: { host: app.name }, weight: 100 },
            { destination: { host: canaryServiceOf(app.name) }, weight: 0 },
          ],
        },
      ],
    },
  )

/** A Gateway, whose HTTPRoute also takes the routes that steps make. */
export const byGatewayApi = (app: Application, managed: readonly string[]): DemoRouting =>
  routing(
    app,
    {
      managedRoutes: managed.map((name) => ({ name })),
      plugins: { 'argoproj-labs/gatewayAPI': { httpRoutes: [{ name: app.name, useHeaderRoutes: true }] } },
    },
    routeKinds.httpRoutes,
    {
      parentRefs: [{ name: 'harbor', namespace: 'gateways' }],
      hostnames: [hostOf(app)],
      rules: [
        {
          backendRefs: [
            { name: app.name, port: 80, weight: 100 },
            { name: canaryServiceOf(app.name), port: 80, weight: 0 },
          ],
        },
      ],
    },
  )

const ingress = (app: Application, ingressClassName: string, port: object) => ({
  ingressClassName,
  rules: [
    {
      host: hostOf(app),
      http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: app.name, port } } }] },
    },
  ],
})

/** ingress-nginx: the canary's Ingress is made by whoever drives the Rollout. */
export const byNginx = (app: Application): DemoRouting =>
  routing(app, { nginx: { stableIngress: app.name } }, routeKinds.ingresses, ingress(app, 'nginx', { number: 80 }))

/** A load balancer of AWS: the action of the Ingress is written by whoever drives the Rollout. */
export const byAlb = (app: Application): DemoRouting =>
  routing(
    app,
    { alb: { ingress: app.name, servicePort: 80 } },
    routeKinds.ingresses,
    ingress(app, 'alb', { name: 'use-annotation' }),
  )
