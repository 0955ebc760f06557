import type { TrafficView, WrittenView } from '#contract/traffic-views.ts'
import type { RolloutDetailView, StepView } from '#contract/views.ts'
import type { Text } from '../../format/text.ts'
import { formatPercent, percentOf, shareOf } from '../../format/weight.ts'
import { RoleMark } from '../../marks/role-mark.tsx'
import { useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import { Routing } from './routing.tsx'
import { Services } from './services.tsx'

/** Where requests go: wanted, written, what the cluster has of it, and the pods behind it; for blue-green the two services. */
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
      <div className="scroll" role="region" tabIndex={0} aria-label={text('traffic.title')}>
        {blueGreen ? <Services traffic={traffic} /> : <Weights detail={detail} />}
        {traffic.routing !== undefined && <Routing detail={detail} routing={traffic.routing} />}
      </div>
    </section>
  )
}

const sourceWords = (text: Text, { kind, source }: TrafficView): string =>
  kind === 'pods' ? text('traffic.byPods') : source

function Weights({ detail: { view, traffic, steps } }: { readonly detail: RolloutDetailView }) {
  const text = useText()
  const { desiredWeight, actualWeight, maxWeight, canaryPods, stablePods, kind } = traffic
  const podShare = shareOf(canaryPods, canaryPods + stablePods)
  return (
    <div className="weights">
      <WeightTicks steps={steps} maxWeight={maxWeight} desired={desiredWeight} />
      <span className="dim">{text('traffic.wanted')}</span>
      <Bar share={percentOf(desiredWeight, maxWeight)} label={text('traffic.wanted')} />
      <span className="faint wrap">
        {view.status === 'Aborted'
          ? text('traffic.aborted')
          : kind === 'router' && view.setWeight !== desiredWeight
            ? text('traffic.over')
            : text('traffic.setWeight', { percent: formatPercent(desiredWeight, maxWeight) })}
      </span>
      {kind === 'router' ? (
        <Written traffic={traffic} />
      ) : (
        <>
          <span className="dim">{text('traffic.actual')}</span>
          <Bar share={percentOf(actualWeight, maxWeight)} label={text('traffic.actual')} />
          <span className="faint wrap">{text('traffic.fromPods')}</span>
        </>
      )}
      <span className="dim optional">{text('traffic.pods')}</span>
      <Bar share={podShare} label={text('traffic.pods')} thin />
      <span className="faint num cut optional">
        {text('traffic.podCounts', { canary: canaryPods, stable: stablePods })}
      </span>
    </div>
  )
}

/** What was sent, whether it has arrived, and what the route objects say where that is something else. */
function Written({ traffic: { written, routing, maxWeight } }: { readonly traffic: TrafficView }) {
  const text = useText()
  const drift = routing?.drift
  return (
    <>
      <span className="dim">{text('traffic.written')}</span>
      {written === undefined ? (
        <span className="traffic-none faint">{text('traffic.notWritten')}</span>
      ) : (
        <Bar
          share={percentOf(written.weight, maxWeight)}
          others={written.additional.map(({ weight }) => percentOf(weight, maxWeight))}
          label={text('traffic.written')}
          pending={written.verified === false}
          more={verifiedWords(text, written)}
        />
      )}
      <span className={`wrap ${written?.verified === false ? 'ink-paused' : 'faint'}`}>
        {written !== undefined && (
          <>
            {written.verified !== undefined && <Icon name={written.verified ? 'check' : 'clock'} />}{' '}
            {verifiedWords(text, written)}
          </>
        )}
      </span>
      {drift !== undefined && (
        <>
          <span className="ink-degraded">{text('traffic.inCluster')}</span>
          {drift.weight === undefined ? (
            <span className="traffic-none ink-degraded">{text('traffic.noSingleWeight')}</span>
          ) : (
            <Bar share={percentOf(drift.weight, maxWeight)} label={text('traffic.inCluster')} />
          )}
          <span className="ink-degraded wrap">{text('traffic.changed')}</span>
        </>
      )}
    </>
  )
}

const verifiedWords = (text: Text, { verified }: WrittenView): string =>
  text(verified === undefined ? 'traffic.cannotTell' : verified ? 'traffic.verified' : 'traffic.notYet')

interface BarProps {
  readonly share: number
  /** Shares of Experiments, between canary and stable. */
  readonly others?: readonly number[]
  readonly label: string
  readonly thin?: boolean
  /** Sent, and not known to have arrived. */
  readonly pending?: boolean
  /** Said after the shares. */
  readonly more?: string
}

/** Canary left and hatched, its number on a plain plate; stable right (UI-ROLE-3). */
function Bar({ share, others = [], label, thin = false, pending = false, more }: BarProps) {
  const text = useText()
  const other = others.reduce((sum, each) => sum + each, 0)
  const rest = Math.max(0, Math.round((100 - share - other) * 10) / 10)
  const [canary, stable, experiments] = [formatPercent(share), formatPercent(rest), formatPercent(other)]
  const shares =
    other === 0 ? text('bar.canary', { canary, stable }) : text('traffic.threeShares', { canary, stable, experiments })
  const name = text('traffic.barName', { label, shares })
  return (
    <div
      className={`traffic-bar num${thin ? ' thin optional' : ''}${pending ? ' pending' : ''}`}
      role="img"
      aria-label={more === undefined ? name : `${name}, ${more}`}
    >
      <i className="fill-canary" hidden={share === 0} style={{ width: `${share}%` }}>
        {!thin && <b>{canary}</b>}
      </i>
      {others.map((each, index) => (
        <i key={index} className="fill-experiment" hidden={each === 0} style={{ width: `${each}%` }}>
          <span>{formatPercent(each)}</span>
        </i>
      ))}
      <i className="fill-stable" hidden={rest === 0} style={{ width: `${rest}%` }}>
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
