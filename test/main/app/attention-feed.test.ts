import { expect, it } from 'vitest'
import type { PlanSummaryView } from '#contract/plan-views.ts'
import type { ClusterView, FleetPatch, RolloutView } from '#contract/views.ts'
import { type Attention, followAttention } from '#main/app/attention-feed.ts'
import { aCluster, aRollout } from '#test/support/fixture-fleet.ts'
import { checkoutPlan } from '#test/support/fixture-plans.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const shop = (more: Partial<RolloutView> = {}) => aRollout(T0, { context: 'eu', name: 'shop', ...more })

function followed() {
  const clock = new VirtualClock()
  const heard: Attention[] = []
  const patches = new Set<(patch: FleetPatch) => void>()
  const lists = new Set<(plans: readonly PlanSummaryView[]) => void>()
  const changes = new Set<(clusters: readonly ClusterView[]) => void>()
  const plan = checkoutPlan(T0)
  const subscribe =
    <T>(listeners: Set<T>) =>
    (listener: T) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    }
  const first = shop()
  const end = followAttention(
    {
      clock,
      fleet: { onPatch: subscribe(patches), snapshot: () => ({ seq: 0, rollouts: { [first.key]: first } }) },
      sessions: { views: () => [aCluster('eu', T0)], onChange: subscribe(changes), drives: () => false },
      plans: { onList: subscribe(lists), view: () => plan },
    },
    (attention) => void heard.push(attention),
  )
  const patch = (view: RolloutView) => {
    for (const send of patches) send({ seq: 1, upserted: { [view.key]: view }, removed: [] })
  }
  const listeners = () => patches.size + lists.size + changes.size
  const changeClusters = () => {
    for (const send of changes) send([])
  }
  return { clock, heard, patch, changeClusters, end, listeners }
}

it('UI-STAT-6: tells what waits, and what has happened since the last time', async () => {
  const { clock, heard, patch, changeClusters } = followed()
  changeClusters()
  await clock.advance(1000)
  expect(heard).toEqual([{ entries: [], happenings: [] }])
  patch(shop({ status: 'Degraded' }))
  await clock.advance(1000)
  expect(heard[1]?.entries).toMatchObject([{ kind: 'rollout', view: { name: 'shop' } }])
  expect(heard[1]?.happenings).toMatchObject([{ kind: 'degraded', what: 'shop in eu' }])
})

it('many changes in a second are one list; without a change there is none', async () => {
  const { clock, heard, patch } = followed()
  for (let at = 0; at < 9; at++) {
    patch(shop({ message: String(at) }))
    await clock.advance(100)
  }
  await clock.advance(3_600_000)
  expect(heard).toHaveLength(1)
})

it('ends with everything it began', async () => {
  const { clock, heard, patch, end, listeners } = followed()
  patch(shop({ status: 'Degraded' }))
  end()
  await clock.advance(5000)
  expect(heard).toEqual([])
  expect(listeners()).toBe(0)
})
