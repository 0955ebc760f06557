import type { EpochMs } from '#lib/clock.ts'
import { formatMoment } from '../format/clock-time.ts'
import { formatAge, formatClockSpan } from '../format/duration.ts'
import { useLocale, useText, useTicking } from '../store/use-app.ts'

/** Time since a moment in one unit; writes text only when the text changes (UI-VIRT-4). */
export function Age({ since, className = '' }: { readonly since: EpochMs; readonly className?: string }) {
  const age = useTicking((now) => formatAge(now - since))
  const locale = useLocale()
  return (
    <span className={`num ${className}`} title={formatMoment(since, locale)}>
      {age}
    </span>
  )
}

/** `6:48 left`, counting down. */
export function TimeLeft({ until }: { readonly until: EpochMs }) {
  const text = useText()
  const time = useTicking((now) => formatClockSpan(until - now, 'up'))
  return <span className="num">{text('time.left', { time })}</span>
}
