import { expect, it } from 'vitest'
import { NotificationCounts } from '#main/controller/notification-counts.ts'
import { aRollout } from '#test/support/builders/rollout.ts'

it('OPS-127: counts by object, type and reason; there are never more than five thousand', () => {
  const counts = new NotificationCounts()
  const event = { regarding: aRollout(), type: 'Normal', reason: 'RolloutPaused' } as const
  for (const isSent of [true, true, false]) counts.add(event, isSent)
  counts.add({ ...event, type: 'Warning' }, false)
  expect(counts.all.map(({ type, sent, failed }) => [type, sent, failed])).toEqual([
    ['Normal', 2, 1],
    ['Warning', 0, 1],
  ])
  for (let at = 0; at < 5_000; at++) counts.add({ ...event, reason: `R${at}` }, true)
  expect([counts.all.length, counts.all[0]?.reason]).toEqual([5_000, 'R0'])
})
