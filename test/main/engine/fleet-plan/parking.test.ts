import { describe, expect, it } from 'vitest'
import type { AnalysisTemplate } from '#api/analysis.ts'
import type { CanaryStep } from '#api/rollout.ts'
import { command } from '#engine/fleet-plan/commands.ts'
import type { FleetPlan } from '#engine/fleet-plan/document.ts'
import { longStep } from '#engine/fleet-plan/parking.ts'
import {
  aFleet,
  aPlan,
  atGate,
  aWave,
  looking,
  memberStatus,
  pass,
  type Seen,
  seen,
} from '#test/support/builders/fleet-plan.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const at = (plan: FleetPlan, looks: Readonly<Record<string, Seen>>) => pass(plan, aFleet(looking(T0, looks)), T0)
const active = { state: 'Active', since: T0 } as const
const asked = { by: 'ann', at: T0, reason: 'the engine goes to sleep' }

const withSteps = (steps: readonly CanaryStep[]) => {
  const { rollout } = seen(T0, { steps })
  if (rollout === undefined) throw new Error('no Rollout')
  return rollout
}

describe('parking', () => {
  it('SR-5: a step longer than ten minutes is likely to be slept through; a pause for a person is not', () => {
    const steps = [{ setWeight: 20 }, { pause: {} }, { pause: { duration: '10m' } }, { pause: { duration: 601 } }]
    expect(longStep({ rollout: withSteps(steps) })).toEqual({ step: 3, ms: 601_000 })
    expect(longStep({ rollout: withSteps(steps.slice(0, 3)) })).toBeUndefined()
    const strategy = { blueGreen: { activeService: 'web', autoPromotionSeconds: 3600 } }
    const rollout = withSteps([])
    expect(longStep({ rollout: { ...rollout, spec: { ...rollout.spec, strategy } } })).toEqual({
      step: 0,
      ms: 3_600_000,
    })
  })

  it.each<[string, CanaryStep, number | undefined]>([
    ['an experiment', { experiment: { duration: '30m' } }, 30],
    ['an analysis, by what its templates measure', { analysis: { templates: [{ templateName: 'slow' }] } }, 21],
    ['an analysis of a template within another', { analysis: { templates: [{ templateName: 'outer' }] } }, 21],
    ['an analysis that is short', { analysis: { templates: [{ templateName: 'quick' }] } }, undefined],
    ['an analysis whose template is not there', { analysis: { templates: [{ templateName: 'gone' }] } }, undefined],
  ])('SR-5: %s is as long as it says', (_what, step, minutes) => {
    const spec = (metric: object) => ({ metrics: [{ name: 'errors', provider: {}, ...metric }] })
    const template = (name: string, more: object) => ({ metadata: { name }, spec: more }) as unknown as AnalysisTemplate
    const namespaced = {
      slow: template('slow', spec({ initialDelay: '1m', interval: '5m', count: '5' })),
      quick: template('quick', spec({ interval: '1m', count: 5 })),
      outer: template('outer', { templates: [{ templateName: 'slow' }] }),
    }
    const found = longStep({ rollout: withSteps([{ setWeight: 20 }, step]), templates: { namespaced, cluster: {} } })
    expect(found).toEqual(minutes === undefined ? undefined : { step: 1, ms: minutes * 60_000 })
  })

  it('SR-5: with requireInClusterController a member that a laptop drives is refused', () => {
    const members = { 'a/shop/web': { state: 'Admitting', since: T0 } } as const
    const plan = aPlan([aWave(['a'])], {
      parking: 'requireInClusterController',
      status: { waves: [active], members },
    })
    const next = at(plan, { a: { more: { isInCluster: false } } })
    expect(next.plan.status.members['a/shop/web']).toMatchObject({
      state: 'Refused',
      reason: 'no controller in its cluster acts on it, and the plan requires one',
    })
    expect(at(plan, { a: {} }).plan.status.members['a/shop/web']?.state).toBe('Admitting')
  })

  it('SR-5, FP-5: what is parked is aborted, also of a plan that is held; it failed then, and takes nothing back without a person', () => {
    const plan = aPlan([aWave(['a', 'b'], { maxConcurrent: 2 })], {
      parking: 'abort',
      onBreach: 'rollbackAll',
      status: {
        waves: [active],
        members: {
          'a/shop/web': memberStatus('AtGate', { gate: 1 }),
          'b/shop/web': memberStatus('AtGate', { gate: 1 }),
        },
        holds: [{ reason: 'Manual', since: T0, text: 'lunch', by: 'bob' }],
      },
    })
    const parked = command(plan, { kind: 'park', members: ['a/shop/web'] }, asked)
    if (!parked.ok) throw new Error(parked.error)
    const sent = at(parked.value, { a: atGate(1), b: atGate(1) })
    expect(sent.acts).toMatchObject([{ kind: 'abort', member: 'a/shop/web', because: 'SR-5' }])
    const aborted = atGate(1, {
      isAborted: true,
      phase: 'Degraded',
      isPaused: false,
      version: '2',
      abortedAt: '2026-01-15T10:00:00Z',
    })
    const woken = at(sent.plan, { a: aborted, b: atGate(1) })
    expect(woken.plan.status.members['a/shop/web']).toMatchObject({
      state: 'Failed',
      reason: 'it was aborted when the engine of its cluster went to sleep',
      isOldFailure: true,
    })
    expect([woken.plan.status.phase, woken.plan.status.rollback]).toEqual(['Running', undefined])
    const again = command(woken.plan, { kind: 'retry', member: 'a/shop/web', from: 'lastPause' }, asked)
    expect(again.ok && again.value.status.members['a/shop/web']).toMatchObject({
      state: 'Admitting',
      retry: { resumeAt: 1 },
    })
    expect(again.ok && again.value.status.members['a/shop/web']?.parked).toBeUndefined()
  })

  it('SR-5: what is not under way is not parked', () => {
    const plan = aPlan([aWave(['a'])], {
      status: { waves: [active], members: { 'a/shop/web': memberStatus('Succeeded') } },
    })
    expect(command(plan, { kind: 'park', members: ['a/shop/web'] }, asked).ok).toBe(false)
  })
})
