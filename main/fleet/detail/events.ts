import type { Event } from '#api/core.ts'
import { eventComponent } from '#api/keys.ts'
import type { EventView } from '#contract/views.ts'
import { redactText } from '#lib/redact-text.ts'
import { parseTime } from '#lib/rfc3339.ts'

/** More than anyone reads; a Rollout that flaps for an hour writes hundreds. */
const eventsMax = 200

/** Newest first. */
export const eventViews = (events: readonly Event[]): readonly EventView[] =>
  events.map(eventView).toSorted(newestFirst).slice(0, eventsMax)

const newestFirst = (a: EventView, b: EventView): number => b.at - a.at || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)

/** Of an event that repeats, `at` is the last time. */
export function eventView(event: Event): EventView {
  const at = event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp ?? event.metadata.creationTimestamp
  const component = event.reportingComponent || event.source?.component
  return {
    id: event.metadata.uid ?? event.metadata.name,
    at: parseTime(at) ?? 0,
    source: component === eventComponent ? 'engine' : 'cluster',
    type: event.type === 'Warning' ? 'Warning' : 'Normal',
    reason: event.reason ?? '',
    message: redactText(event.message ?? ''),
    count: event.count ?? 1,
  }
}
