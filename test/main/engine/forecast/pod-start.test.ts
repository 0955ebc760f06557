import { describe, expect, it } from 'vitest'
import type { Pod } from '#api/core.ts'
import { isFailing, observedPodStart } from '#engine/forecast/pod-start.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aPod } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const stable = aReplicaSet({ hash: 'v1', size: 3 })
const canary = aReplicaSet({ hash: 'v2', image: 'web:2', size: 3 })
const rollout = aRollout({ status: { currentPodHash: 'v2', stableRS: 'v1' } })

/** A pod that was created at T0 and got ready after so many seconds; not yet when `undefined`. */
function started(
  rs: typeof stable,
  index: number,
  seconds: number | undefined,
  more: Partial<Pod['status']> = {},
): Pod {
  const pod = aPod(rs, index, formatSeconds(T0))
  const ready =
    seconds === undefined
      ? []
      : [{ type: 'Ready', status: 'True' as const, lastTransitionTime: formatSeconds(T0 + seconds * 1000) }]
  return { ...pod, status: { ...pod.status, conditions: ready, ...more } }
}
const observedOf = (...pods: readonly Pod[]) =>
  observedPodStart(aWorld({ rollout, replicaSets: [stable, canary], pods }))

describe('observedPodStart', () => {
  it('is the median of the ready pods of the wanted revision', () => {
    const pods = [started(stable, 0, 300), started(canary, 0, 9), started(canary, 1, 60), started(canary, 2, 12)]
    expect(observedOf(...pods)).toEqual({ ms: 12_000, pods: 3 })
  })

  it('is that of all revisions while none of the wanted one is ready', () => {
    expect(observedOf(started(stable, 0, 20), started(canary, 0, undefined))).toEqual({ ms: 20_000, pods: 1 })
  })

  it('leaves out pods that were restarted, for they got ready again much later', () => {
    const again = { containerStatuses: [{ name: 'app', ready: true, restartCount: 2 }] } as Pod['status']
    expect(observedOf(started(canary, 0, 4000, again), started(canary, 1, 15))).toEqual({ ms: 15_000, pods: 1 })
  })

  it('is not known when no pod is ready', () => {
    expect(observedOf()).toBeUndefined()
    expect(observedOf(started(canary, 0, undefined))).toBeUndefined()
  })
})

it.each([
  ['CrashLoopBackOff', true],
  ['ImagePullBackOff', true],
  ['ErrImagePull', true],
  ['CreateContainerConfigError', true],
  ['ContainerCreating', false],
  ['PodInitializing', false],
])('a container that waits in %s fails: %s', (reason, expected) => {
  const container = { name: 'app', ready: false, restartCount: 0, state: { waiting: { reason } } }
  expect(isFailing(started(canary, 0, undefined, { containerStatuses: [container] }))).toBe(expected)
})
