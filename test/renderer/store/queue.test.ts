import { describe, expect, it } from 'vitest'
import { buildQueue } from '#contract/attention.ts'
import type { ClusterView, RolloutView } from '#contract/views.ts'
import { helpfulActions } from '#renderer/store/queue.ts'
import { aCluster, actionsFor, aRollout } from '#test/support/fixture-fleet.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const MINUTE = 60_000
const at = (name: string, status: RolloutView['status'], ageMin: number, more: Partial<RolloutView> = {}) =>
  aRollout(T0, { context: 'prod', name, status, ageMs: ageMin * MINUTE, actions: actionsFor(status), ...more })
const names = (views: readonly RolloutView[], clusters: readonly ClusterView[] = [aCluster('prod', T0)]) =>
  buildQueue(new Map(views.map((view) => [view.key, view])), clusters).map((entry) =>
    entry.kind === 'cluster' ? entry.cluster.context : `${entry.view.name}`,
  )

describe('Needs you', () => {
  it('UI-STAT-6: Degraded, Inconclusive, Aborted, Paused without timer, Drift, credential', () => {
    const pause = { reason: 'CanaryPauseStep', startedAt: T0, resumesAt: undefined }
    const failure = { kind: 'Unauthorized', message: 'ended' } as const
    const ended = aCluster('locked', T0, { connection: { state: 'signInNeeded', since: T0, failure } })
    const views = [
      at('drifted', 'Healthy', 1, { drift: true }),
      at('paused', 'Paused', 1, { pause }),
      at('aborted', 'Aborted', 1),
      at('inconclusive', 'Inconclusive', 1),
      at('degraded', 'Degraded', 1),
    ]
    expect(names(views, [ended, aCluster('prod', T0)])).toEqual([
      'degraded',
      'inconclusive',
      'aborted',
      'paused',
      'drifted',
      'locked',
    ])
  })

  it('UI-STAT-6: a timed pause, a running and a healthy rollout are not in it', () => {
    const pause = { reason: 'CanaryPauseStep', startedAt: T0, resumesAt: T0 + MINUTE }
    expect(names([at('a', 'Paused', 1, { pause }), at('b', 'Progressing', 1), at('c', 'Healthy', 1)])).toEqual([])
  })

  it('UI-STAT-6: within a class protected clusters come first, then the oldest', () => {
    const clusters = [aCluster('prod', T0), aCluster('dev', T0, { protected: false })]
    const views = [
      aRollout(T0, { context: 'dev', name: 'oldest-but-dev', status: 'Degraded', ageMs: 9 * MINUTE }),
      at('young', 'Degraded', 1),
      at('old', 'Degraded', 5),
    ]
    expect(names(views, clusters)).toEqual(['old', 'young', 'oldest-but-dev'])
  })

  it('offers at most two actions, only open ones', () => {
    expect(helpfulActions(at('a', 'Degraded', 1))).toEqual(['abort', 'undo'])
    expect(helpfulActions(at('a', 'Aborted', 1))).toEqual(['retry', 'undo'])
    expect(helpfulActions(at('a', 'Paused', 1))).toEqual(['promote', 'abort'])
    expect(helpfulActions(at('a', 'Healthy', 1))).toEqual([])
  })
})

it('UI-STAT-7: drift says what most clusters run and how many those are, and nothing of it in a tie', () => {
  const at = (context: string, version: string, drift: boolean) =>
    aRollout(T0, { context, name: 'cart', version, stableVersion: version, drift })
  const queueOf = (...views: readonly ReturnType<typeof at>[]) =>
    buildQueue(new Map(views.map((view) => [view.key, view])), [])
  expect(queueOf(at('eu', '1.19.0', false), at('us', '1.19.0', false), at('ap', '1.18.2', true))).toMatchObject([
    { kind: 'drift', majority: { version: '1.19.0', clusters: 2 } },
  ])
  expect(
    queueOf(at('eu', '1', true), at('us', '2', true)).map((each) => each.kind === 'drift' && each.majority),
  ).toEqual([undefined, undefined])
})
