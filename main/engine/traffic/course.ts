import type { Rollout } from '#api/rollout.ts'
import type { EventWrite, Write } from '#engine/decision.ts'
import type { EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { routeWrites } from './route-writes.ts'
import type { Router, RouterEvent, RouterResult } from './router.ts'
import type { Routes } from './routes.ts'

/** Route objects on their way through the operations of a pass. */
export interface Course {
  readonly rollout: Rollout
  /** As all of them were read at the beginning. */
  readonly read: Routes
  /** As they are after the operations so far. */
  readonly routes: Routes
  /** As they are after the writes so far. */
  readonly settled: Routes
  readonly writes: readonly Write[]
  /** Of operations that are not written yet. */
  readonly events: readonly RouterEvent[]
  readonly purpose: string
  readonly unfinished?: { readonly until: EpochMs; readonly why: string }
  readonly delayed?: string
}

/** Where an operation failed; what was changed until then is among the writes. */
export interface Stopped {
  readonly message: string
  readonly writes: readonly Write[]
  readonly warnings: readonly EventWrite[]
}

export const begin = (rollout: Rollout, read: Routes): Course => ({
  rollout,
  read,
  routes: read,
  settled: read,
  writes: [],
  events: [],
  purpose: '',
})

/** The course after an operation that had this result. Nothing is written yet: what one takes away the next may bring back. */
export function after(course: Course, router: Router, purpose: string, result: RouterResult): Outcome<Course, Stopped> {
  const routes = result.ok ? result.value.routes : (result.error.routes ?? course.routes)
  const next = { ...course, routes, purpose: routes === course.routes ? course.purpose : purpose }
  if (!result.ok) {
    const { message, events } = result.error
    const told: readonly RouterEvent[] = [...events, { type: 'Warning', reason: 'TrafficRoutingError', message }]
    const warnings = told.map((event) => eventOf(course.rollout, event))
    return failure({ message, warnings, writes: settle(next, router).writes })
  }
  const { events, unfinished = course.unfinished, delayed } = result.value
  return success({
    ...next,
    events: [...course.events, ...events],
    ...(unfinished !== undefined && { unfinished }),
    ...(delayed !== undefined && { delayed }),
  })
}

/** The course with everything so far written. What came to nothing is told to nobody. */
export function settle(course: Course, router: Router): Course {
  const { rollout, read, routes, settled, events, purpose } = course
  const writes = routeWrites(settled, routes, { router, rollout, purpose, read })
  const told = events.filter(({ type }) => writes.length > 0 || type === 'Warning')
  return {
    ...course,
    settled: routes,
    events: [],
    writes: [...course.writes, ...writes, ...told.map((event) => eventOf(rollout, event))],
  }
}

const eventOf = (regarding: Rollout, { type, reason, message }: RouterEvent): EventWrite => ({
  kind: 'event',
  regarding,
  type,
  reason,
  message,
  because: 'TR-31',
  summary: message,
})
