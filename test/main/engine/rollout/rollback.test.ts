import { expect, it } from 'vitest'
import { isWithinRollbackWindow } from '#engine/rollout/rollback.ts'
import { assess } from '#engine/rollout/situation.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'
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
