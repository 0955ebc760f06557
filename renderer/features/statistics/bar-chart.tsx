import { type KeyboardEvent, useState } from 'react'
import { heightAt, placeOf, valueTicks } from '../../format/chart-scale.ts'
import { formatNumber } from '../../format/number-words.ts'

export interface Bar {
  readonly id: number
  /** When that is. */
  readonly when: string
  /** All of it in a sentence: its name. */
  readonly words: string
  /** The columns of the table. */
  readonly cells: readonly string[]
  /** `undefined`: there is nothing that could be drawn. */
  readonly value: number | undefined
  /** The part of it that failed. */
  readonly failed?: number
}

export interface ChartOfBars {
  readonly title: string
  readonly unit: string
  readonly columns: readonly string[]
  readonly bars: readonly Bar[]
  /** Said where none of them has a value. */
  readonly none: string
}

interface BarChartProps {
  readonly chart: ChartOfBars
  readonly asTable: boolean
  /** To what a bar is made of. */
  readonly onOpen: (bar: Bar) => void
}

/** A figure over time; `T` turns it into a table (UI-A11Y-6). One tab stop, arrows inside. */
export function BarChart({ chart, asTable, onOpen }: BarChartProps) {
  const { title, unit, bars, none } = chart
  const isEmpty = bars.every(({ value }) => value === undefined)
  return (
    <section className="panel statistics-chart" data-region aria-label={title}>
      <h2 className="panel-head">
        <span className="cut">{title}</span>
        {!isEmpty && <span className="sub">{unit}</span>}
      </h2>
      {isEmpty && !asTable && <p className="faint small bar-chart-none">{none}</p>}
      {!isEmpty && !asTable && <Bars bars={bars} title={title} onOpen={onOpen} />}
      {asTable && <BarTable chart={chart} />}
    </section>
  )
}

interface BarsProps {
  readonly bars: readonly Bar[]
  readonly title: string
  readonly onOpen: (bar: Bar) => void
}

function Bars({ bars, title, onOpen }: BarsProps) {
  const [current, setCurrent] = useState(bars.length - 1)
  const scale = { low: 0, high: Math.max(1, ...bars.map(({ value = 0 }) => value)) * 1.1 }
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (by === 0) return
    event.preventDefault()
    const next = Math.min(bars.length - 1, Math.max(0, current + by))
    setCurrent(next)
    const button = event.currentTarget.children[next]
    if (button instanceof HTMLElement) button.focus()
  }
  return (
    <div className="bar-chart num">
      <div className="value-ticks" aria-hidden>
        {valueTicks(scale).map((value) => (
          <span key={value} style={{ insetBlockStart: placeOf(heightAt(scale, value)) }}>
            {formatNumber(value)}
          </span>
        ))}
      </div>
      <div className="bars" role="toolbar" aria-label={title} onKeyDown={move}>
        {bars.map((bar, index) => (
          <button
            key={bar.id}
            type="button"
            className="bar"
            title={bar.words}
            aria-label={bar.words}
            tabIndex={index === Math.min(current, bars.length - 1) ? 0 : -1}
            onFocus={() => setCurrent(index)}
            onClick={() => onOpen(bar)}
          >
            {bar.value === undefined ? (
              <i className="bar-none" />
            ) : (
              <>
                <i
                  className="bar-good"
                  style={{ height: placeOf(((bar.value - (bar.failed ?? 0)) / scale.high) * 100) }}
                />
                <i className="bar-bad" style={{ height: placeOf(((bar.failed ?? 0) / scale.high) * 100) }} />
              </>
            )}
          </button>
        ))}
      </div>
      <div className="time-ticks" aria-hidden>
        {[bars[0], bars[Math.floor(bars.length / 2)], bars.at(-1)].map((bar, index) => (
          <span key={`${index} ${bar?.id}`}>{bar?.when}</span>
        ))}
      </div>
    </div>
  )
}

function BarTable({ chart: { title, columns, bars } }: { readonly chart: ChartOfBars }) {
  return (
    <div className="scroll statistics-table" role="region" tabIndex={0} aria-label={title}>
      <table className="small num">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bars.toReversed().map(({ id, when, cells }) => (
            <tr key={id}>
              <th scope="row">{when}</th>
              {cells.map((cell, index) => (
                <td key={columns[index + 1]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
