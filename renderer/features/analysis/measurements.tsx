import { type RefObject, useMemo } from 'react'
import type { MeasurementView, MetricView } from '#contract/analysis-views.ts'
import { phaseWord, valueWords, whyNot } from '../../format/analysis-words.ts'
import { formatMoment } from '../../format/clock-time.ts'
import { MeasurementSign } from '../../marks/measurement-mark.tsx'
import { useLocale, useText } from '../../store/use-app.ts'
import { Kbd } from '../../ui/button.tsx'
import { rowHeights } from '../../ui/row-heights.ts'
import { useRowWindow } from '../../ui/use-row-window.ts'

interface MeasurementsProps {
  readonly metric: MetricView
  readonly table: RefObject<HTMLDivElement | null>
}

/** Every measurement of a metric that is kept, the newest first, with the reason it did not pass. */
export function Measurements({ metric, table }: MeasurementsProps) {
  const text = useText()
  const newestFirst = useMemo(() => metric.measurements.toReversed(), [metric])
  const { rows, room, measure } = useRowWindow({
    count: newestFirst.length,
    scroller: table,
    rowHeight: rowHeights.row,
  })
  return (
    <section className="panel measurements" data-region aria-label={text('measure.all')}>
      <div className="panel-head">
        <h2>{text('measure.all')}</h2>
        <span className="sub num">{newestFirst.length}</span>
        <span className="space" />
        <Kbd>T</Kbd>
      </div>
      <div className="scroll" ref={table} tabIndex={0} role="region" aria-label={text('measure.all')}>
        <div style={room}>
          <table className="measure-table" aria-rowcount={newestFirst.length + 1}>
            <thead>
              <tr>
                <th>{text('measure.at')}</th>
                <th>{text('measure.verdict')}</th>
                <th className="end">{text('measure.value')}</th>
                <th>{text('measure.why')}</th>
                <th className="end">{text('measure.took')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((index) => {
                const measurement = newestFirst[index]
                if (measurement === undefined) return null
                const key = `${measurement.at} ${newestFirst.length - index}`
                return <Row key={key} ref={measure} index={index} metric={metric} measurement={measurement} />
              })}
            </tbody>
          </table>
        </div>
        {newestFirst.length === 0 && <p className="faint small measure-none">{text('measure.noneKept')}</p>}
      </div>
    </section>
  )
}

interface RowProps {
  readonly index: number
  readonly metric: MetricView
  readonly measurement: MeasurementView
  readonly ref: (row: HTMLTableRowElement | null) => void
}

function Row({ index, metric, measurement, ref }: RowProps) {
  const text = useText()
  const locale = useLocale()
  const { at, finishedAt, phase, value } = measurement
  const why = whyNot(text, metric, measurement) ?? measurement.message
  return (
    <tr ref={ref} data-index={index} aria-rowindex={index + 2}>
      <td className="num faint">{formatMoment(at, locale)}</td>
      <td>
        <span className="row">
          <MeasurementSign phase={phase} />
          {phaseWord(text, phase)}
        </span>
      </td>
      <td className="num end">
        <span className="measure-value" title={value}>
          {valueWords(measurement) || '–'}
        </span>
      </td>
      <td className="measure-why">{why}</td>
      <td className="num end faint">{finishedAt === undefined ? '–' : tookWords(finishedAt - at)}</td>
    </tr>
  )
}

/** The API keeps whole seconds. */
const tookWords = (ms: number): string => (ms < 1000 ? '< 1 s' : `${Math.round(ms / 1000)} s`)
