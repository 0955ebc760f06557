import type { RolloutDetailView, StepView, TrafficView } from '#contract/views.ts'
import { formatPercent, percentOf, shareOf } from '../../format/weight.ts'
import { RoleMark } from '../../marks/role-mark.tsx'
import { useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'

/** Where requests go: wanted, measured, and the pods behind it; for blue-green the two services. */
export function Traffic({ detail }: { readonly detail: RolloutDetailView }) {
  const text = useText()
  const { traffic, view } = detail
  const blueGreen = traffic.kind === 'services'
  return (
    <section className="panel traffic" data-region aria-label={text('traffic.title')}>
      <div className="panel-head">
        <Icon name="route" className="faint" />
        <h2>{text('traffic.title')}</h2>
        <span className="sub cut">{sourceWords(text, traffic)}</span>
        <span className="space" />
        <RoleMark role={blueGreen ? 'preview' : 'canary'} revision={view.revision} />
        <RoleMark role={blueGreen ? 'active' : 'stable'} revision={view.stableRevision} />
      </div>
      {blueGreen ? <Services detail={detail} /> : <Weights detail={detail} />}
    </section>
  )
}

function sourceWords(text: ReturnType<typeof useText>, traffic: TrafficView): string {
  if (traffic.kind === 'pods') return text('traffic.byPods')
  const verified = traffic.verified === undefined ? '' : text(traffic.verified ? 'traffic.verified' : 'traffic.notYet')
  return [traffic.source, verified].filter((part) => part !== '').join(', ')
}

function Weights({ detail: { view, traffic, steps } }: { readonly detail: RolloutDetailView }) {
  const text = useText()
  const { desiredWeight, actualWeight, maxWeight, canaryPods, stablePods } = traffic
  const podShare = shareOf(canaryPods, canaryPods + stablePods)
  return (
    <div className="weights">
      <WeightTicks steps={steps} maxWeight={maxWeight} desired={desiredWeight} />
      <span className="dim">{text('traffic.desired')}</span>
      <Bar share={percentOf(desiredWeight, maxWeight)} label={text('traffic.desired')} />
      <span className="faint cut">
        {view.status === 'Aborted'
          ? text('traffic.aborted')
          : text('traffic.setWeight', { percent: formatPercent(desiredWeight, maxWeight) })}
      </span>
      <span className="dim">{text('traffic.actual')}</span>
      <Bar share={percentOf(actualWeight, maxWeight)} label={text('traffic.actual')} />
      <span className="faint cut">{text(traffic.kind === 'pods' ? 'traffic.fromPods' : 'traffic.fromRouter')}</span>
      <span className="dim optional">{text('traffic.pods')}</span>
      <Bar share={podShare} label={text('traffic.pods')} thin />
      <span className="faint num cut optional">
        {text('traffic.podCounts', { canary: canaryPods, stable: stablePods })}
      </span>
    </div>
  )
}

interface BarProps {
  readonly share: number
  readonly label: string
  readonly thin?: boolean
}

/** Canary left and hatched, its number on a plain plate; stable right (UI-ROLE-3). */
function Bar({ share, label, thin }: BarProps) {
  const text = useText()
  const name = text('bar.canary', { canary: formatPercent(share), stable: formatPercent(100 - share) })
  const [canary, stable] = [formatPercent(share), formatPercent(Math.round((100 - share) * 10) / 10)]
  return (
    <div className={`traffic-bar num${thin ? ' thin optional' : ''}`} role="img" aria-label={`${label}: ${name}`}>
      <i className="fill-canary" hidden={share === 0} style={{ width: `${share}%` }}>
        {!thin && <b>{canary}</b>}
      </i>
      <i className="fill-stable" hidden={share === 100} style={{ width: `${100 - share}%` }}>
        {!thin && <span>{stable}</span>}
      </i>
    </div>
  )
}

interface WeightTicksProps {
  readonly steps: readonly StepView[]
  readonly maxWeight: number
  readonly desired: number
}

/** The weights of the steps ahead and behind, on the bars' own scale. */
function WeightTicks({ steps, maxWeight, desired }: WeightTicksProps) {
  const weights = new Set([...steps.flatMap(({ step }) => (step.kind === 'setWeight' ? [step.weight] : [])), maxWeight])
  return (
    <>
      <span />
      <div className="weight-ticks num" aria-hidden>
        {[...weights].map((weight) => (
          <span
            key={weight}
            className={weight === desired ? 'on' : ''}
            style={{ insetInlineStart: `${percentOf(weight, maxWeight)}%` }}
          >
            {percentOf(weight, maxWeight)}
          </span>
        ))}
      </div>
      <span />
    </>
  )
}

function Services({ detail: { traffic } }: { readonly detail: RolloutDetailView }) {
  const text = useText()
  return (
    <ul className="services">
      {traffic.services.map((service) => (
        <li key={`${service.role} ${service.name}`}>
          <span className={`role ${service.role === 'active' ? 'active' : 'preview'}`}>
            {text(service.role === 'active' ? 'role.active' : 'role.preview')}
          </span>
          <span className="mono cut">{service.name}</span>
          <Icon name="chev-r" className="faint" />
          <span className="strong num">
            {service.revision === undefined ? '–' : text('revision.title', { revision: service.revision })}
          </span>
          <span className="mono faint cut">{service.podHash ?? text('traffic.noSelector')}</span>
        </li>
      ))}
      <li className="faint small">
        {text('traffic.servicePods', { preview: traffic.canaryPods, active: traffic.stablePods })}
      </li>
    </ul>
  )
}
