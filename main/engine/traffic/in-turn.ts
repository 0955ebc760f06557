import { failure, success } from '#lib/outcome.ts'
import type { RouterEvent, RouterResult } from './router.ts'
import type { Routes } from './routes.ts'

/**
 * Changes routes for one item after the other, each from what the one before it left. The first error ends it; what was changed until
 * then stands (NGX-1).
 */
export function inTurn<T>(
  items: readonly T[],
  routes: Routes,
  change: (item: T, routes: Routes) => RouterResult,
): RouterResult {
  const events: RouterEvent[] = []
  let changed = routes
  for (const item of items) {
    const result = change(item, changed)
    const told = result.ok ? result.value.events : result.error.events
    events.push(...told)
    if (!result.ok) return failure({ message: result.error.message, events, routes: result.error.routes ?? changed })
    changed = result.value.routes
  }
  return success({ routes: changed, events })
}
