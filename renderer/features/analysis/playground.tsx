import { useEffect, useRef, useState } from 'react'
import type { AnalysisRunView, ConditionVerdict, ConditionVerdicts, MetricView } from '#contract/analysis-views.ts'
import type { RolloutKey } from '#contract/views.ts'
import { valueWords } from '../../format/analysis-words.ts'
import { formatTime } from '../../format/clock-time.ts'
import { failureWords } from '../../format/failure-words.ts'
import { useAnswer, useApp, useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import type { IconName } from '../../ui/icon-names.ts'
import { rowHeights } from '../../ui/row-heights.ts'
import { useRowWindow } from '../../ui/use-row-window.ts'

interface PlaygroundProps {
  readonly rolloutKey: RolloutKey
  readonly run: AnalysisRunView
  readonly metric: MetricView
}

/** How long nothing may be typed before the condition is tried. */
const typingPauseMs = 250

/** A condition to be changed, and what it would have said of each value that was measured. Nothing is sent to the cluster. */
export function Playground({ rolloutKey, run, metric }: PlaygroundProps) {
  const app = useApp()
  const text = useText()
  const [typed, setTyped] = useState(metric.successCondition ?? metric.failureCondition ?? 'result[0] > 0')
  const [tried, setTried] = useState(typed)
  useEffect(() => app.clock.after(typingPauseMs, () => setTried(typed)), [app, typed])
  const count = metric.measurements.length
  const expression = tried.trim()
  const answer = useAnswer<ConditionVerdicts>(`${run.name} ${metric.name} ${count} ${expression}`, async () => {
    if (expression === '') return { state: 'there', value: { problem: text('try.empty'), verdicts: [] } }
    const outcome = await app.bridge.call('analysis.evaluate', {
      key: rolloutKey,
      run: run.name,
      metric: metric.name,
      expression,
    })
    return outcome.ok ? { state: 'there', value: outcome.value } : { state: 'failed', failure: outcome.error }
  })
  return (
    <section className="panel side-panel" data-region aria-label={text('try.title')}>
      <div className="panel-head">
        <h2>{text('try.title')}</h2>
        <span className="sub cut">{text('try.sub')}</span>
      </div>
      <div className="side-body">
        <label>
          <span className="form-label">{text('try.condition')}</span>
          <textarea
            className="mono try-text"
            rows={3}
            maxLength={4000}
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
        {answer.state === 'failed' && (
          <p className="ink-degraded small" role="status">
            {answer.failure.kind === 'Bridge' ? answer.failure.message : failureWords(text, answer.failure)}
          </p>
        )}
        {answer.state === 'there' && <Verdicts verdicts={answer.value} metric={metric} />}
      </div>
    </section>
  )
}

function Verdicts({
  verdicts: { problem, verdicts },
  metric,
}: {
  readonly verdicts: ConditionVerdicts
  readonly metric: MetricView
}) {
  const text = useText()
  if (problem !== undefined)
    return (
      <p className="ink-degraded small try-problem" role="status">
        {text('try.problem', { problem })}
      </p>
    )
  if (verdicts.length === 0) return <p className="faint small">{text('try.noValues')}</p>
  const count = (says: ConditionVerdict['says']) => verdicts.filter((each) => each.says === says).length
  return (
    <>
      <p className="small" role="status">
        {text('try.sum', { yes: count('true'), no: count('false'), errors: count('error') })}
      </p>
      <VerdictList verdicts={verdicts} metric={metric} />
    </>
  )
}

interface VerdictListProps {
  readonly verdicts: readonly ConditionVerdict[]
  readonly metric: MetricView
}

/** The newest first; a list of its own that scrolls, so that what stands below it stays near. */
function VerdictList({ verdicts, metric }: VerdictListProps) {
  const text = useText()
  const scroller = useRef<HTMLDivElement>(null)
  const { rows, room, measure } = useRowWindow({ count: verdicts.length, scroller, rowHeight: rowHeights.line })
  return (
    <div className="scroll try-verdicts" ref={scroller} tabIndex={0} role="region" aria-label={text('try.verdicts')}>
      <ol className="try-list" style={room}>
        {rows.map((index) => {
          const verdict = verdicts.at(-1 - index)
          if (verdict === undefined) return null
          return (
            <Verdict key={`${verdict.at} ${index}`} ref={measure} index={index} verdict={verdict} metric={metric} />
          )
        })}
      </ol>
    </div>
  )
}

const marks: Readonly<Record<ConditionVerdict['says'], { readonly icon: IconName; readonly ink: string }>> = {
  true: { icon: 'check', ink: 'strong' },
  false: { icon: 'x', ink: 'dim' },
  error: { icon: 'warn', ink: 'ink-paused' },
}

interface VerdictProps {
  readonly index: number
  readonly verdict: ConditionVerdict
  readonly metric: MetricView
  readonly ref: (row: HTMLLIElement | null) => void
}

function Verdict({ index, verdict, metric, ref }: VerdictProps) {
  const { at, says, type, text: words } = verdict
  const measurement = metric.measurements.find((each) => each.at === at)
  const { icon, ink } = marks[says]
  return (
    <li ref={ref} data-index={index}>
      <span className="num faint">{formatTime(at)}</span>
      <span className="num cut">{measurement === undefined ? '' : valueWords(measurement)}</span>
      <span className={`row ${ink}`}>
        <Icon name={icon} />
        <span className="mono">{says}</span>
      </span>
      <span className="mono faint try-words">{says === 'error' ? words : type}</span>
    </li>
  )
}
