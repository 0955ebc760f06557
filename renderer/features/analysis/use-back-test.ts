import { useEffect, useState } from 'react'
import type { BackTestView } from '#contract/back-test-views.ts'
import type { RolloutKey } from '#contract/views.ts'
import { useApp } from '../../store/use-app.ts'

export interface BackTest {
  /** `undefined`: nothing was told yet. */
  readonly view: BackTestView | undefined
  readonly going: boolean
  /** A person ended it; what was told by then stays. */
  readonly stopped: boolean
  readonly stop: () => void
  readonly again: () => void
}

/** Tries the analyses of a rollout on its past releases, for as long as the component is there and nobody stops it. */
export function useBackTest(key: RolloutKey): BackTest {
  const { bridge } = useApp()
  const [view, setView] = useState<BackTestView>()
  const [stopped, setStopped] = useState(false)
  const going = !stopped && (view === undefined || view.state === 'running')
  useEffect(() => {
    if (!going) return undefined
    // Ended with it, so that a connection that is made anew does not begin it once more.
    return bridge.subscribe('analysis.backTest', { key }, setView)
  }, [bridge, key, going])
  const again = () => {
    setView(undefined)
    setStopped(false)
  }
  return { view, going, stopped, stop: () => setStopped(true), again }
}
