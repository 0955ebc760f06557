import { useVirtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, type RefObject, useEffect } from 'react'

interface RowWindowOptions {
  readonly count: number
  readonly scroller: RefObject<HTMLElement | null>
  /** In px; of rows that may wrap it is a guess, and `measure` is their `ref`. */
  readonly rowHeight: number
  /** The row that is to be seen, whenever it becomes another. */
  readonly shown?: number | undefined
}

export interface RowWindow {
  /** Places in the list of the rows to be drawn. */
  readonly rows: readonly number[]
  /** For the element that holds them: the room of the rows above and below. */
  readonly room: CSSProperties
  /** For rows that may wrap, which carry `data-index`. */
  readonly measure: (row: Element | null) => void
}

/** The part of a long list that is on screen (UI-VIRT-2, UI-VIRT-8). Its rows stay in the flow of the page. */
export function useRowWindow({ count, scroller, rowHeight, shown }: RowWindowOptions): RowWindow {
  const list = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  })
  useEffect(() => {
    if (shown !== undefined && shown >= 0) list.scrollToIndex(shown)
  }, [list, shown])
  const items = list.getVirtualItems()
  const after = list.getTotalSize() - (items.at(-1)?.end ?? 0)
  return {
    rows: items.map(({ index }) => index),
    room: { paddingBlockStart: items[0]?.start ?? 0, paddingBlockEnd: Math.max(0, after) },
    measure: list.measureElement,
  }
}
