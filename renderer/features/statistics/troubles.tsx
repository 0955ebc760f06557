import type { FailureKind, TroubleView } from '#contract/statistics-views.ts'
import { formatDay, formatMinute } from '../../format/clock-time.ts'
import { spanWords } from '../../format/statistics-words.ts'
import { hrefOf } from '../../store/route.ts'
import { useLocale, useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import type { IconName } from '../../ui/icon-names.ts'

const kindMarks: Readonly<Record<FailureKind, { readonly icon: IconName; readonly tone: string }>> = {
  aborted: { icon: 'aborted', tone: 'aborted' },
  rolledBack: { icon: 'rollback', tone: 'unknown' },
  returned: { icon: 'rollback', tone: 'unknown' },
  degraded: { icon: 'degraded', tone: 'degraded' },
}

/** The last failures, with who and why; each leads to its record. */
export function Troubles({ troubles }: { readonly troubles: readonly TroubleView[] }) {
  const text = useText()
  const title = text('statistics.troubles')
  return (
    <section className="panel statistics-troubles" data-region aria-label={title}>
      <h2 className="panel-head">
        {title}
        <span className="sub">{text('statistics.troublesCount', { count: troubles.length })}</span>
      </h2>
      {troubles.length === 0 && <p className="faint small statistics-note">{text('statistics.noTrouble')}</p>}
      <ul className="scroll" tabIndex={0} aria-label={title}>
        {troubles.map((each) => (
          <Trouble key={each.id} trouble={each} />
        ))}
      </ul>
    </section>
  )
}

function Trouble({ trouble }: { readonly trouble: TroubleView }) {
  const text = useText()
  const locale = useLocale()
  const { id, kind, context, name, fromVersion, toVersion, failedAt, restoredAt, reason, actor, metrics } = trouble
  const { icon, tone } = kindMarks[kind]
  const unnamed = metrics.filter((metric) => reason?.includes(metric) !== true)
  const said = [
    ...(unnamed.length > 0 ? [text('statistics.metricsFailed', { metrics: unnamed.join(', ') })] : []),
    ...(reason === undefined ? [] : [reason]),
  ].join('. ')
  const restored =
    restoredAt === undefined
      ? text('statistics.notRestoredYet')
      : text('statistics.restoredAfter', { time: spanWords(restoredAt - failedAt) })
  return (
    <li>
      <a className="statistics-failure" href={hrefOf({ page: 'history', id })}>
        <Icon name={icon} className={`ink-${tone}`} />
        <span className="row">
          <b className="cut">{name}</b>
          <span className="mono faint cut">{[fromVersion, toVersion].filter(Boolean).join(' → ')}</span>
        </span>
        <span className="small dim num">
          {formatDay(failedAt, locale)} {formatMinute(failedAt)}
        </span>
        <span className="small cut failure-more">
          <span className="strong">{text(`statistics.kind.${kind}`)}</span>{' '}
          <span className="faint">{[context, actor, restored].filter(Boolean).join(', ')}</span>
        </span>
        {said !== '' && (
          <span className="small dim failure-more cut" title={said}>
            {said}
          </span>
        )}
      </a>
    </li>
  )
}
