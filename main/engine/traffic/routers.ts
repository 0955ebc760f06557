import type { Rollout } from '#api/rollout.ts'
import type { TrafficRouting } from '#api/traffic-routing.ts'
import { alb } from './alb/alb.ts'
import { ambassador } from './ambassador.ts'
import { apisix } from './apisix.ts'
import { appMesh } from './app-mesh.ts'
import { gatewayApiPlugin } from './gateway-api/config.ts'
import { gatewayApi } from './gateway-api/gateway-api.ts'
import { istio } from './istio/istio.ts'
import { nginx } from './nginx.ts'
import type { Router } from './router.ts'
import { smi } from './smi.ts'
import { traefik } from './traefik.ts'

/** In the order in which each is asked (TR-3, API-80). */
const known: readonly (readonly [(routing: TrafficRouting) => unknown, Router])[] = [
  [(routing) => routing.istio, istio],
  [(routing) => routing.nginx, nginx],
  [(routing) => routing.alb, alb],
  [(routing) => routing.smi, smi],
  [(routing) => routing.ambassador, ambassador],
  [(routing) => routing.appMesh, appMesh],
  [(routing) => routing.traefik, traefik],
  [(routing) => routing.apisix, apisix],
  [(routing) => routing.plugins?.[gatewayApiPlugin], gatewayApi],
]

/** The routers of a Rollout, in the order in which each is asked. */
export function routersOf({ spec }: Rollout): readonly Router[] {
  const routing = spec?.strategy?.canary?.trafficRouting
  return routing === undefined ? [] : known.flatMap(([told, router]) => (told(routing) === undefined ? [] : [router]))
}
