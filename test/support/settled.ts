import { expect } from 'vitest'
import type { RouterResult, RouterStep } from '#engine/traffic/router.ts'
import type { Routes } from '#engine/traffic/routes.ts'
import { stepOf } from './builders/routing.ts'

/**
 * What an operation of a router makes of these routes. Checks that it changes nothing in place, and nothing at all, without a word, when it
 * is asked for again (TR-1).
 */
export function settled(operation: (routes: Routes) => RouterResult, routes: Routes): RouterStep {
  const step = stepOf(operation(frozen(routes)))
  const again = stepOf(operation(frozen(step.routes)))
  expect([...again.routes.objects]).toEqual([...step.routes.objects])
  for (const [key, { object }] of again.routes.objects) expect(object).toBe(step.routes.objects.get(key)?.object)
  expect(again.events).toEqual([])
  return step
}

function frozen(routes: Routes): Routes {
  for (const { object } of routes.objects.values()) freeze(object)
  return routes
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const part of Object.values(value)) freeze(part)
}
