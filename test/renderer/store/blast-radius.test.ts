import { describe, expect, it } from 'vitest'
import type { ActionPreview, RolloutView } from '#contract/views.ts'
import { blastRadius, shareNow } from '#renderer/store/blast-radius.ts'
import { aCluster, aRollout } from '#test/support/fixture-fleet.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const pods = (desired: number): RolloutView['replicas'] => ({
  desired,
  current: desired,
  updated: 0,
  ready: desired,
  available: desired,
})
const paused = (context: string, weight: number, desired: number, name = 'web'): RolloutView =>
  aRollout(T0, { context, name, status: 'Paused', actualWeight: weight, setWeight: weight, replicas: pods(desired) })
const previewOf = ({ key }: RolloutView, reach?: number): ActionPreview => ({
  key,
  open: true,
  intent: { uid: '', currentPodHash: undefined, stableRS: undefined, stepIndex: 1, abort: false, paused: false },
  writes: [],
  effects: [],
  warnings: [],
  follows: undefined,
  ...(reach !== undefined && { reach }),
})
const clusters = [aCluster('eu', T0), aCluster('us', T0), aCluster('dev', T0, { protected: false })]
const views = [paused('eu', 60, 10), paused('us', 50, 30), paused('dev', 0, 5)]
const [eu, us, dev] = views as [RolloutView, RolloutView, RolloutView]

describe('what an action reaches', () => {
  it('UI-ACT-1: clusters, protected ones, pods and traffic before and after, of the chosen alone', () => {
    const previews = [previewOf(eu, 80), previewOf(us, 100), previewOf(dev, 100)]
    expect(blastRadius('promote', views, previews, new Set([eu.key, us.key]), clusters)).toEqual({
      clusters: 2,
      ofClusters: 3,
      protected: 2,
      applications: 1,
      ofApplications: 1,
      pods: 40,
      moved: { podsBefore: 21, podsAfter: 38, shareBefore: 53, shareAfter: 95 },
      replaces: false,
    })
  })

  it('one that moves no traffic tells the pods that are there, or are replaced', () => {
    const previews = views.map((view) => previewOf(view))
    const chosen = new Set(views.map(({ key }) => key))
    expect(blastRadius('pause', views, previews, chosen, clusters)).toMatchObject({ pods: 45, moved: undefined })
    expect(blastRadius('restart', views, previews, chosen, clusters).replaces).toBe(true)
  })

  it('one that is shut somewhere leaves the share there as it is', () => {
    const previews: ActionPreview[] = [previewOf(eu, 0), { key: us.key, open: false, reason: 'no right' }]
    const { moved } = blastRadius('abort', [eu, us], previews, new Set([eu.key]), clusters)
    expect(moved).toEqual({ podsBefore: 6, podsAfter: 0, shareBefore: 60, shareAfter: 0 })
  })

  it('there is no share of a blue-green or of a native workload', () => {
    expect(shareNow(aRollout(T0, { context: 'eu', name: 'web', strategy: 'blueGreen' }))).toBeUndefined()
    expect(shareNow(aRollout(T0, { context: 'eu', name: 'web', kind: 'Deployment' }))).toBeUndefined()
  })
})
