import { useState } from 'react'
import type { DriftView, RouteView, RoutingView, StepRouteView, UnreadView } from '#contract/traffic-views.ts'
import type { EngineMode, RolloutDetailView } from '#contract/views.ts'
import type { Text } from '../../format/text.ts'
import { formatPercent } from '../../format/weight.ts'
import { Age } from '../../marks/ages.tsx'
import { useCluster, useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import { Services } from './services.tsx'

interface RoutingProps {
  readonly detail: RolloutDetailView
  readonly routing: RoutingView
}

/** What is wrong with the routes, always; the route objects and Services themselves behind a line that opens. */
export function Routing({ detail, routing }: RoutingProps) {
  const text = useText()
  const { traffic } = detail
  const { objects } = routing
  const [open, setOpen] = useState(() => objects.some(({ stepRoutes }) => stepRoutes.length > 0))
  return (
    <div className="routing">
      <Warnings detail={detail} routing={routing} />
      {objects.length + traffic.services.length > 0 && (
        <button type="button" className="exact-toggle row" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name={open ? 'chev-d' : 'chev-r'} />
          {text('routing.objects', { objects: objects.length, services: traffic.services.length })}
        </button>
      )}
      {open && (
        <>
          <ul className="routes" aria-label={text('routing.title')}>
            {objects.map((route) => (
              <Route key={`${route.kind} ${route.name}`} route={route} maxWeight={traffic.maxWeight} />
            ))}
          </ul>
          {traffic.services.length > 0 && <Services traffic={traffic} />}
        </>
      )}
    </div>
  )
}

function Warnings({ detail: { view, traffic }, routing }: RoutingProps) {
  const text = useText()
  const engine = useCluster(view.context)?.engine ?? 'unknown'
  const { drift, unread, concerns, withoutPods } = routing
  if (drift === undefined && unread.length + concerns.length + withoutPods.length === 0) return null
  return (
    <ul className="routing-notes" aria-label={text('routing.notes')}>
      {drift !== undefined && (
        <li>
          <Icon name="drift" className="ink-degraded" />
          <span>
            {driftWords(text, drift, traffic.maxWeight)} <span className="dim">{text(mends[engine])}</span>{' '}
            {drift.at !== undefined && <Age since={drift.at} className="faint" />}
          </span>
        </li>
      )}
      {unread.map((each) => (
        <li key={each.kind}>
          <Icon name={each.why === 'loading' ? 'clock' : 'lock'} className="faint" />
          <span>
            {unreadWords(text, each)} <span className="dim">{each.message}</span>
          </span>
        </li>
      ))}
      {withoutPods.map(({ stepIndex, name }) => (
        <li key={stepIndex}>
          <Icon name="warn" className="ink-paused" />
          <span>{text('routing.withoutPods', { step: stepIndex + 1, name })}</span>
        </li>
      ))}
      {concerns.map((concern) => (
        <li key={concern}>
          <Icon name="warn" className="ink-paused" />
          <span lang="en">{concern}</span>
        </li>
      ))}
    </ul>
  )
}

/** Who puts it right. */
const mends = {
  driven: 'routing.mends.driven',
  inCluster: 'routing.mends.inCluster',
  observed: 'routing.mends.nobody',
  contested: 'routing.mends.unknown',
  snapshot: 'routing.mends.unknown',
  unknown: 'routing.mends.unknown',
} as const satisfies Record<EngineMode, string>

function driftWords(text: Text, { weight, written, manager }: DriftView, maxWeight: number): string {
  const wanted = formatPercent(written, maxWeight)
  if (weight === undefined)
    return manager === undefined
      ? text('routing.driftUnclear', { wanted })
      : text('routing.driftUnclearBy', { wanted, manager })
  const present = formatPercent(weight, maxWeight)
  return manager === undefined
    ? text('routing.drift', { weight: present, wanted })
    : text('routing.driftBy', { weight: present, wanted, manager })
}

const unreadWords = (text: Text, { kind, why }: UnreadView): string =>
  text(why === 'loading' ? 'routing.loading' : why === 'forbidden' ? 'routing.forbidden' : 'routing.failed', { kind })

function Route({ route, maxWeight }: { readonly route: RouteView; readonly maxWeight: number }) {
  const text = useText()
  const { kind, name, cluster, exists, weight, stepRoutes } = route
  return (
    <li>
      <div className="route-line">
        <span className="faint">{kind}</span>
        <span className="mono cut" title={name}>
          {name}
        </span>
        {cluster !== undefined && <span className="faint cut">{text('routing.inCluster', { cluster })}</span>}
        {!exists && <span className="ink-degraded">{text('routing.absent')}</span>}
        {exists && weight === 'unclear' && <span className="ink-degraded">{text('routing.unclear')}</span>}
        {exists && typeof weight === 'number' && (
          <span className="role canary num">
            {text('routing.toCanary', { percent: formatPercent(weight, maxWeight) })}
          </span>
        )}
      </div>
      {stepRoutes.length > 0 && (
        <ul className="step-routes">
          {stepRoutes.map((each) => (
            <StepRoute key={`${each.kind} ${each.name}`} stepRoute={each} />
          ))}
        </ul>
      )}
    </li>
  )
}

/** `hdr: requests with x-canary = yes → canary`, and whether the object has it. */
function StepRoute({ stepRoute }: { readonly stepRoute: StepRouteView }) {
  const text = useText()
  const { kind, name, conditions, percentage, state } = stepRoute
  const words =
    kind === 'header'
      ? text('routing.header', { conditions: conditions.join(', ') })
      : text('routing.mirror', { conditions: conditions.join(' | '), percent: formatPercent(percentage ?? 100) })
  return (
    <li>
      <Icon name={state === 'made' ? 'check' : 'warn'} className={state === 'made' ? 'ink-healthy' : 'ink-paused'} />
      <span className="mono faint cut" title={name}>
        {name}
      </span>
      <span className="wrap">{words}</span>
      <span className={state === 'made' ? 'faint' : 'ink-paused'}>{text(`routing.${state}`)}</span>
    </li>
  )
}
