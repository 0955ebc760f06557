import { type PointerEvent, useId } from 'react'
import type { MetricView } from '#contract/analysis-views.ts'
import { chartWords } from '../format/analysis-words.ts'
import {
  bandsOf,
  type ChartScale,
  heightAt,
  placeOf,
  scaleOf,
  stretchesOf,
  timeAt,
  timeFrom,
  timeTicks,
  valueTicks,
} from '../format/chart-scale.ts'
import { formatNumber } from '../format/number-words.ts'
import { useText } from '../store/use-app.ts'
import { TimeLines, useChartTime, WeightTicks } from './chart-time.tsx'
import { MeasurementShape } from './measurement-mark.tsx'

interface MetricChartProps {
  readonly metric: MetricView
  /** What measures the stable version by the same measure. */
  readonly stable?: MetricView | undefined
}

/** What was measured, where its limits are and which side of them is bad (UI-CH-1…5). Nothing, without a number. */
export function MetricChart({ metric, stable }: MetricChartProps) {
  const text = useText()
  const scale = scaleOf(metric, stable)
  if (scale === undefined) return null
  const ticks = valueTicks(scale)
  return (
    <div className="metric-chart num" role="img" aria-label={chartWords(text, metric, stable)}>
      <WeightTicks scale={scale} />
      <div className="value-ticks" aria-hidden>
        {ticks.map((value) => (
          <span key={value} style={{ insetBlockStart: placeOf(heightAt(scale, value)) }}>
            {formatNumber(value)}
          </span>
        ))}
      </div>
      <Plot metric={metric} stable={stable} scale={scale} ticks={ticks} />
      <SeriesEnds metric={metric} stable={stable} scale={scale} />
      <div className="time-ticks" aria-hidden>
        {timeTicks(scale).map((time, index) => (
          <span key={`${index} ${time}`}>{time}</span>
        ))}
      </div>
    </div>
  )
}

interface PlotProps extends MetricChartProps {
  readonly scale: ChartScale
}

function Plot({ metric, stable, scale, ticks }: PlotProps & { readonly ticks: readonly number[] }) {
  const id = useId()
  const { moveTo } = useChartTime()
  const follow = ({ clientX, currentTarget }: PointerEvent) => {
    const { left, width } = currentTarget.getBoundingClientRect()
    moveTo(timeFrom(scale, ((clientX - left) / (width || 1)) * 100))
  }
  return (
    <svg className="plot" aria-hidden onPointerMove={follow} onPointerLeave={() => moveTo(undefined)}>
      <defs>
        <pattern id={`${id}f`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="6" height="6" className="band-ground" />
          <rect width="1.5" height="6" className="band-ink" />
        </pattern>
        <pattern id={`${id}i`} width="6" height="6" patternUnits="userSpaceOnUse">
          <rect width="6" height="6" className="dots-ground" />
          <circle cx="3" cy="3" r="0.9" className="dots-ink" />
        </pattern>
      </defs>
      {ticks
        .map((value) => placeOf(heightAt(scale, value)))
        .map((y) => (
          <line key={y} x1="0" x2="100%" y1={y} y2={y} className="grid-line" />
        ))}
      {bandsOf(metric, scale).map((band) => {
        const [top, bottom] = [heightAt(scale, band.to), heightAt(scale, band.from)]
        const fill = `url(#${id}${band.kind === 'failing' ? 'f' : 'i'})`
        const key = `${band.kind} ${band.from} ${band.to}`
        return <rect key={key} width="100%" y={placeOf(top)} height={placeOf(Math.max(0, bottom - top))} fill={fill} />
      })}
      {metric.thresholds.map((line) => {
        const y = placeOf(heightAt(scale, line.value))
        const isSoft = line.from === 'success' && metric.failureCondition !== undefined
        const key = `${line.value} ${line.good} ${line.key ?? ''}`
        return <line key={key} x1="0" x2="100%" y1={y} y2={y} className={`limit-line${isSoft ? ' soft' : ''}`} />
      })}
      <TimeLines scale={scale} />
      {stable !== undefined && <Lines metric={stable} scale={scale} role="stable" />}
      <Lines metric={metric} scale={scale} role="canary" />
      <Marks metric={metric} scale={scale} />
    </svg>
  )
}

function Lines({ metric, scale, role }: PlotProps & { readonly role: 'canary' | 'stable' }) {
  return metric.series.flatMap((series, index) =>
    stretchesOf(metric.measurements, index).flatMap((stretch) =>
      stretch.slice(1).map((point, at) => {
        const before = stretch[at] ?? point
        return (
          <line
            key={`${series.key} ${point.at} ${point.value}`}
            x1={placeOf(timeAt(scale, before.at))}
            x2={placeOf(timeAt(scale, point.at))}
            y1={placeOf(heightAt(scale, before.value))}
            y2={placeOf(heightAt(scale, point.value))}
            className={`series-line ${series.role ?? role}`}
          />
        )
      }),
    ),
  )
}

/** An error has no value: it stands on the ground. */
function Marks({ metric, scale }: PlotProps) {
  return metric.measurements.flatMap(({ at, numbers, phase }, index) => {
    const heights = numbers.flatMap((value) => (value === null ? [] : [heightAt(scale, value)]))
    return (heights.length === 0 ? [96] : heights).map((height, which) => (
      <svg key={`${index} ${which}`} x={placeOf(timeAt(scale, at))} y={placeOf(height)} overflow="visible">
        <MeasurementShape phase={phase} />
      </svg>
    ))
  })
}

/** The last value of each series at its right end, no legend (UI-CH-1); those too close to each other move apart. */
function SeriesEnds({ metric, stable, scale }: PlotProps) {
  const text = useText()
  const isPair = stable !== undefined || metric.series.some(({ role }) => role !== undefined)
  const ends = [
    ...endsOf(metric, scale, isPair ? 'canary' : undefined),
    ...(stable === undefined ? [] : endsOf(stable, scale, 'stable')),
  ].toSorted((a, b) => a.height - b.height)
  const places = spread(ends.map(({ height }) => height))
  return (
    <div className="series-ends" aria-hidden>
      {ends.map(({ key, value, role }, index) => (
        <span key={`${role} ${key}`} className={role ?? ''} style={{ insetBlockStart: placeOf(places[index] ?? 0) }}>
          <b>{formatNumber(value)}</b>
          {role === undefined ? '' : ` ${text(`role.${role}`)}`}
        </span>
      ))}
    </div>
  )
}

const endsOf = (metric: MetricView, scale: ChartScale, role: 'canary' | 'stable' | undefined) =>
  metric.series.flatMap((series, index) => {
    const last = stretchesOf(metric.measurements, index).at(-1)?.at(-1)
    if (last === undefined) return []
    return [{ key: series.key, role: series.role ?? role, value: last.value, height: heightAt(scale, last.value) }]
  })

/** Percent of the plot that one label takes. */
const labelHeight = 17

function spread(heights: readonly number[]): readonly number[] {
  const places: number[] = []
  for (const height of heights) {
    const before = places.at(-1)
    places.push(before === undefined ? height : Math.max(height, before + labelHeight))
  }
  const over = Math.max(0, (places.at(-1) ?? 0) - 96)
  return places.map((place) => place - over)
}
