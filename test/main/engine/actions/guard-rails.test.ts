import { describe, expect, it } from 'vitest'
import type { RolloutStatus } from '#api/rollout.ts'
import type { RolloutAction } from '#engine/actions/action-plan.ts'
import {
  type Assurance,
  type GuardFacts,
  guardOf,
  heldBack,
  isUnderWay,
  type Rails,
  setAside,
} from '#engine/actions/guard-rails.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const none: Rails = { isProtected: false, freezes: [], changesMax: undefined, problem: undefined }
const freeze = { from: T0, until: T0 + 3_600_000, reason: 'year-end close' }
const at = { context: 'prod-eu', name: 'web' }
const moving: RolloutStatus = { currentPodHash: 'b', stableRS: 'a' }
const resting: RolloutStatus = { currentPodHash: 'a', stableRS: 'a' }

const guard = (
  action: RolloutAction,
  rails: Partial<Rails>,
  {
    status = moving,
    ...facts
  }: Partial<Omit<GuardFacts, 'rails' | 'action' | 'rollout'>> & { status?: RolloutStatus } = {},
) =>
  guardOf({ action, rails: { ...none, ...rails }, rollout: aRollout({ status }), underWay: () => 0, now: T0, ...facts })

const refusal = (of: ReturnType<typeof guard>, given: Partial<Assurance> = {}) =>
  heldBack(of, { reason: '', ...given }, at)

const forward: readonly RolloutAction[] = [
  'setImage',
  'promote',
  'promoteFull',
  'skipStep',
  'resume',
  'retry',
  'restart',
  'terminateAnalysis',
  'terminateExperiment',
]
const others: readonly RolloutAction[] = ['abort', 'undo', 'pause', 'cancelRestart', 'rerunAnalysis']

describe('a freeze', () => {
  it.each(forward)('UI-ACT-1: shuts %s, says until when, and opens to who breaks the glass with a reason', (action) => {
    const shut = guard(action, { freezes: [freeze] })
    expect(shut.closed).toEqual({ why: 'frozen until 2026-01-15T11:00:00Z: year-end close', until: freeze.until })
    expect(refusal(shut)).toContain('frozen until 2026-01-15T11:00:00Z: year-end close. Whoever must send it')
    expect(refusal(shut, { reason: 'INC-1' })).toContain('frozen')
    expect(refusal(shut, { breakGlass: true, reason: '  ' })).toContain('a written reason is needed to break the glass')
    expect(refusal(shut, { breakGlass: true, reason: 'INC-1' })).toBeUndefined()
    expect(setAside(shut, { breakGlass: true, reason: 'INC-1' })).toContain('year-end close')
    expect(setAside(shut, { reason: 'INC-1' })).toBeUndefined()
  })

  it.each(others)('never stands in the way of %s, nor does a limit, protection or a broken file', (action) => {
    const rails = { freezes: [freeze], isProtected: true, changesMax: 1, problem: 'broken' }
    expect(refusal(guard(action, rails, { underWay: () => 9 }))).toBeUndefined()
  })

  it('holds from its first moment to before its last, and the longest is told', () => {
    const closed = (now: number) => guard('promote', { freezes: [freeze] }, { now }).closed
    expect(closed(T0 - 1)).toBeUndefined()
    expect(closed(T0)).toBeDefined()
    expect(closed(freeze.until - 1)).toBeDefined()
    expect(closed(freeze.until)).toBeUndefined()
    const longer = { ...freeze, until: freeze.until + 1000, reason: 'audit' }
    expect(guard('promote', { freezes: [freeze, longer, freeze] }).closed?.why).toContain('audit')
  })

  it('settings that cannot be read shut as well', () => {
    expect(refusal(guard('promote', { problem: 'clusters.json is not as it should be' }))).toContain('cannot be read')
  })
})

