import uPlot from 'uplot'
import type { AnalysisPhaseView, MeasurementView, MetricView } from '#contract/analysis-views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { phaseTone } from '../../format/analysis-words.ts'
import { type Band, bandsOf, type ChartScale } from '../../format/chart-scale.ts'
import { formatMinute, formatTime } from '../../format/clock-time.ts'
import { formatNumber } from '../../format/number-words.ts'
import type { WeightChange } from '../../format/weight-changes.ts'

interface ChartParts {
  readonly metric: MetricView
  readonly stable: MetricView | undefined
  readonly changes: readonly WeightChange[]
  readonly scale: ChartScale
  /** The measurement under the pointer. */
  readonly onCursor: (at: EpochMs | undefined) => void
}

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--ag-${name}`)

/** Times of both metrics in order, and for each series its number at them; uPlot draws no line through `null`. */
export function dataOf(metric: MetricView, stable: MetricView | undefined): uPlot.AlignedData {
  const all = [metric, ...(stable === undefined ? [] : [stable])]
  const times = [...new Set(all.flatMap(({ measurements }) => measurements.map(({ at }) => at)))].toSorted(
    (a, b) => a - b,
  )
  const lines = all.flatMap(({ measurements, series }) => {
    const byTime = new Map(measurements.map((each) => [each.at, each]))
    return series.map((_, index) => times.map((at) => numberAt(byTime.get(at), index)))
  })
  return [times.map((at) => at / 1000), ...lines]
}

/** What was not measured then is passed over; what could not be measured is a gap (UI-ERR-8). */
const numberAt = (measurement: MeasurementView | undefined, index: number): number | null | undefined =>
  measurement === undefined ? undefined : (measurement.numbers[index] ?? null)

export function chartOptions(parts: ChartParts): Omit<uPlot.Options, 'width' | 'height'> {
  const { metric, stable, changes, scale } = parts
  const axis = {
    stroke: () => token('ink-3'),
    grid: { stroke: () => token('line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  }
  const sideRoom = (scale.until - scale.from) * 0.02
  return {
    legend: { show: false },
    padding: [changes.length > 0 ? 20 : 8, 32, 0, 0],
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { time: true, range: () => [(scale.from - sideRoom) / 1000, (scale.until + sideRoom) / 1000] },
      y: { range: () => [scale.low, scale.high] },
    },
    axes: [
      { ...axis, values: (_, splits) => splits.map(timeWords(splits)), space: 80, size: 30 },
      { ...axis, values: (_, splits) => splits.map(formatNumber), size: 56 },
    ],
    series: [{}, ...seriesOptions(metric, 'canary'), ...(stable === undefined ? [] : seriesOptions(stable, 'stable'))],
    hooks: {
      drawAxes: [(chart) => drawBands(chart, parts), (chart) => drawChanges(chart, parts)],
      draw: [(chart) => drawMarks(chart, metric)],
      setCursor: [(chart) => parts.onCursor(timeUnder(chart))],
    },
  }
}

/** UI-CH-1. */
const seriesOptions = ({ series }: MetricView, otherwise: 'canary' | 'stable'): uPlot.Series[] =>
  series.map(({ role = otherwise }) => ({
    stroke: () => token(`role-${role}`),
    width: role === 'canary' ? 2 : 1.4,
    points: { show: false },
    ...(role === 'stable' && { dash: [5, 4] }),
  }))

function timeUnder({ cursor: { idx }, data }: uPlot): EpochMs | undefined {
  const at = idx === null || idx === undefined ? undefined : data[0][idx]
  return at === undefined ? undefined : Math.round(at * 1000)
}

/** UI-CH-2: the failing side hatched, what is neither dotted, the limits dashed. */
function drawBands(chart: uPlot, { metric, scale }: ChartParts): void {
  const { ctx, bbox } = chart
  const yOf = (value: number) => chart.valToPos(value, 'y', true)
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  for (const band of bandsOf(metric, scale)) {
    const top = yOf(Math.min(band.to, scale.high))
    const height = Math.max(0, yOf(Math.max(band.from, scale.low)) - top)
    if (band.kind === 'failing') hatch(chart, top, height)
    else dots(chart, top, height)
  }
  for (const line of metric.thresholds) {
    const isSoft = line.from === 'success' && metric.failureCondition !== undefined
    ctx.strokeStyle = token(isSoft ? 'st-inconclusive' : 'st-degraded')
    ctx.lineWidth = 1.5 * devicePixelRatio
    ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio])
    ctx.beginPath()
    ctx.moveTo(bbox.left, yOf(line.value))
    ctx.lineTo(bbox.left + bbox.width, yOf(line.value))
    ctx.stroke()
  }
  ctx.restore()
}

/** UI-CH-4: dotted, with the percent on top. */
function drawChanges(chart: uPlot, { changes, scale }: ChartParts): void {
  const { ctx, bbox } = chart
  ctx.save()
  ctx.strokeStyle = token('ink-3')
  ctx.fillStyle = token('ink-2')
  ctx.lineWidth = devicePixelRatio
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`
  ctx.textAlign = 'center'
  ctx.setLineDash([devicePixelRatio, 3 * devicePixelRatio])
  for (const { at, words } of changes.filter((each) => scale.from <= each.at && each.at <= scale.until)) {
    const x = chart.valToPos(at / 1000, 'x', true)
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    ctx.fillText(words, x, bbox.top - 6 * devicePixelRatio)
  }
  ctx.restore()
}

