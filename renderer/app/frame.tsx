import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { FleetPage } from '../features/fleet/fleet-page.tsx'
import { RolloutPage } from '../features/rollout/rollout-page.tsx'
import { hrefOf, type Route } from '../store/route.ts'
import { useApp, useText } from '../store/use-app.ts'
import { Message } from '../ui/message.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { later } from './later.tsx'
import { LeasePrompts } from './lease-prompts.tsx'
import { StatusBar } from './status-bar.tsx'
import { TitleBar } from './title-bar.tsx'
import { Toasts } from './toasts.tsx'
import { useGlobalKeys } from './use-global-keys.ts'
import './frame.css'

const AnalysisPage = later(() => import('../features/analysis/analysis-page.tsx'))
const DiffPage = later(() => import('../features/revision-diff/diff-page.tsx'))
const HistoryPage = later(() => import('../features/history/history-page.tsx'))
const PastBoardPage = later(() => import('../features/history/past-board-page.tsx'))
const PastPage = later(() => import('../features/history/past-page.tsx'))
const PlanEditor = later(() => import('../features/plans/plan-editor.tsx'))
const PlansPage = later(() => import('../features/plans/plans-page.tsx'))
const StatisticsPage = later(() => import('../features/statistics/statistics-page.tsx'))
const Overlays = later(() => import('./overlays.tsx'))

/** The board comes first. */
const pastLoadedAfterMs = 3_000

/** Title bar, page, status bar; what floats lies over them. */
export function Frame() {
  const app = useApp()
  const route = useStore(app.route, (state) => state.route)
  const overlay = useStore(app.overlay, (state) => state.overlay)
  const [pendingKey, setPendingKey] = useState<string>()
  useGlobalKeys(setPendingKey)
  // What somebody asks for in a hurry is there by then (W9).
  useEffect(() => app.clock.after(pastLoadedAfterMs, () => void PastPage.preload()), [app])
  return (
    <div className="window">
      <TitleBar page={route.page} />
      <main className="page">
        <MainGone />
        <LeasePrompts />
        <ErrorBoundary place={hrefOf(route)}>
          <PageOf route={route} />
        </ErrorBoundary>
      </main>
      <StatusBar pendingKey={pendingKey} />
      <Toasts />
      {overlay !== undefined && <Overlays overlay={overlay} />}
    </div>
  )
}

function PageOf({ route }: { readonly route: Route }) {
  switch (route.page) {
    case 'fleet':
      if (route.at === undefined) return <FleetPage />
      return (
        <PastBoardPage key={route.at} at={route.at}>
          <FleetPage />
        </PastBoardPage>
      )
    case 'rollout': {
      const page = <RolloutPage rolloutKey={route.key} />
      if (route.at === undefined || route.key === undefined) return page
      return (
        <PastPage rolloutKey={route.key} at={route.at}>
          {page}
        </PastPage>
      )
    }
    case 'diff':
      return <DiffPage route={route} />
    case 'history':
      return <HistoryPage id={route.id} />
    case 'statistics':
      return <StatisticsPage />
    case 'analysis':
      return <AnalysisPage route={route} />
    case 'plans':
      return <PlansPage id={route.id} />
    case 'planEditor':
      return <PlanEditor />
  }
}

/** The window lives on without main, on what it last heard, and says so. */
function MainGone() {
  const text = useText()
  const { connection, fleet } = useApp()
  const state = useStore(connection, (each) => each.state)
  const known = useStore(fleet, (each) => each.loaded)
  if (state === 'connected' || (state === 'reconnecting' && !known)) return null
  if (state === 'ended') {
    return (
      <div className="main-gone" role="alert">
        <Message icon="unlink" title={text('gone.endedTitle')}>
          <p>{text('gone.ended')}</p>
        </Message>
      </div>
    )
  }
  return (
    <p className="main-late" role="status">
      {text('gone.reconnecting')}
    </p>
  )
}
