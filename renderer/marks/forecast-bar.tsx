import type { ForecastPathView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatClockSpan } from '../format/duration.ts'
import { comingTime, sumsAhead } from '../format/forecast-words.ts'
import { useLocale, useText, useTicking } from '../store/use-app.ts'

/** What is ahead, to scale: pods, pauses, and how far it usually takes beyond; a mark stands for now. */
export function ForecastBar({ path }: { readonly path: ForecastPathView }) {
  const text = useText()
  const { stages, end } = path
  const [from, until] = [stages[0]?.from ?? end.at, Math.max(end.restsAt, end.usual?.by ?? 0)]
  const share = (at: EpochMs) => (until <= from ? 0 : ((at - from) / (until - from)) * 100)
  const nowShare = useTicking((now) => Math.round(Math.min(100, Math.max(0, share(now))) * 2) / 2)
  const sums = sumsAhead(path)
  const label = text('forecast.bar', { pods: formatClockSpan(sums.pods), pause: formatClockSpan(sums.pause) })
  return (
    <div className="forecast-bar" role="img" aria-label={label}>
      <div className="forecast-track">
        {stages
          .filter((stage) => stage.until > stage.from)
          .map((stage) => (
            <i
              key={`${stage.kind} ${stage.from}`}
              className={stage.kind}
              style={{ width: `${share(stage.until) - share(stage.from)}%` }}
            />
          ))}
        <span className="forecast-now" style={{ insetInlineStart: `${nowShare}%` }} />
      </div>
      <div className="forecast-ticks num" aria-hidden="true">
        <Tick at={from} />
        <span className="space" />
        <Tick at={until} />
      </div>
    </div>
  )
}

function Tick({ at }: { readonly at: EpochMs }) {
  const locale = useLocale()
  const words = useTicking((now) => comingTime(at, now, locale))
  return <span>{words}</span>
}
