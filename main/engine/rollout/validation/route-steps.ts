import type { CanaryStep, CanaryStrategy, StringMatch } from '#api/rollout.ts'
import { invalid, required, type SpecError, type SpecRule } from './spec-error.ts'
import { hasPlugins } from './traffic-routing.ts'

type StepRule = SpecRule<{ readonly canary: CanaryStrategy; readonly step: CanaryStep; readonly path: string }>

const managedRoutesField = 'trafficRouting.managedRoutes'
const unknownRoute = `Steps define a route that does not exist in spec.strategy.canary.${managedRoutesField}`

/** API-110…113: steps that make routes of their own. */
export const routeStepRules: readonly StepRule[] = [
  ({ canary: { trafficRouting: router }, step: { setHeaderRoute: route }, path }) => {
    if (route === undefined) return undefined
    const isSupported =
      router !== undefined &&
      (router.istio !== undefined || router.alb !== undefined || router.apisix !== undefined || hasPlugins(router))
    if (!isSupported) {
      const detail = 'SetHeaderRoute requires TrafficRouting, supports Istio and ALB and Apisix'
      return invalid(`${path}.setHeaderRoute`, route, detail)
    }
    const judge = router.alb === undefined ? matchError : albMatchError
    return first(route.match ?? [], ({ headerValue }, j) => judge(headerValue, `${path}.setHeaderRoute.match[${j}]`))
  },
  ({ canary: { trafficRouting: router }, step: { setMirrorRoute: route }, path }) => {
    if (route === undefined) return undefined
    const isSupported = router !== undefined && (router.istio !== undefined || hasPlugins(router))
    if (!isSupported) {
      const detail = 'SetMirrorRoute requires TrafficRouting, supports Istio and Plugins'
      return invalid(`${path}.setMirrorRoute`, route, detail)
    }
    return first(route.match ?? [], ({ method, path: at }, j) =>
      first([method, at], (match) => match && matchError(match, `${path}.setMirrorRoute.match[${j}]`)),
    )
  },
  ({ canary: { trafficRouting: router }, step }) =>
    router !== undefined && routesOf(step).length > 0 && (router.managedRoutes ?? []).length === 0
      ? required(
          `spec.strategy.${managedRoutesField}`,
          `Rollout has missing field 'spec.strategy.canary.${managedRoutesField}'`,
        )
      : undefined,
  ({ canary: { trafficRouting: router }, step, path }) => {
    const known = (router?.managedRoutes ?? []).map(({ name }) => name)
    if (router === undefined) return undefined
    return first(routesOf(step), ([kind, name]) =>
      known.includes(name) ? undefined : invalid(`${path}.${kind}`, name, unknownRoute),
    )
  },
]

/** The routes that a step sets, with the field that does. */
const routesOf = (step: CanaryStep): readonly (readonly [string, string])[] =>
  (['setHeaderRoute', 'setMirrorRoute'] as const).flatMap((kind) => {
    const route = step[kind]
    return route === undefined ? [] : [[kind, route.name ?? ''] as const]
  })

function first<T>(all: readonly T[], judge: (each: T, index: number) => SpecError | undefined): SpecError | undefined {
  for (const [index, each] of all.entries()) {
    const error = judge(each, index)
    if (error !== undefined) return error
  }
  return undefined
}

const missed = 'StringMatch value missed, match value must have one of the following: exact, regex, prefix'

function matchError(match: StringMatch | undefined, path: string): SpecError | undefined {
  const count = [match?.exact, match?.regex, match?.prefix].filter((text) => (text ?? '') !== '').length
  if (count === 1) return undefined
  return count === 0
    ? invalid(path, match, missed)
    : invalid(path, match, 'StringMatch match value must have exactly one of the following: exact, regex, prefix')
}

function albMatchError(match: StringMatch | undefined, path: string): SpecError | undefined {
  if (match === undefined) return invalid(path, match, missed)
  const { exact = '', regex = '', prefix = '' } = match
  return exact === '' || regex !== '' || prefix !== ''
    ? invalid(path, match, `SetHeaderRoute match value invalid. ALB supports 'exact' value only`)
    : undefined
}
