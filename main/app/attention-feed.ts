import { buildQueue, isUnderWay, plannedKeys, type QueueEntry } from '#contract/attention.ts'
import type { PlanSummaryView } from '#contract/plan-views.ts'
import type { ClusterView, RolloutKey, RolloutView } from '#contract/views.ts'
import type { Clock, Dispose } from '#lib/clock.ts'
import type { FleetSource } from '#main/fleet/fleet-source.ts'
import type { Plans } from '#main/fleet-plan/plans.ts'
import { type Happening, happeningsIn, type Picture } from './happenings.ts'

export interface Attention {
  /** What waits for a person now, most urgent first (UI-STAT-6). */
  readonly entries: readonly QueueEntry[]
  /** Since the last time. */
  readonly happenings: readonly Happening[]
}

interface Parts {
  readonly fleet: Pick<FleetSource, 'onPatch' | 'snapshot'>
  readonly sessions: {
    views(): readonly ClusterView[]
    onChange(listener: (clusters: readonly ClusterView[]) => void): Dispose
    /** Whether this Argosy is to drive the cluster. */
    drives(context: string): boolean
  }
  readonly plans: Pick<Plans, 'onList' | 'view'>
  readonly clock: Clock
}

/** Changes within this make one list. */
const settleMs = 1000

/** Tells what asks for a person whenever anything changed, at most once a second; nothing happens while nothing does. */
export function followAttention(parts: Parts, listener: (attention: Attention) => void): Dispose {
  const { fleet, sessions, plans, clock } = parts
  const rollouts = new Map<RolloutKey, RolloutView>(Object.entries(fleet.snapshot().rollouts))
  let listed: readonly PlanSummaryView[] = []
  let alarm: Dispose | undefined

  const picture = (): Picture => ({
    rollouts: new Map(rollouts),
    clusters: sessions.views().map((view) => ({ ...view, drives: sessions.drives(view.context) })),
    plans: listed,
  })
  let last: Picture | undefined
  const look = (): void => {
    alarm = undefined
    const next = picture()
    const underWay = listed.filter(isUnderWay).flatMap(({ id }) => plans.view(id) ?? [])
    const entries = buildQueue(next.rollouts, next.clusters, plannedKeys(underWay))
    const happenings = last === undefined ? [] : happeningsIn(last, next)
    last = next
    listener({ entries, happenings })
  }
  const changed = (): void => {
    alarm ??= clock.after(settleMs, look)
  }
  const ends = [
    fleet.onPatch(({ upserted, removed }) => {
      for (const key of removed) rollouts.delete(key)
      for (const [key, view] of Object.entries(upserted)) rollouts.set(key, view)
      changed()
    }),
    sessions.onChange(changed),
    plans.onList((list) => {
      listed = list
      changed()
    }),
  ]
  return () => {
    alarm?.()
    for (const end of ends) end()
  }
}
