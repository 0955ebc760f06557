import { expect, it } from 'vitest'
import type { StepView } from '#contract/views.ts'
import { weightChanges } from '#renderer/format/weight-changes.ts'
import { aRollout } from '#test/support/fixture-fleet.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const aStep = (index: number, step: StepView['step'], endedAt?: number): StepView => ({
  index,
  step,
  state: endedAt === undefined ? 'future' : 'done',
  tookMs: undefined,
  endedAt,
  endsAt: undefined,
  canaryPods: undefined,
})

const steps = [
  aStep(0, { kind: 'setWeight', weight: 5 }, T0),
  aStep(1, { kind: 'pause', durationMs: 60_000 }, T0 + 60_000),
  aStep(2, { kind: 'setWeight', weight: 40 }, T0 + 70_000),
  aStep(3, { kind: 'setWeight', weight: 80 }),
]
const view = aRollout(T0, { context: 'prod-eu-west', name: 'checkout-api', revision: 48 })

it('UI-CH-4: the weight changed when a step that sets it was completed, where that is known', () => {
  expect(weightChanges({ steps, view }, { revision: 48 })).toEqual([
    { at: T0, words: '5%' },
    { at: T0 + 70_000, words: '40%' },
  ])
})

it('UI-CH-4: of an earlier revision the steps of this one say nothing', () => {
  expect(weightChanges({ steps, view }, { revision: 47 })).toEqual([])
})
