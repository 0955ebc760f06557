import { type RefObject, useLayoutEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import type { Dispose } from '#lib/clock.ts'
import { useApp } from '../../store/use-app.ts'

/** What a scrolling element shows of its contents, in px. */
export interface Viewport {
  readonly top: number
  readonly left: number
  readonly width: number
  readonly height: number
  readonly scrolling: boolean
}

const stillAfterMs = 150

export function useViewport(scroller: RefObject<HTMLElement | null>): Viewport {
  const { clock } = useApp()
  const [viewport, setViewport] = useState<Viewport>({ top: 0, left: 0, width: 0, height: 0, scrolling: false })
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return undefined
    const look = (scrolling: boolean) => {
      const { scrollTop: top, scrollLeft: left, clientWidth: width, clientHeight: height } = element
      const next = { top, left, width, height, scrolling }
      setViewport((before) => (isSame(before, next) ? before : next))
    }
    let rest: Dispose = () => {}
    const onScroll = () => {
      rest()
      rest = clock.after(stillAfterMs, () => look(false))
      // In the frame that scrolls: a frame later the list would show a hole.
      flushSync(() => look(true))
    }
    const observer = new ResizeObserver(() => look(false))
    observer.observe(element)
    element.addEventListener('scroll', onScroll, { passive: true })
    look(false)
    return () => {
      rest()
      observer.disconnect()
      element.removeEventListener('scroll', onScroll)
    }
  }, [scroller, clock])
  return viewport
}

const isSame = (a: Viewport, b: Viewport): boolean =>
  a.top === b.top && a.left === b.left && a.width === b.width && a.height === b.height && a.scrolling === b.scrolling
