import type { Rollout } from '#api/rollout.ts'
import type { ObjectRef, Precondition, RefusedWrite, RuleId, Write } from '#engine/decision.ts'
import { createMergePatch } from '#lib/merge-patch.ts'
import type { Router, RouterType } from './router.ts'
import { type RouteObject, type RouteRef, type Routes, resourceOf, routeKey } from './routes.ts'

/** Which rule says how a router's objects are written. */
const rules: Readonly<Record<RouterType, RuleId>> = {
  Istio: 'IST-5',
  Nginx: 'NGX-9',
  ALB: 'ALB-5',
  SMI: 'SMI-5',
  Ambassador: 'AMB-5',
  AppMesh: 'APM-3',
  Traefik: 'TFK-1',
  Apisix: 'APX-2',
  GatewayAPI: 'GW-9',
}

interface Change {
  readonly router: Router
  readonly rollout: Rollout
  /** What for, before the name of the object: `Set weight 20 in`. */
  readonly purpose: string
  /** As all of them were read at the beginning of the pass. */
  readonly read: Routes
}

/**
 * What makes `after` out of `before`: one create, delete or merge patch per object, of the fields that differ and no others. Each
 * is bound to the version in which the object was read, so that nobody else's change is lost; what is refused for that is decided anew
 * (TR-6).
 */
export function routeWrites(before: Routes, after: Routes, change: Change): readonly Write[] {
  const keys = new Set([...before.objects.keys(), ...after.objects.keys()])
  return [...keys].flatMap((key) => {
    const [from, to] = [before.objects.get(key), after.objects.get(key)]
    if (from === to || (from === undefined && to === undefined)) return []
    if (to === undefined) return from === undefined ? [] : [deletion(from.ref, from.object, change)]
    if (from === undefined) return [creation(to.ref, to.object, change)]
    const body = createMergePatch(from.object, to.object)
    return body === undefined ? [] : [patch(to.ref, from.object, body, change)]
  })
}

function creation(ref: RouteRef, object: RouteObject, change: Change): Write {
  return { kind: 'create', ref: objectRef(ref, change), object, ...told('create', 'Create', ref, object, change) }
}

function patch(ref: RouteRef, before: RouteObject, body: unknown, change: Change): Write {
  return {
    kind: 'patch',
    ref: objectRef(ref, change),
    patchType: 'merge',
    body,
    precondition: asRead(ref, change),
    ...told('update', change.purpose, ref, before, change),
  }
}

function deletion(ref: RouteRef, object: RouteObject, change: Change): Write {
  return {
    kind: 'delete',
    ref: objectRef(ref, change),
    precondition: asRead(ref, change),
    ...told('delete', 'Delete', ref, object, change),
  }
}

/** Nothing of one that was made in this pass. */
function asRead(ref: RouteRef, { read }: Change): Precondition {
  const { uid, resourceVersion } = read.objects.get(routeKey(ref))?.object.metadata ?? {}
  return { ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) }
}

const objectRef = ({ kind, namespace, name }: RouteRef, { read }: Change): ObjectRef => ({
  resource: resourceOf(read, kind),
  namespace,
  name,
})

function told(
  verb: 'create' | 'update' | 'delete',
  what: string,
  ref: RouteRef,
  object: RouteObject,
  { router, rollout }: Change,
) {
  const { event, isTolerated, error = '' } = router.refused?.(verb, ref) ?? {}
  const ifRefused: RefusedWrite[] = []
  if (event !== undefined) ifRefused.push({ regarding: rollout, type: 'Warning', ...event })
  if (!isTolerated)
    ifRefused.push({ regarding: rollout, type: 'Warning', reason: 'TrafficRoutingError', before: error })
  return {
    because: rules[router.type],
    summary: `${what} ${object.kind} ${ref.name}`,
    ifRefused,
    ...(isTolerated && { mayFail: isTolerated }),
  }
}
