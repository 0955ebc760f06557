import type { MetricView } from '#contract/analysis-views.ts'
import { phaseWord, valueWords } from '../format/analysis-words.ts'
import { formatTime } from '../format/clock-time.ts'
import { useText } from '../store/use-app.ts'
import { MeasurementSign } from './measurement-mark.tsx'

/** A chart as a table, the newest measurement first (UI-A11Y-6). */
export function MetricTable({ metric }: { readonly metric: MetricView }) {
  const text = useText()
  return (
    <div className="metric-table scroll small num" tabIndex={0} role="region" aria-label={metric.name}>
      <table>
        <thead className="unseen">
          <tr>
            <th>{text('measure.at')}</th>
            <th>{text('measure.verdict')}</th>
            <th>{text('measure.value')}</th>
          </tr>
        </thead>
        <tbody>
          {metric.measurements.toReversed().map((each, index) => (
            <tr key={`${each.at} ${index}`}>
              <td className="faint">{formatTime(each.at)}</td>
              <td>
                <span className="row">
                  <MeasurementSign phase={each.phase} />
                  {phaseWord(text, each.phase)}
                </span>
              </td>
              <td className="end" title={each.value}>
                <span className="cut">{valueWords(each) || '–'}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
