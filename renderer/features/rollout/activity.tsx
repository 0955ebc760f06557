import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef, useState } from 'react'
import type { ConditionView, EventView, RolloutDetailView } from '#contract/views.ts'
import { formatMoment, formatTime } from '../../format/clock-time.ts'
import { useLocale, useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import type { IconName } from '../../ui/icon-names.ts'
import { rowHeights } from '../../ui/row-heights.ts'
import { Segments } from '../../ui/segments.tsx'
import { Forecast } from './forecast.tsx'
import { Revisions } from './revisions.tsx'

const views = ['events', 'conditions', 'revisions', 'forecast'] as const
const sources = ['all', 'engine', 'person', 'cluster'] as const

/** What happened, newest first; the conditions behind a second tab, revisions and forecast too where they have no column. */
export function Activity({ detail }: { readonly detail: RolloutDetailView }) {
  const text = useText()
  const [shown, setShown] = useState<(typeof views)[number]>('events')
  const [source, setSource] = useState<(typeof sources)[number]>('all')
  const events = source === 'all' ? detail.events : detail.events.filter((event) => event.source === source)
  const counts = {
    events: undefined,
    conditions: detail.conditions.length,
    revisions: detail.revisions.length,
    forecast: undefined,
  }
  return (
    <section className={`panel activity shows-${shown}`} data-region aria-label={text('activity.title')}>
      <div className="panel-head">
        <Icon name="event" className="faint" />
        <h2 className="unseen">{text('activity.title')}</h2>
        <Segments
          small
          label={text('activity.title')}
          value={shown}
          onChange={setShown}
          segments={views.map((value) => ({ value, label: text(`activity.${value}`), count: counts[value] }))}
        />
        <span className="space" />
        {shown === 'events' && (
          <Segments
            small
            label={text('events.filter')}
            value={source}
            onChange={setSource}
            segments={sources.map((value) => ({ value, label: text(`source.${value}`) }))}
          />
        )}
      </div>
      {shown === 'events' && events.length > 0 && <Events events={events} />}
      {shown === 'events' && events.length === 0 && <NoEvents detail={detail} source={source} />}
      {shown === 'conditions' && <Conditions conditions={detail.conditions} />}
      {shown === 'revisions' && <Revisions detail={detail} />}
      {shown === 'forecast' && <Forecast detail={detail} />}
    </section>
  )
}

interface NoEventsProps {
  readonly detail: RolloutDetailView
  readonly source: (typeof sources)[number]
}

/** Nothing to show is not yet nothing that happened. */
function NoEvents({ detail: { events, eventsState }, source }: NoEventsProps) {
  const text = useText()
  const words =
    events.length > 0
      ? text('events.noneFrom', { source: text(`source.${source}`) })
      : text(({ loading: 'events.loading', forbidden: 'events.forbidden', read: 'events.none' } as const)[eventsState])
  return (
    <p className="faint small activity-none" role="status">
      {words}
    </p>
  )
}

const icons: Record<EventView['source'], IconName> = { engine: 'helm', person: 'user', cluster: 'hexagon' }

function Events({ events }: { readonly events: readonly EventView[] }) {
  const text = useText()
  const locale = useLocale()
  const scroller = useRef<HTMLDivElement>(null)
  const list = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeights.row,
    overscan: 8,
  })
  return (
    <div
      ref={scroller}
      className="scroll activity-list"
      role="region"
      tabIndex={0}
      aria-label={text('activity.events')}
    >
      <ol className="events" style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map(({ index, start }) => {
          const event = events[index]
          return event === undefined ? null : (
            <li key={event.id} className={`event${index % 2 === 1 ? ' odd' : ''}`} style={{ top: start }}>
              <time className="num faint" title={formatMoment(event.at, locale)}>
                {formatTime(event.at)}
              </time>
              <span className="row dim">
                <Icon
                  name={event.type === 'Warning' ? 'warn' : icons[event.source]}
                  className={event.type === 'Warning' ? 'ink-degraded' : ''}
                />
                {text(`source.${event.source}`)}
              </span>
              <span className="mono cut reason" title={event.reason}>
                {event.reason}
              </span>
              <span className="cut" title={event.message}>
                {event.count > 1 && <b className="num">{text('events.times', { count: event.count })} </b>}
                {event.message}
              </span>
            </li>
          )
        })}
      </ol>
    </div>
  )
}

function Conditions({ conditions }: { readonly conditions: readonly ConditionView[] }) {
  const text = useText()
  const locale = useLocale()
  return (
    <div className="scroll activity-list" role="region" tabIndex={0} aria-label={text('activity.conditions')}>
      <ul className="conditions">
        {conditions.map((condition) => (
          <li key={condition.type}>
            <span className="mono strong">{condition.type}</span>
            <span className="mono">{condition.status}</span>
            <span className="mono dim cut">{condition.reason}</span>
            <span className="cut" title={condition.message}>
              {condition.message}
            </span>
            <time className="num faint">
              {condition.changedAt === undefined ? '–' : formatMoment(condition.changedAt, locale)}
            </time>
          </li>
        ))}
      </ul>
    </div>
  )
}
