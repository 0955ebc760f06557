import { fieldManager } from '#api/keys.ts'
import type { HeaderRoute, MirrorRoute, StringMatch } from '#api/rollout.ts'
import { routeKinds } from '#api/route-kinds.ts'
import type { DriftView, RouteView, RoutingView, StepRouteView, UnreadView } from '#contract/traffic-views.ts'
import { routesWithoutPods } from '#engine/rollout/canary/routes-in-force.ts'
import { type RouteState, type Routing, routingOf, type StepRouteState } from '#engine/status/routing.ts'
import type { EpochMs } from '#lib/clock.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { writersOf } from '#main/cluster/writers.ts'
import type { ReadableRoutes, Unread } from '../readable-routes.ts'
import type { RolloutFacts } from '../rollout-facts.ts'

/** What the route objects of a Rollout say, and what somebody should know about them (TR-18a, TR-22). */
export function routingView({ rollout, parts }: RolloutFacts, now: EpochMs): RoutingView {
  const unread = unreadViews(parts.readRoutes)
  const routing = routingOf(parts, now)
  const withoutPods = routesWithoutPods(rollout).map(({ stepIndex, route }) => ({ stepIndex, name: route.name ?? '' }))
  return {
    // Without all of them nothing is known of the split.
    drift: routing === undefined || unread.length > 0 ? undefined : driftView(routing),
    objects: (routing?.objects ?? [])
      .map((each) => routeView(each, parts.readRoutes?.istioCluster))
      .filter(({ exists }) => exists || unread.length === 0),
    unread,
    concerns: routing?.concerns ?? [],
    withoutPods,
  }
}

function driftView({ isDrifted, weight, written, objects }: Routing): DriftView | undefined {
  if (!isDrifted || written === undefined) return undefined
  const changed = objects.filter((each) => 'weight' in each && each.weight !== written)
  return { weight, written, ...lastWriter(changed) }
}

/** Who else wrote one of these last; a write of the status changes no route. */
function lastWriter(objects: readonly RouteState[]): Pick<DriftView, 'manager' | 'at'> {
  const others = objects
    .flatMap(({ object }) => (object === undefined ? [] : writersOf(object)))
    .filter(({ manager, subresource }) => manager !== undefined && manager !== fieldManager && subresource !== 'status')
  const latest = others.toSorted((a, b) => ((a.time ?? '') < (b.time ?? '') ? 1 : -1))[0]
  return { manager: latest?.manager, at: parseTime(latest?.time) }
}

const routeView = (state: RouteState, istioCluster: string | undefined): RouteView => ({
  kind: state.kind,
  name: state.ref.name,
  cluster: routeKinds[state.ref.kind].group === routeKinds.virtualServices.group ? istioCluster : undefined,
  exists: state.object !== undefined,
  weight: 'weight' in state ? (state.weight ?? 'unclear') : 'none',
  stepRoutes: state.stepRoutes.map(stepRouteView),
})

function stepRouteView({ stepRoute, state }: StepRouteState): StepRouteView {
  const { kind, route } = stepRoute
  const about = { kind, name: route.name ?? '', state }
  return kind === 'header'
    ? { ...about, conditions: headersOf(route), percentage: undefined }
    : { ...about, conditions: mirroredOf(route), percentage: route.percentage ?? 100 }
}

const headersOf = ({ match = [] }: HeaderRoute): readonly string[] =>
  match.map(({ headerName = '', headerValue = {} }) => `${headerName} ${matchText(headerValue, '= ')}`)

const mirroredOf = ({ match = [] }: MirrorRoute): readonly string[] =>
  match.map(({ method, path, headers = {} }) =>
    [
      ...(method === undefined ? [] : [matchText(method, '')]),
      ...(path === undefined ? [] : [matchText(path, '')]),
      ...Object.entries(headers).map(([name, value]) => `${name} ${matchText(value, '= ')}`),
    ].join(' '),
  )

/** `exactly` stands before an exact value. */
function matchText({ exact, prefix, regex }: StringMatch, exactly: string): string {
  if (exact !== undefined) return `${exactly}${exact}`
  if (prefix !== undefined) return `${exactly}${prefix}*`
  return `~ ${regex ?? ''}`
}

const unreadViews = (read: ReadableRoutes | undefined): readonly UnreadView[] =>
  [...(read?.unread ?? [])].map(([kind, unread]) => ({ kind: routeKinds[kind].kind, ...whyUnread(unread) }))

function whyUnread(unread: Unread): Pick<UnreadView, 'why' | 'message'> {
  if (unread.kind === 'NotSynced') return { why: 'loading', message: '' }
  const message = 'message' in unread ? unread.message : ''
  return { why: unread.kind === 'Forbidden' ? 'forbidden' : 'failed', message }
}
