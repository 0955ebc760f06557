import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { MetricView } from '#contract/analysis-views.ts'
import { readout } from '../../format/analysis-words.ts'
import { scaleOf } from '../../format/chart-scale.ts'
import type { WeightChange } from '../../format/weight-changes.ts'
import { useText } from '../../store/use-app.ts'
import { chartOptions, dataOf } from './chart-options.ts'

interface BigChartProps {
  readonly metric: MetricView
  readonly stable: MetricView | undefined
  readonly changes: readonly WeightChange[]
}

/** One metric in time, drawn on a canvas; under the pointer it says what was measured. Nothing, without a number. */
export function BigChart({ metric, stable, changes }: BigChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState<number>()
  useEffect(() => {
    const element = place.current
    const scale = scaleOf(metric, stable)
    if (element === null || scale === undefined || !canDraw()) return undefined
    const size = () => ({ width: element.clientWidth, height: element.clientHeight })
    const options = { ...size(), ...chartOptions({ metric, stable, changes, scale, onCursor: setAt }) }
    const chart = new uPlot(options, dataOf(metric, stable), element)
    const resized = new ResizeObserver(() => chart.setSize(size()))
    resized.observe(element)
    // Colours are those of the theme at the time of drawing.
    const themed = new MutationObserver(() => chart.redraw())
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    return () => {
      resized.disconnect()
      themed.disconnect()
      chart.destroy()
    }
  }, [metric, stable, changes])
  return (
    <>
      <Readout metric={metric} at={at} />
      <div ref={place} className="big-chart" />
    </>
  )
}

/** The table says the same where there is no canvas. */
const canDraw = (): boolean => document.createElement('canvas').getContext('2d') !== null

function Readout({ metric, at }: { readonly metric: MetricView; readonly at: number | undefined }) {
  const text = useText()
  const measurement = metric.measurements.find((each) => each.at === at) ?? metric.measurements.at(-1)
  if (measurement === undefined) return null
  return <p className="big-chart-readout num small dim cut">{readout(text, measurement)}</p>
}
