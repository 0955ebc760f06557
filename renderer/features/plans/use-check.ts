import { useEffect, useRef, useState } from 'react'
import type { PlanCheckView, PlanFaultView } from '#contract/plan-views.ts'
import type { Dispose } from '#lib/clock.ts'
import { useApp } from '../../store/use-app.ts'

/** How long nothing may be typed before the text is checked again. */
const typingPauseMs = 300

/** Clusters change too: what is wrong with a text may be over without a key, and what it would bring may be another. */
const againMs = { faulty: 3000, good: 30_000 }

export interface Checked {
  /** Of the last text that was checked; what is typed meanwhile stays beside it. */
  readonly check: PlanCheckView | undefined
  /** It is of the text as it is now. */
  readonly isCurrent: boolean
  /** Why it could not be checked. */
  readonly failed: string | undefined
}

/** What main says about a text: at once when it is opened, a moment after each change, and now and then while it stays. */
export function useCheck(text: string): Checked {
  const { bridge, clock } = useApp()
  const [answer, setAnswer] = useState<{ text: string; check: PlanCheckView | undefined; failed: string | undefined }>()
  const isFirst = useRef(true)
  useEffect(() => {
    let live = true
    let cancel: Dispose = () => {}
    const take = (check: PlanCheckView | undefined, failed: string | undefined) => {
      if (!live) return
      setAnswer({ text, check, failed })
      cancel = clock.after(check?.faults.length === 0 ? againMs.good : againMs.faulty, ask)
    }
    const ask = () =>
      void bridge.call('plan.check', { text }).then(
        (view) => take(view, undefined),
        (error: unknown) => take(undefined, error instanceof Error ? error.message : String(error)),
      )
    if (isFirst.current) ask()
    else cancel = clock.after(typingPauseMs, ask)
    isFirst.current = false
    return () => {
      live = false
      cancel()
    }
  }, [bridge, clock, text])
  return { check: answer?.check, isCurrent: answer?.text === text, failed: answer?.failed }
}

/** Faults of one field, and of all below it that no field of the form shows. */
export const faultsAt = (faults: readonly PlanFaultView[], field: string): readonly PlanFaultView[] =>
  faults.filter((fault) => fault.field === field)
