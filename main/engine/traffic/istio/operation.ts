import type { Rollout } from '#api/rollout.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { inTurn } from '../in-turn.ts'
import type { RouterError, RouterEvent, RouterResult } from '../router.ts'
import { findRoute, notFoundText, type RouteObject, type RouteRef, type Routes, withRoute } from '../routes.ts'
import { type VirtualServiceEntry, virtualServicesOf } from './addressing.ts'

/** What an operation makes of one VirtualService, and how it is told (IST-5, IST-27). */
export interface Operation {
  readonly change: (object: RouteObject, entry: VirtualServiceEntry) => Outcome<RouteObject, RouterError>
  /** After the name of the VirtualService. */
  readonly done: string
  /** In front of the error of the API server. */
  readonly notFound: string
  /** In front of the error of `change`. */
  readonly notChanged: string
  readonly skipsMissing: boolean
}

/** Carries an operation out on all VirtualServices, in order. The first error ends it. */
export const onVirtualServices = (rollout: Rollout, routes: Routes, operation: Operation): RouterResult =>
  inTurn(virtualServicesOf(rollout), routes, (entry, now) => onVirtualService(entry, now, operation))

function onVirtualService(entry: VirtualServiceEntry, routes: Routes, operation: Operation): RouterResult {
  const { ref } = entry
  const object = findRoute(routes, ref)
  if (object === undefined) {
    const events = [notFoundEvent(ref)]
    return operation.skipsMissing
      ? success({ routes, events })
      : failure({ message: `${operation.notFound}${notFoundText(routes, ref)}`, events })
  }
  const next = operation.change(object, entry)
  if (!next.ok) return failure({ ...next.error, message: `${operation.notChanged}${next.error.message}` })
  if (jsonEqual(next.value, object)) return success({ routes, events: [] })
  const message = `VirtualService \`${ref.name}\` ${operation.done}`
  const event: RouterEvent = { type: 'Normal', reason: 'Updated VirtualService', message }
  return success({ routes: withRoute(routes, ref, next.value), events: [event] })
}

/** IST-4. */
export function notFoundEvent({ kind, name }: RouteRef): RouterEvent {
  const what = kind === 'destinationRules' ? 'DestinationRule' : 'VirtualService'
  return { type: 'Warning', reason: `${what}NotFound`, message: `${what} \`${name}\` not found` }
}
