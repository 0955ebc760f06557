import { type ReactNode, useState } from 'react'
import type { BucketView, SpanView, StatisticsView } from '#contract/statistics-views.ts'
import { formatDay } from '../../format/clock-time.ts'
import { spanWords, unitFor } from '../../format/statistics-words.ts'
import type { Locale, Text } from '../../format/text.ts'
import { useLocale, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { type Bar, BarChart, type ChartOfBars } from './bar-chart.tsx'

interface ChartsProps {
  readonly told: StatisticsView
  /** To the updates that began in a stretch of time. */
  readonly onOpen: (from: number, until: number) => void
  /** Said above them. */
  readonly children: ReactNode
}

/** How the figures went, by day or by week. */
export function Charts({ told, onOpen, children }: ChartsProps) {
  const text = useText()
  const locale = useLocale()
  const [asTable, setAsTable] = useState(false)
  const toggle = () => setAsTable(!asTable)
  useKeys({ T: toggle })
  const charts = [
    endedChart(text, locale, told),
    spanChart(text, locale, told, 'lead', ({ lead }) => lead),
    spanChart(text, locale, told, 'restore', ({ restore }) => restore),
    spanChart(text, locale, told, 'took', ({ durations }) => durations.Completed),
  ]
  const open = ({ id }: Bar) => {
    const bucket = told.buckets.find(({ from }) => from === id)
    if (bucket !== undefined) onOpen(bucket.from, bucket.until)
  }
  return (
    <>
      <div className="row statistics-above">
        {children}
        <span className="space" />
        <Button small hint="T" label={text('statistics.asTable')} pressed={asTable} onPress={toggle} />
      </div>
      <div className="statistics-charts">
        {charts.map((chart) => (
          <BarChart key={chart.title} chart={chart} asTable={asTable} onOpen={open} />
        ))}
      </div>
    </>
  )
}

const whenOf = (text: Text, locale: Locale, { bucket }: StatisticsView, { from }: BucketView): string =>
  text(`statistics.${bucket}`, { day: formatDay(from, locale) })

function endedChart(text: Text, locale: Locale, told: StatisticsView): ChartOfBars {
  const [title, ended, failed] = [text('statistics.chart.ended'), text('statistics.ended'), text('statistics.failed')]
  const bars = told.buckets.map((bucket): Bar => {
    const words = text('statistics.bar.ended', {
      when: whenOf(text, locale, told, bucket),
      ended: bucket.ended,
      failed: bucket.failed,
    })
    const cells = [String(bucket.ended), String(bucket.failed)]
    return {
      id: bucket.from,
      when: formatDay(bucket.from, locale),
      words,
      cells,
      value: bucket.ended,
      failed: bucket.failed,
    }
  })
  return { title, unit: '', columns: [text('statistics.when'), ended, failed], bars, none: '' }
}

function spanChart(
  text: Text,
  locale: Locale,
  told: StatisticsView,
  what: 'lead' | 'restore' | 'took',
  spanOf: (bucket: BucketView) => SpanView,
): ChartOfBars {
  const unit = unitFor(Math.max(0, ...told.buckets.map((bucket) => spanOf(bucket).medianMs ?? 0)))
  const bars = told.buckets.map((bucket): Bar => {
    const { count, medianMs } = spanOf(bucket)
    const when = whenOf(text, locale, told, bucket)
    const day = { id: bucket.from, when: formatDay(bucket.from, locale) }
    if (medianMs === undefined) {
      return {
        ...day,
        words: text('statistics.bar.few', { when, count }),
        cells: ['–', String(count)],
        value: undefined,
      }
    }
    const time = spanWords(medianMs)
    const words = text('statistics.bar.span', { when, time, count })
    return { ...day, words, cells: [time, String(count)], value: medianMs / unit.ms }
  })
  const columns = [text('statistics.when'), text(`statistics.${what}`), 'n']
  return {
    title: text(`statistics.chart.${what}`),
    unit: unit.name,
    columns,
    bars,
    none: text(`statistics.noMedian.${told.bucket}`),
  }
}
