import { expect, it } from 'vitest'
import { viewPlanSummary } from '#main/fleet-plan/plan-view.ts'
import { aPlan, aWave } from '#test/support/builders/fleet-plan.ts'
import { T0 } from '#test/support/virtual-clock.ts'

it('PC-4: who should decide and has lost the Lease shows that as a hold beside those that are stored, which are not changed', () => {
  const hold = { reason: 'Manual', since: T0, text: 'lunch', by: 'ann' } as const
  const plan = aPlan([aWave(['a'])], { status: { holds: [hold] } })
  const around = { driver: { state: 'waiting', holder: undefined }, unread: undefined } as const
  expect(viewPlanSummary(plan, around).holds).toEqual([hold])
  const lost = viewPlanSummary(plan, { ...around, leaseLostAt: T0 + 1 })
  expect(lost.holds).toMatchObject([hold, { reason: 'LeaseLost', since: T0 + 1, by: 'plan' }])
  expect(plan.status.holds).toEqual([hold])
})
