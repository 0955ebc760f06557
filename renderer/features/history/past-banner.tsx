import { parseRolloutKey } from '#contract/keys.ts'
import type { HistoryEntryView, RolloutKey } from '#contract/views.ts'
import { formatDay } from '../../format/clock-time.ts'
import { useLocale, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Segments } from '../../ui/segments.tsx'
import { outcomeMarks } from './history-list.tsx'
import { PastBar } from './past-bar.tsx'
import { hoursOffered, type Span } from './stretch.ts'
import { usePastSource } from './use-past-source.ts'

interface PastBannerProps {
  readonly rolloutKey: RolloutKey
  /** Newest first. */
  readonly runs: readonly HistoryEntryView[]
  /** The release on the axis. */
  readonly run: HistoryEntryView | undefined
  readonly span: Span
  readonly onSpan: (span: Span) => void
}

/** Which release, or how many hours, lie on the axis, and those before and after. */
export function PastBanner({ rolloutKey, runs, run, span, onSpan }: PastBannerProps) {
  const text = useText()
  const source = usePastSource(parseRolloutKey(rolloutKey)?.name ?? '', { page: 'rollout', key: rolloutKey })
  const [latest] = runs
  const release = run ?? latest
  const segments = [
    ...(release === undefined ? [] : [{ value: 'release' as const, label: text('past.release') }]),
    ...hoursOffered.map((hours) => ({ value: hours, label: text('past.hours', { count: hours }) })),
  ]
  return (
    <PastBar source={source}>
      {run !== undefined && <Steps runs={runs} run={run} onSpan={onSpan} />}
      <Segments
        small
        label={text('past.span')}
        value={span.kind === 'release' ? 'release' : span.hours}
        onChange={(value) => {
          if (value !== 'release') onSpan({ kind: 'hours', hours: value })
          else if (release !== undefined) onSpan({ kind: 'release', id: release.id })
        }}
        segments={segments}
      />
    </PastBar>
  )
}

type StepsProps = Pick<PastBannerProps, 'runs' | 'onSpan'> & { readonly run: HistoryEntryView }

/** From one release to the one before it or after it. */
function Steps({ runs, run, onSpan }: StepsProps) {
  const text = useText()
  const locale = useLocale()
  const index = runs.indexOf(run)
  const { icon, tone } = outcomeMarks[run.outcome]
  const to = (other: HistoryEntryView | undefined) => () => {
    if (other !== undefined) onSpan({ kind: 'release', id: other.id })
  }
  const [earlier, later] = [runs[index + 1], runs[index - 1]]
  return (
    <span className="past-release row">
      <Button
        small
        iconOnly
        icon="chev-r"
        className="flipped"
        label={text('past.earlier')}
        offBecause={earlier === undefined ? text('past.noEarlier') : undefined}
        onPress={to(earlier)}
      />
      <span className="mono small cut">{[run.fromVersion, run.toVersion].filter(Boolean).join(' → ')}</span>
      <span className={`status small ink-${tone}`}>
        <Icon name={icon} />
        {text(`outcome.${run.outcome}`)}
      </span>
      <span className="faint small wide-only">{formatDay(run.startedAt, locale)}</span>
      <Button
        small
        iconOnly
        icon="chev-r"
        label={text('past.later')}
        offBecause={later === undefined ? text('past.noLater') : undefined}
        onPress={to(later)}
      />
    </span>
  )
}