describe('the limit of changes under way', () => {
  const underWay = () => 3

  it('shuts what begins another one, and nothing that goes on with one', () => {
    const why = '3 changes are under way in the fleet, and no more than 3 may be'
    for (const action of ['setImage', 'retry', 'restart'] as const) {
      expect(guard(action, { changesMax: 3 }, { underWay, status: resting }).closed?.why).toBe(why)
      expect(guard(action, { changesMax: 3 }, { underWay, status: moving }).closed).toBeUndefined()
      expect(guard(action, { changesMax: 4 }, { underWay, status: resting }).closed).toBeUndefined()
    }
    expect(guard('promote', { changesMax: 3 }, { underWay, status: resting }).closed).toBeUndefined()
    expect(guard('setImage', { changesMax: 1 }, { underWay: () => 1, status: resting }).closed?.why).toContain(
      '1 change is',
    )
  })

  it('nobody counts where there is none, and what is not known is not taken for few', () => {
    const never = () => expect.unreachable()
    expect(guard('setImage', {}, { underWay: never as () => number, status: resting }).closed).toBeUndefined()
    expect(guard('setImage', { changesMax: 3 }, { underWay: () => undefined, status: resting }).closed?.why).toContain(
      'not known',
    )
  })

  it('an aborted update is none', () => {
    expect(isUnderWay(aRollout({ status: moving }))).toBe(true)
    expect(isUnderWay(aRollout({ status: { ...moving, abort: true } }))).toBe(false)
    expect(isUnderWay(aRollout({ status: resting }))).toBe(false)
  })
})

describe('a protected context', () => {
  it.each(forward)('UI-ACT-2: asks for its name before %s', (action) => {
    const shut = guard(action, { isProtected: true })
    const again = action === 'promoteFull' ? { again: true } : {}
    expect(refusal(shut, again)).toBe('the context is protected: confirm it by its name, prod-eu')
    expect(refusal(shut, { typed: 'prod-EU', ...again })).toContain('by its name')
    for (const typed of ['prod-eu', 'web']) expect(refusal(shut, { typed, ...again })).toBeUndefined()
    expect(refusal(shut, { typed: '4', ...again })).toContain('by its name')
    expect(refusal(shut, { typed: '4', of: 4, ...again })).toBeUndefined()
  })

  it('asks twice before every check is skipped', () => {
    expect(refusal(guard('promoteFull', { isProtected: true }), { typed: 'prod-eu' })).toContain('confirm once more')
    expect(refusal(guard('promoteFull', {}))).toBeUndefined()
  })
})

describe('an analysis that says nothing good', () => {
  const canary = (status: string): RolloutStatus => ({
    ...moving,
    canary: { currentStepAnalysisRunStatus: { name: 'a', status } },
  })

  it.each(['Failed', 'Error', 'Inconclusive'])('%s: who goes past it says why', (phase) => {
    for (const action of ['promote', 'promoteFull', 'skipStep'] as const) {
      const shut = guard(action, {}, { status: canary(phase) })
      expect(refusal(shut)).toBe(`a written reason is needed: its analysis says ${phase}`)
      expect(refusal(shut, { reason: 'known flake' })).toBeUndefined()
      expect(setAside(shut, { reason: 'known flake' })).toBe(`its analysis says ${phase}`)
    }
    expect(refusal(guard('retry', {}, { status: canary(phase) }))).toBeUndefined()
  })

  it('the worst of several counts, in the background, before and after a cut-over, or by the pause alone', () => {
    const of = (status: RolloutStatus) => guard('promote', {}, { status: { ...moving, ...status } }).reasonFor
    const run = (status: string) => ({ name: 'a', status })
    expect(of(canary('Successful'))).toBeUndefined()
    expect(
      of({ canary: { currentStepAnalysisRunStatus: run('Error'), currentBackgroundAnalysisRunStatus: run('Failed') } }),
    ).toContain('Failed')
    expect(of({ blueGreen: { prePromotionAnalysisRunStatus: run('Failed') } })).toContain('Failed')
    expect(of({ blueGreen: { postPromotionAnalysisRunStatus: run('Error') } })).toContain('Error')
    const startTime = '2026-01-15T10:00:00Z'
    expect(of({ pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime }] })).toContain('Inconclusive')
    expect(of({ pauseConditions: [{ reason: 'CanaryPauseStep', startTime }] })).toBeUndefined()
  })
})
