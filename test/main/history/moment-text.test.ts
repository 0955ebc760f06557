import { expect, it } from 'vitest'
import { momentText } from '#main/history/moment-text.ts'
import { T0 } from '#test/support/virtual-clock.ts'

it('UI-HIST-4: in print too one sees what nobody saw', () => {
  const moment = { at: T0, who: 'cluster', kind: 'status', status: 'Paused', message: 'CanaryPauseStep' } as const
  expect(momentText(moment)).toBe('Paused - CanaryPauseStep')
  expect(momentText({ ...moment, backFilled: true })).toBe('Paused - CanaryPauseStep (told by the cluster afterwards)')
})
