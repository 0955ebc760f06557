import { type RefObject, useLayoutEffect, useState } from 'react'
import { columnWidths } from '../../ui/row-heights.ts'

/** Columns share the width left of the row head, at least 96 px each; then the board scrolls sideways (UI-GRID-3). */
export function useColumnWidth(scroller: RefObject<HTMLElement | null>, columns: number): number {
  const [room, setRoom] = useState(0)
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return undefined
    const observer = new ResizeObserver(() => setRoom(element.clientWidth))
    observer.observe(element)
    setRoom(element.clientWidth)
    return () => observer.disconnect()
  }, [scroller])
  return Math.max(columnWidths.columnMin, Math.floor((room - columnWidths.rowHead) / Math.max(1, columns)))
}
