import type { Rollout } from '#api/rollout.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { fieldAt, firstNamed, type NotNamed, withFieldAt, withSpecAt } from './route-json.ts'
import type { Router, RouterRequest, RouterResult } from './router.ts'
import { findRoute, notFoundText, type RouteRef, type Routes, withRoute } from './routes.ts'

/** The weighted services of a TraefikService (TFK-1). */
export const traefik: Router = {
  type: 'Traefik',
  reads: (rollout) => [serviceRef(rollout)].filter(({ name }) => name !== ''),
  setWeight,
  refused: (_verb, { name }) => ({
    error: '',
    event: {
      reason: 'TraefikServiceUpdateError',
      before: `Error updating traefik service ${JSON.stringify(name)}: `,
    },
  }),
}

const serviceRef = ({ metadata, spec }: Rollout): RouteRef => ({
  kind: 'traefikServices',
  namespace: metadata.namespace ?? '',
  name: spec.strategy?.canary?.trafficRouting?.traefik?.weightedTraefikServiceName ?? '',
})

function setWeight(request: RouterRequest, routes: Routes): RouterResult {
  const ref = serviceRef(request.rollout)
  if (ref.name === '') return failure({ message: 'resource name may not be empty', events: [] })
  const object = findRoute(routes, ref)
  if (object === undefined) return failure({ message: notFoundText(routes, ref), events: [] })
  const services = weighed(fieldAt(object.spec, 'weighted', 'services'), request)
  if (!services.ok) return failure({ message: services.error, events: [] })
  const changed = withSpecAt(object, ['weighted', 'services'], services.value)
  return success({ routes: changed === object ? routes : withRoute(routes, ref, changed), events: [] })
}

/** The first service named as canary gets `weight`, that named as stable the rest of 100; others keep theirs, which count relative to these. */
function weighed(
  services: unknown,
  { canaryService, stableService, weight }: RouterRequest,
): Outcome<readonly unknown[], string> {
  if (!Array.isArray(services)) return failure('spec.weighted.services was not found in traefik service manifest')
  const list: readonly unknown[] = services
  const canary = firstNamed(list, 'name', canaryService)
  if (!canary.ok) return failure(lackText(canary.error, 'canary'))
  const stable = firstNamed(list, 'name', stableService)
  if (!stable.ok) return failure(lackText(stable.error, 'stable'))
  const withWeight = (index: number, share: number) => withFieldAt(list[index], ['weight'], share)
  return success(
    list
      .with(canary.value, withWeight(canary.value, weight))
      .with(stable.value, withWeight(stable.value, 100 - weight)),
  )
}

/** TFK-2. */
function lackText(lack: NotNamed, side: 'canary' | 'stable'): string {
  switch (lack) {
    case 'Absent':
      return `traefik ${side} service was not found`
    case 'NoObject':
      return 'Failed type assertion setting weight for traefik service'
    case 'NoName':
    case 'NameNotText':
      return 'name field was not found in service'
  }
}
