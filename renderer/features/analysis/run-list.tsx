import { useRef } from 'react'
import type { AnalysisRunView, MetricView } from '#contract/analysis-views.ts'
import type { RolloutKey } from '#contract/views.ts'
import { kindWords, phaseIcon, phaseTone, phaseWord } from '../../format/analysis-words.ts'
import { Age } from '../../marks/ages.tsx'
import { Tally } from '../../marks/measurement-mark.tsx'
import { analysisOf, hrefOf } from '../../store/route.ts'
import { useText } from '../../store/use-app.ts'
import { Kbd } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { rowHeights } from '../../ui/row-heights.ts'
import { useRowWindow } from '../../ui/use-row-window.ts'

interface RunListProps {
  readonly rolloutKey: RolloutKey
  readonly runs: readonly AnalysisRunView[]
  readonly run: AnalysisRunView
  readonly metric: MetricView | undefined
}

/** All runs of the rollout that are kept, and the metrics of the one at hand. */
export function RunList({ rolloutKey, runs, run, metric }: RunListProps) {
  const text = useText()
  return (
    <div className="analysis-lists">
      <nav className="panel metric-list" data-region aria-label={text('analysis.metrics')}>
        <div className="panel-head">
          <h2>{text('analysis.metrics')}</h2>
          <span className="sub num">{run.metrics.length}</span>
          <span className="space" />
          <Kbd>J</Kbd>
          <Kbd>K</Kbd>
        </div>
        <MetricLinks rolloutKey={rolloutKey} run={run} metric={metric} />
      </nav>
      <nav className="panel run-list" data-region aria-label={text('analysis.runs')}>
        <div className="panel-head">
          <h2>{text('analysis.runs')}</h2>
          <span className="sub num">{runs.length}</span>
        </div>
        <ul className="scroll" tabIndex={-1}>
          {runs.map((each) => (
            <li key={each.name}>
              <a
                className="list-entry"
                href={hrefOf(analysisOf(rolloutKey, each.name))}
                aria-current={each === run ? 'true' : undefined}
                title={each.name}
              >
                <PhaseIcon phase={each.phase} />
                <span className="cut">
                  {kindWords(text, each)}
                  {each.revision !== undefined && !each.current && (
                    <span className="faint">{` ${text('analysis.ofRevision', { revision: each.revision })}`}</span>
                  )}
                </span>
                <span className="space" />
                {each.current && <span className="chip">{text('analysis.current')}</span>}
                <Age since={each.createdAt} className="faint" />
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </div>
  )
}

/** As many as are on screen: a run may have hundreds, and all of them change with each measurement. */
function MetricLinks({ rolloutKey, run, metric }: Omit<RunListProps, 'runs'>) {
  const scroller = useRef<HTMLDivElement>(null)
  const { rows, room } = useRowWindow({
    count: run.metrics.length,
    scroller,
    rowHeight: rowHeights.cellQuiet,
    shown: metric === undefined ? undefined : run.metrics.indexOf(metric),
  })
  return (
    <div className="scroll" ref={scroller} tabIndex={-1}>
      <ul style={room}>
        {rows.map((index) => {
          const each = run.metrics[index]
          return each === undefined ? null : (
            <li key={each.name} aria-setsize={run.metrics.length} aria-posinset={index + 1}>
              <a
                className="list-entry"
                href={hrefOf(analysisOf(rolloutKey, run.name, each.name))}
                aria-current={each === metric ? 'true' : undefined}
                title={each.name}
              >
                <PhaseIcon phase={each.phase} />
                <span className="cut">{each.name}</span>
                <span className="space" />
                <Tally counts={each.counts} sparse />
              </a>
            </li>
          )
        })}
      </ul>
    </div>
  )
}

function PhaseIcon({ phase }: Pick<AnalysisRunView, 'phase'>) {
  const text = useText()
  return (
    <span className={`row ink-${phaseTone(phase)}`}>
      <Icon name={phaseIcon(phase)} label={phaseWord(text, phase)} />
    </span>
  )
}
