import { type MouseEvent, type ReactNode, useLayoutEffect, useMemo, useState } from 'react'
import type { ClusterView, RolloutKey, RolloutView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatTime } from '../../format/clock-time.ts'
import type { App } from '../../store/app.ts'
import type { Film } from '../../store/film.ts'
import { createPastApp } from '../../store/past-app.ts'
import { AppContext, useApp, useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'

interface PastPaneProps {
  readonly film: Film
  readonly at: EpochMs
  /** What is said above it, of two that stand side by side. */
  readonly head?: ReactNode
  readonly children: ReactNode
}

/** Nothing is known of who drove a cluster then. */
const noClusters: readonly ClusterView[] = []

/** The page at one moment: what is inside takes this moment for the present, and finds no way to a cluster. */
export function PastPane({ film, at, head, children }: PastPaneProps) {
  const text = useText()
  const present = useApp()
  const [begun] = useState(at)
  const past = useMemo(() => createPastApp(present, begun), [present, begun])
  const page = film.page(at)
  const view = page?.view
  const rollouts = useMemo<ReadonlyMap<RolloutKey, RolloutView>>(
    () => new Map(view === undefined ? [] : [[film.key, view]]),
    [film, view],
  )
  useLayoutEffect(() => past.show(at, { clusters: noClusters, rollouts, page }), [past, at, rollouts, page])
  const gap = film.gap(at)
  return (
    <AppContext value={past.app}>
      <section
        className="past-pane"
        aria-label={text('past.paneAt', { time: formatTime(at) })}
        onClickCapture={(event) => staysInThePast(event, past.app)}
      >
        {head !== undefined && <div className="past-name row small">{head}</div>}
        {gap !== undefined && (
          <p className="past-gap row small" role="status">
            <Icon name="unlink" className="icon-sm" />
            {text('past.inGap', { from: formatTime(gap.from), until: formatTime(gap.until) })}
          </p>
        )}
        {children}
      </section>
    </AppContext>
  )
}

/** A link of the page leads to the page that it names as it was at this moment. */
function staysInThePast(event: MouseEvent, app: App): void {
  const link = event.target instanceof Element ? event.target.closest('a[href^="#/"]') : null
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey
  if (link === null || !isPlain) return
  event.preventDefault()
  app.goTo(link.getAttribute('href') ?? '#/fleet')
}