/** Seconds only where minutes would repeat. */
function timeWords([first = 0, second = first + 60]: readonly number[]): (at: number) => string {
  const words = second - first < 60 ? formatTime : formatMinute
  return (at) => words(at * 1000)
}

type Area = (chart: uPlot, top: Band['to'], height: number) => void

const hatch: Area = ({ ctx, bbox }, top, height) => {
  ctx.fillStyle = token('st-degraded-soft')
  ctx.fillRect(bbox.left, top, bbox.width, height)
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, top, bbox.width, height)
  ctx.clip()
  ctx.globalAlpha = 0.22
  ctx.strokeStyle = token('st-degraded')
  ctx.lineWidth = devicePixelRatio
  ctx.beginPath()
  for (let x = bbox.left - height; x < bbox.left + bbox.width; x += 8 * devicePixelRatio) {
    ctx.moveTo(x, top + height)
    ctx.lineTo(x + height, top)
  }
  ctx.stroke()
  ctx.restore()
}

const dots: Area = ({ ctx, bbox }, top, height) => {
  const step = 7 * devicePixelRatio
  ctx.fillStyle = token('st-inconclusive-soft')
  ctx.fillRect(bbox.left, top, bbox.width, height)
  ctx.fillStyle = token('st-inconclusive')
  for (let y = top + step / 2; y < top + height; y += step)
    for (let x = bbox.left + step / 2; x < bbox.left + bbox.width; x += step)
      ctx.fillRect(x, y, devicePixelRatio, devicePixelRatio)
}

/** UI-CH-3. An error has no value: it stands on the ground. */
function drawMarks(chart: uPlot, { measurements }: MetricView): void {
  const { ctx, bbox } = chart
  for (const { at, numbers, phase } of measurements) {
    const x = chart.valToPos(at / 1000, 'x', true)
    const heights = numbers.flatMap((value) => (value === null ? [] : [chart.valToPos(value, 'y', true)]))
    const places = heights.length === 0 ? [bbox.top + bbox.height - 7 * devicePixelRatio] : heights
    for (const y of places) {
      ctx.save()
      ctx.translate(x, y)
      ctx.scale(devicePixelRatio, devicePixelRatio)
      mark(ctx, phase)
      ctx.restore()
    }
  }
}

function mark(ctx: CanvasRenderingContext2D, phase: AnalysisPhaseView): void {
  ctx.strokeStyle = token(`st-${phaseTone(phase)}`)
  ctx.fillStyle = phase === 'Successful' ? ctx.strokeStyle : token('surface-1')
  ctx.lineWidth = phase === 'Failed' ? 2.2 : 1.7
  ctx.setLineDash([])
  ctx.beginPath()
  if (phase === 'Failed') {
    ctx.moveTo(-4, -4)
    ctx.lineTo(4, 4)
    ctx.moveTo(-4, 4)
    ctx.lineTo(4, -4)
  } else if (phase === 'Inconclusive') {
    ctx.moveTo(0, -5.5)
    ctx.lineTo(5.5, 0)
    ctx.lineTo(0, 5.5)
    ctx.lineTo(-5.5, 0)
    ctx.closePath()
  } else if (phase === 'Error') ctx.rect(-4, -4, 8, 8)
  else ctx.arc(0, 0, 3.5, 0, 2 * Math.PI)
  if (phase !== 'Failed') ctx.fill()
  ctx.stroke()
}
