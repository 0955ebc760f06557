import type { ElapsedView } from '#contract/views.ts'
import { formatClockSpan } from '../../format/duration.ts'
import { useText, useTicking } from '../../store/use-app.ts'

const kinds = ['working', 'paused', 'waiting'] as const

/** Where the time since the start of the update has gone; the part that runs now grows. */
export function Elapsed({ elapsed }: { readonly elapsed: ElapsedView }) {
  const text = useText()
  const all = useTicking((now) => formatClockSpan(now - elapsed.startedAt))
  return (
    <div className="elapsed">
      <p className="row small">
        <span className="dim">{text('forecast.soFar')}</span>
        <span className="space" />
        <span className="num">{all}</span>
      </p>
      <div className="elapsed-bar" aria-hidden="true">
        {kinds.map((kind) => (
          <Share key={kind} kind={kind} elapsed={elapsed} />
        ))}
      </div>
      <p className="forecast-sums small dim num">
        {kinds.map((kind) => (
          <Part key={kind} kind={kind} elapsed={elapsed} />
        ))}
      </p>
    </div>
  )
}

interface PartProps {
  readonly kind: (typeof kinds)[number]
  readonly elapsed: ElapsedView
}

function Share({ kind, elapsed }: PartProps) {
  const share = useTicking((now) => {
    const parts = partsOf(elapsed, now)
    return Math.round((parts[kind] / Math.max(1, parts.working + parts.paused + parts.waiting)) * 1000) / 10
  })
  return share === 0 ? null : <i className={kind} style={{ width: `${share}%` }} />
}

function Part({ kind, elapsed }: PartProps) {
  const text = useText()
  const time = useTicking((now) => formatClockSpan(partsOf(elapsed, now)[kind]))
  return (
    <span className="row">
      <i className={`swatch ${kind}`} />
      {text(`forecast.elapsed.${kind}`, { time })}
    </span>
  )
}

/** Milliseconds of each kind; what is neither paused nor waiting is work. */
function partsOf({ startedAt, now: running, since, pausedMs, waitingMs }: ElapsedView, now: number) {
  const open = Math.max(0, now - since)
  const paused = pausedMs + (running === 'paused' ? open : 0)
  const waiting = waitingMs + (running === 'waiting' ? open : 0)
  return { paused, waiting, working: Math.max(0, now - startedAt - paused - waiting) }
}
