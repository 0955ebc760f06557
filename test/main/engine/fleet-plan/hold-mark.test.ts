import { expect, it } from 'vitest'
import type { Rollout } from '#api/rollout.ts'
import { holdMarkOf, holdPatch, releasePatch } from '#engine/fleet-plan/hold-mark.ts'
import { applyMergePatch } from '#lib/merge-patch.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const mark = { plan: 'p1', by: 'ann', reason: 'errors rise', since: T0, until: T0 + 60_000 }
const paused = (value?: boolean): Rollout => {
  const { spec, ...rest } = aRollout()
  return { ...rest, spec: { ...spec, ...(value !== undefined && { paused: value }) } }
}
const held = (rollout: Rollout) =>
  applyMergePatch(rollout, holdPatch(rollout, mark, { 'argosy.dev/plan': 'p1' })) as Rollout
const released = (rollout: Rollout): Rollout => {
  const read = holdMarkOf(rollout)
  return typeof read === 'object' ? (applyMergePatch(rollout, releasePatch(rollout, read)) as Rollout) : rollout
}
const withText = (text: string): Rollout => {
  const rollout = aRollout()
  return { ...rollout, metadata: { ...rollout.metadata, annotations: { 'argosy.dev/hold': text } } }
}

it.each([undefined, false, true])(
  'W12: a hold says who, why and until when, and gives back exactly what was: %s',
  (before) => {
    const stopped = held(paused(before))
    expect(stopped.spec.paused).toBe(true)
    expect(holdMarkOf(stopped)).toEqual({ ...mark, paused: before ?? null })
    const back = released(stopped)
    expect('paused' in back.spec).toBe(before !== undefined)
    expect([back.spec.paused, back.metadata.annotations]).toEqual([
      before,
      expect.not.objectContaining({ 'argosy.dev/hold': '' }),
    ])
    expect(holdMarkOf(back)).toBeUndefined()
  },
)

it('SR-7: a pause that somebody ended meanwhile stays ended', () => {
  const stopped = held(paused(true))
  const resumed = { ...stopped, spec: { ...stopped.spec, paused: false } }
  expect(released(resumed).spec.paused).toBe(false)
})

it.each([
  '',
  '{',
  '[]',
  'null',
  '{"plan":"p1"}',
  JSON.stringify({ ...mark, since: 'soon', paused: null }),
  JSON.stringify({ ...mark, since: '2026-01-01T00:00:00Z', paused: 'no' }),
])('W12: what somebody else wrote there is not read as a hold: %s', (text) => {
  expect(holdMarkOf(withText(text))).toBe('unreadable')
})
