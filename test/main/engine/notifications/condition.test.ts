import { describe, expect, it } from 'vitest'
import { triggerExpression } from '#engine/notifications/condition.ts'
import { fromKube } from '#engine/notifications/values.ts'

const now = Date.parse('2026-11-28T12:30:00Z')
const rollout = { status: { phase: 'Degraded', currentStepIndex: 1, startedAt: '2026-11-28T12:20:00Z' } }

const outcome = (text: string) => {
  const read = triggerExpression(text)
  return read.ok ? read.value({ rollout: fromKube(rollout), analysisRuns: null }, now) : read
}

describe('expressions of triggers', () => {
  it.each([
    ["rollout.status.phase == 'Degraded' and rollout.status.currentStepIndex == 1", true],
    ["rollout.status.phase in ['Healthy']", false],
    ['analysisRuns == nil', true],
    ['time.Now().Sub(time.Parse(rollout.status.startedAt)).Minutes() >= 10', true],
    ['time.Now().Sub(time.Parse(rollout.status.startedAt)).Minutes() > 10', false],
    ['nothing == nil', true],
    ['let x = 1; x == 1', true],
  ])('OPS-148, OPS-157: %s', (text, value) => {
    expect(outcome(text)).toEqual({ ok: true, value })
  })

  it.each([
    ['rollout.status.phase ==', 'unexpected token EOF'],
    ['time.Sleep(1)', 'has no method Sleep'],
    ['unheard(1)', 'unknown name unheard'],
    ["time.Parse('noon')", 'cannot read string as a time'],
    ['rollout.status.phase.deep.deeper == 1', 'cannot fetch deep from string'],
  ])('says what is wrong with %s', (text, error) => {
    const found = outcome(text)
    expect(found.ok ? 'nothing' : found.error).toContain(error)
  })
})
