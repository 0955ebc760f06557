import { expect, it } from 'vitest'
import { fastRollbackReason, isFastRollback, isRollback, isWithinRollbackWindow } from '#engine/rollout/rollback.ts'
import { assess } from '#engine/rollout/situation.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'
import { T0 } from '#test/support/virtual-clock.ts'

/** Back from the fourth of four ReplicaSets to the first; `annotations` are those of the two in between. */
function isNear(revisions: number | undefined, ...annotations: readonly Readonly<Record<string, string>>[]): boolean {
  const rollout = aRollout({
    spec: revisions === undefined ? {} : { rollbackWindow: { revisions } },
    status: { stableRS: 'v4', currentPodHash: 'v1' },
  })
  const replicaSets = ['v1', 'v2', 'v3', 'v4'].map((hash, i) =>
    aReplicaSet({
      hash,
      image: `web:${i + 1}`,
      createdAt: `2026-01-15T09:0${i}:00Z`,
      annotations: annotations[i - 1] ?? {},
    }),
  )
  return isWithinRollbackWindow(assess(aWorld({ rollout, replicaSets }), T0))
}

it.each([
  ['API-15', undefined, false],
  ['API-15', 0, false],
  ['API-15', 2, false],
  ['API-15', 3, true],
])('%s: with a window of %s, past two others is near enough: %s', (_rule, revisions, expected) => {
  expect(isNear(revisions)).toBe(expected)
})

it('API-150: ReplicaSets of experiments do not count', () => {
  const experiment = { 'experiment.argoproj.io/name': 'exp' }
  expect(isNear(2, experiment)).toBe(true)
  expect(isNear(1, experiment, experiment)).toBe(true)
  expect(isNear(1, experiment)).toBe(false)
})

it.each<[string, string, object, string | undefined, readonly (boolean | string)[]]>([
  ['newer than stable', 'v3', {}, undefined, [false, false, '']],
  ['older than stable', 'v1', {}, undefined, [true, false, '']],
  [
    'older, within the window',
    'v1',
    { rollbackWindow: { revisions: 1 } },
    undefined,
    [true, true, 'Rollback within window'],
  ],
  ['stable itself', 'v2', {}, undefined, [true, true, 'Fast rollback']],
  ['older, of a canary, with a deadline ahead', 'v1', {}, '2026-01-15T10:01:00Z', [true, false, '']],
])('REC-90a: current is %s', (_what, current, spec, deadline, expected) => {
  const replicaSets = ['v1', 'v2', 'v3'].map((hash, i) =>
    aReplicaSet({
      hash,
      image: hash === current ? 'web:now' : `web:${hash}`,
      createdAt: `2026-01-15T09:0${i}:00Z`,
      ...(hash === current && deadline !== undefined && { deadline }),
    }),
  )
  const rollout = aRollout({ image: 'web:now', spec, status: { stableRS: 'v2' } })
  const situation = assess(aWorld({ rollout, replicaSets }), T0)
  const fast = isFastRollback(situation)
  expect([isRollback(situation), fast, fast ? fastRollbackReason(situation) : '']).toEqual(expected)
})

it.each([
  ['2026-01-15T10:01:00Z', true],
  ['2026-01-15T09:59:59Z', false],
  [undefined, false],
])('REC-90a: blue-green, older, with deadline %s, is fast: %s', (deadline, expected) => {
  const [older, stable] = [
    aReplicaSet({ hash: 'v1', image: 'web:1', ...(deadline !== undefined && { deadline }) }),
    aReplicaSet({ hash: 'v2', image: 'web:2', createdAt: '2026-01-15T09:30:00Z' }),
  ]
  const rollout = aRollout({ blueGreen: { activeService: 'a' }, status: { stableRS: 'v2' } })
  expect(isFastRollback(assess(aWorld({ rollout, replicaSets: [older, stable] }), T0))).toBe(expected)
})

it('REC-173: the window counts by age, although going back and forth has turned the revision numbers round', () => {
  const spec = { rollbackWindow: { revisions: 1 } }
  const steps = [{ setWeight: 50 }, { pause: {} }]
  const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 2, steps, spec }) })).settle()
  for (const image of ['web:2', 'web:3', 'web:1']) {
    journey.now += 3_600_000
    journey.setImage(image).settle().promoteFull().settle()
  }
  // Revisions are 4, 2 and 3 now; the oldest is stable, so that nothing is older.
  journey.now += 3_600_000
  journey.setImage('web:2').settle()
  expect(journey.phase).toBe('Paused: CanaryPauseStep')
  journey.promoteFull().settle()
  journey.now += 3_600_000
  journey.setImage('web:1').settle()
  expect(journey.phase).toBe('Healthy')
})
