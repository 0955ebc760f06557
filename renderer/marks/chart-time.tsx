import { createContext, type ReactNode, useContext, useMemo, useState } from 'react'
import type { EpochMs } from '#lib/clock.ts'
import { type ChartScale, placeOf, timeAt } from '../format/chart-scale.ts'
import type { WeightChange } from '../format/weight-changes.ts'

interface ChartTime {
  readonly changes: readonly WeightChange[]
  /** Under the pointer, in whichever of the charts that is. */
  readonly at: EpochMs | undefined
  readonly moveTo: (at: EpochMs | undefined) => void
}

const Context = createContext<ChartTime>({ changes: [], at: undefined, moveTo: () => undefined })

/** What charts beside each other have in common (UI-CH-4). */
export const useChartTime = (): ChartTime => useContext(Context)

interface ChartTimesProps {
  readonly changes: readonly WeightChange[]
  readonly children: ReactNode
}

export function ChartTimes({ changes, children }: ChartTimesProps) {
  const [at, moveTo] = useState<EpochMs>()
  const time = useMemo(() => ({ changes, at, moveTo }), [changes, at])
  return <Context value={time}>{children}</Context>
}

const isWithin = ({ from, until }: ChartScale, at: EpochMs): boolean => from <= at && at <= until

/** When the weight changed, and what the pointer is at. */
export function TimeLines({ scale }: { readonly scale: ChartScale }) {
  const { changes, at } = useChartTime()
  return (
    <>
      {changes
        .filter((change) => isWithin(scale, change.at))
        .map((change) => {
          const x = placeOf(timeAt(scale, change.at))
          return <line key={change.at} x1={x} x2={x} y1="0" y2="100%" className="weight-line" />
        })}
      {at !== undefined && isWithin(scale, at) && (
        <line
          x1={placeOf(timeAt(scale, at))}
          x2={placeOf(timeAt(scale, at))}
          y1="0"
          y2="100%"
          className="cursor-line"
        />
      )}
    </>
  )
}

/** The percent on top of each line; room for it where no change is in sight either, so that charts stay level. */
export function WeightTicks({ scale }: { readonly scale: ChartScale }) {
  const { changes } = useChartTime()
  if (changes.length === 0) return null
  return (
    <div className="change-ticks" aria-hidden>
      {changes
        .filter((change) => isWithin(scale, change.at))
        .map((change) => (
          <span key={change.at} style={{ insetInlineStart: placeOf(timeAt(scale, change.at)) }}>
            {change.words}
          </span>
        ))}
    </div>
  )
}
