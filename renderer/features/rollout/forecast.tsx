import type { ForecastEndView, ForecastView, RolloutDetailView } from '#contract/views.ts'
import { formatTime } from '../../format/clock-time.ts'
import { formatClockSpan, formatDuration } from '../../format/duration.ts'
import { comingTime, endWords, expectedEnd, isAtRest, leftWords, sumsAhead } from '../../format/forecast-words.ts'
import { stepWords } from '../../format/step-words.ts'
import { ForecastBar } from '../../marks/forecast-bar.tsx'
import { useCluster, useLocale, useText, useTicking } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import { Elapsed } from './elapsed.tsx'
import { NextWrites } from './next-writes.tsx'

type Foreseen = Extract<ForecastView, { readonly state: 'foreseen' }>

/** What happens next and when it ends, if nobody interferes. */
export function Forecast({ detail }: { readonly detail: RolloutDetailView }) {
  const text = useText()
  const { forecast } = detail
  return (
    <section className="panel forecast" data-region aria-label={text('forecast.title')}>
      <div className="panel-head">
        <Icon name="clock" className="faint" />
        <h2>{text('forecast.title')}</h2>
        {forecast.state === 'foreseen' && <Basis forecast={forecast} />}
      </div>
      <div className="scroll forecast-body" role="region" aria-label={text('forecast.title')} tabIndex={0}>
        {forecast.state === 'foreseen' ? (
          <Ahead detail={detail} forecast={forecast} />
        ) : (
          <p
            className={`small ${forecast.state === 'notKnown' && forecast.why === 'failed' ? 'ink-degraded' : 'dim'}`}
            role="status"
          >
            {forecast.state === 'notKnown'
              ? text(`forecast.notKnown.${forecast.why}`)
              : text('forecast.notForeseen', { feature: forecast.feature })}
          </p>
        )}
      </div>
    </section>
  )
}

/** What the times are taken from. */
function Basis({ forecast }: { readonly forecast: Foreseen }) {
  const text = useText()
  const { usual } = forecast.end
  if (isAtRest(forecast)) return null
  const words =
    usual !== undefined
      ? text('forecast.basis.runs', { count: usual.runs })
      : forecast.podStartMs === undefined
        ? text('forecast.basis.pauses')
        : text('forecast.basis.pods', { time: formatDuration(forecast.podStartMs) })
  return (
    <span className="sub cut" title={words}>
      {words}
    </span>
  )
}

interface AheadProps {
  readonly detail: RolloutDetailView
  readonly forecast: Foreseen
}

function Ahead({ detail, forecast }: AheadProps) {
  return (
    <>
      <End detail={detail} forecast={forecast} />
      <PauseLeft detail={detail} />
      {!isAtRest(forecast) && (
        <>
          <ForecastBar path={forecast} />
          <Sums forecast={forecast} />
        </>
      )}
      {forecast.elapsed !== undefined && <Elapsed elapsed={forecast.elapsed} />}
      <Instead name="forecast.ifPromoted" end={forecast.ifPromoted} />
      <Instead name="forecast.ifPromotedFully" end={forecast.ifPromotedFully} />
      {!isAtRest(forecast) && <Driver context={detail.view.context} />}
      {forecast.writes.length > 0 && !isAtRest(forecast) && (
        <NextWrites writes={forecast.writes} count={forecast.writeCount} />
      )}
    </>
  )
}

function End({ detail, forecast }: AheadProps) {
  const text = useText()
  const locale = useLocale()
  const at = detail.steps.find(({ index }) => index === forecast.end.step)
  const step = at === undefined ? undefined : stepWords(text, at)
  const words = useTicking((now) => endWords(text, forecast, { now, locale, step }))
  const left = useTicking((now) => leftWords(text, forecast, { now, locale }))
  return (
    <p className="forecast-end">
      <b>{words}</b>
      {left !== undefined && <span className="dim num">{left}</span>}
    </p>
  )
}

/** The countdown of the present pause. */
function PauseLeft({ detail: { view } }: { readonly detail: RolloutDetailView }) {
  const text = useText()
  const endsAt = view.pause?.resumesAt
  const left = useTicking((now) => (endsAt === undefined ? undefined : formatClockSpan(endsAt - now, 'up')))
  if (endsAt === undefined || left === undefined) return null
  return <p className="row small num">{text('forecast.pauseLeft', { left, at: formatTime(endsAt) })}</p>
}

function Sums({ forecast }: { readonly forecast: Foreseen }) {
  const text = useText()
  const { pods, pause, scaleDown } = sumsAhead(forecast)
  const isBack = forecast.end.how === 'aborted'
  const sums = [
    ['pause', pause],
    ['pods', pods],
    ['scaleDown', scaleDown],
  ] as const
  return (
    <p className="forecast-sums small dim num">
      {sums
        .filter(([, ms]) => ms >= 1000)
        .map(([kind, ms]) => (
          <span key={kind} className="row">
            <i className={`swatch ${kind}`} />
            {text(`forecast.sum.${isBack && kind === 'scaleDown' ? 'back' : kind}`, { time: formatClockSpan(ms) })}
          </span>
        ))}
    </p>
  )
}

interface InsteadProps {
  readonly name: 'forecast.ifPromoted' | 'forecast.ifPromotedFully'
  readonly end: ForecastEndView | undefined
}

/** Where an action would lead that is open now. */
function Instead({ name, end }: InsteadProps) {
  const text = useText()
  const locale = useLocale()
  const at = useTicking((now) => (end === undefined ? '' : comingTime(expectedEnd(end), now, locale)))
  if (end === undefined) return null
  return (
    <p className="row small">
      <span className="dim">{text(name)}</span>
      <span className="space" />
      <span className="num">{text(`forecast.instead.${end.how}`, { at })}</span>
    </p>
  )
}

/** Whose decisions these will be. */
function Driver({ context }: { readonly context: string }) {
  const text = useText()
  const cluster = useCluster(context)
  if (cluster === undefined || cluster.engine === 'driven') return null
  const isInCluster = cluster.engine === 'inCluster' || cluster.engine === 'contested'
  return <p className="small faint">{text(isInCluster ? 'forecast.inCluster' : 'forecast.undriven')}</p>
}
