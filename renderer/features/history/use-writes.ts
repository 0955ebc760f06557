import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { WrittenPage, WrittenView } from '#contract/record-views.ts'
import { useApp } from '../../store/use-app.ts'

const pageSize = 500

export interface WritesQuery {
  readonly filter: string
  /** Empty: all. */
  readonly context: string
  readonly by: 'all' | 'person' | 'engine'
}

interface Told {
  readonly question: string
  readonly rows: readonly WrittenView[]
  /** Older ones are asked for from there. */
  readonly next: number | undefined
  readonly failed?: string
}

export interface Writes {
  readonly rows: readonly WrittenView[]
  readonly isLoading: boolean
  /** Nothing older is left. */
  readonly isWhole: boolean
  readonly failed: string | undefined
  /** Reads older ones, unless it does already. */
  readonly more: () => void
  readonly again: () => void
}

/** The writes that match, newest first, read page by page as somebody comes to them. */
export function useWrites(query: WritesQuery): Writes {
  const { bridge } = useApp()
  const [round, setRound] = useState(0)
  const [told, setTold] = useState<Told>()
  const reading = useRef('')
  const question = JSON.stringify([query, round])
  const { filter, context, by } = query
  const asked = {
    ...(filter === '' ? {} : { filter }),
    ...(context === '' ? {} : { context }),
    ...(by === 'all' ? {} : { by }),
    limit: pageSize,
  }
  const read = async (rows: readonly WrittenView[], before: number | undefined): Promise<void> => {
    const id = `${question} ${before}`
    if (reading.current === id) return
    reading.current = id
    try {
      let page: WrittenPage
      let next = before
      // Where little matches a page may be empty, and there are older ones all the same.
      do {
        page = await bridge.call('history.writes', { ...asked, ...(next === undefined ? {} : { before: next }) })
        next = page.next
      } while (page.rows.length === 0 && next !== undefined && reading.current === id)
      if (reading.current === id) setTold({ question, rows: [...rows, ...page.rows], next })
    } catch (error) {
      if (reading.current === id)
        setTold({ question, rows, next: before, failed: error instanceof Error ? error.message : String(error) })
    } finally {
      if (reading.current === id) reading.current = ''
    }
  }
  const begin = useEffectEvent(() => read([], undefined))
  useEffect(() => {
    void begin()
    return () => {
      reading.current = 'over'
    }
  }, [question])
  const shown = told?.question === question ? told : undefined
  return {
    rows: shown?.rows ?? [],
    isLoading: shown === undefined,
    isWhole: shown !== undefined && shown.next === undefined && shown.failed === undefined,
    failed: shown?.failed,
    more: () => {
      if (shown?.next !== undefined && shown.failed === undefined) void read(shown.rows, shown.next)
    },
    again: () => setRound(round + 1),
  }
}
