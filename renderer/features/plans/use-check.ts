import { useEffect, useState } from 'react'
import type { PlanCheckView, PlanFaultView } from '#contract/plan-views.ts'
import { useApp } from '../../store/use-app.ts'

/** How long nothing may be typed before the text is checked again. */
const typingPauseMs = 300

export interface Checked {
  /** Of the last text that was checked; what is typed meanwhile stays beside it. */
  readonly check: PlanCheckView | undefined
  /** It is of the text as it is now. */
  readonly isCurrent: boolean
  /** Why it could not be checked. */
  readonly failed: string | undefined
}

/** What main says about a text: at once when it is opened, then a moment after each change. */
export function useCheck(text: string): Checked {
  const { bridge, clock } = useApp()
  const [answer, setAnswer] = useState<{ text: string; check: PlanCheckView | undefined; failed: string | undefined }>()
  const isFirst = answer === undefined
  useEffect(() => {
    let live = true
    const take = (check: PlanCheckView | undefined, failed: string | undefined) =>
      live && setAnswer({ text, check, failed })
    const check = () =>
      void bridge.call('plan.check', { text }).then(
        (view) => take(view, undefined),
        (error: unknown) => take(undefined, error instanceof Error ? error.message : String(error)),
      )
    const cancel = isFirst ? check() : clock.after(typingPauseMs, check)
    return () => {
      live = false
      cancel?.()
    }
  }, [bridge, clock, text, isFirst])
  return { check: answer?.check, isCurrent: answer?.text === text, failed: answer?.failed }
}

/** Faults of one field, and of all below it that no field of the form shows. */
export const faultsAt = (faults: readonly PlanFaultView[], field: string): readonly PlanFaultView[] =>
  faults.filter((fault) => fault.field === field)
