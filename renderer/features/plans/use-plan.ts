import { useEffect, useState } from 'react'
import type { SeenPlan } from '../../store/plans.ts'
import { type Loaded, useApp } from '../../store/use-app.ts'

/** All of one plan, live for as long as the component is there. */
export function usePlan(id: string | undefined): Loaded<SeenPlan> {
  const { bridge, clock } = useApp()
  const [seen, setSeen] = useState<{ readonly id: string; readonly loaded: Loaded<SeenPlan> }>()
  useEffect(() => {
    if (id === undefined) return undefined
    return bridge.subscribe('plan.changed', { id }, (plan) =>
      setSeen({
        id,
        loaded: plan === null ? { state: 'gone' } : { state: 'there', value: { plan, at: clock.now() } },
      }),
    )
  }, [bridge, clock, id])
  return seen !== undefined && seen.id === id ? seen.loaded : { state: 'loading' }
}
