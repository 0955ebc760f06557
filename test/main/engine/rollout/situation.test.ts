import { describe, expect, it } from 'vitest'
import type { RolloutStatus } from '#api/rollout.ts'
import { podTemplateHash } from '#engine/pod-hash/pod-template-hash.ts'
import { assess } from '#engine/rollout/situation.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aPodTemplate, aRollout } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const hashOf = (image: string) => podTemplateHash(aPodTemplate(image))
const v = (version: number, options: Parameters<typeof aReplicaSet>[0] = {}) =>
  aReplicaSet({
    hash: hashOf(`web:${version}`),
    image: `web:${version}`,
    createdAt: `2026-01-15T0${version}:00:00Z`,
    ...options,
  })
const situation = (image: string, replicaSets: readonly ReturnType<typeof v>[], status: RolloutStatus = {}) =>
  assess(aWorld({ rollout: aRollout({ image, status }), replicaSets }), T0)
const names = (replicaSets: readonly ReturnType<typeof v>[]) =>
  replicaSets.map((rs) => rs.spec.template.spec?.containers[0]?.image)

describe('assess', () => {
  it('REC-22: tells current, stable, older and other ReplicaSets apart, oldest first, and leaves those of others out', () => {
    const foreign = v(4, { owner: 'uid-of-another' })
    const found = situation('web:3', [v(3), foreign, v(1), v(2)], { stableRS: hashOf('web:2') })
    expect(names(found.replicaSets)).toEqual(['web:1', 'web:2', 'web:3'])
    expect(found.currentRS).toEqual(v(3))
    expect(found.stableRS).toEqual(v(2))
    expect(names(found.olderRSs)).toEqual(['web:1', 'web:2'])
    expect(names(found.otherRSs)).toEqual(['web:1'])
  })

  it('REC-22: of ReplicaSets made in the same second the first by name counts as older', () => {
    const createdAt = '2026-01-15T09:00:00Z'
    const [b, a] = [v(1, { name: 'web-b', createdAt }), v(2, { name: 'web-a', createdAt })]
    expect(situation('web:3', [b, a]).replicaSets).toEqual([a, b])
  })

  it('REC-38, REC-162: a ReplicaSet found by its template keeps the hash it bears', () => {
    const borne = v(1, { hash: 'byanother' })
    const found = situation('web:1', [borne], { stableRS: 'byanother', currentPodHash: 'byanother' })
    expect(found.computedPodHash).toBe(hashOf('web:1'))
    expect(found.currentRS).toEqual(borne)
    expect(found.stableRS).toEqual(borne)
    expect(found.olderRSs).toEqual([])
  })

  it('REC-39, REC-161: the template that comes back with the defaults of the API server finds its ReplicaSet', () => {
    const written = aPodTemplate('web:1')
    const completed = {
      ...written,
      spec: {
        restartPolicy: 'Always',
        dnsPolicy: 'ClusterFirst',
        schedulerName: 'default-scheduler',
        securityContext: {},
        terminationGracePeriodSeconds: 30,
        containers: [
          {
            name: 'web',
            image: 'web:1',
            imagePullPolicy: 'IfNotPresent',
            terminationMessagePath: '/dev/termination-log',
            terminationMessagePolicy: 'File',
          },
        ],
      },
    }
    const rollout = aRollout({ spec: { template: completed } })
    const found = assess(aWorld({ rollout, replicaSets: [v(1), v(2)] }), T0)
    expect(found.computedPodHash).not.toBe(hashOf('web:1'))
    expect(found.currentRS).toEqual(v(1))
  })

  it('REC-37: of two with the hash, or two with the template, the older is the current one', () => {
    const [first, second] = [v(1), v(1, { name: 'web-again', createdAt: '2026-01-15T05:00:00Z' })]
    expect(situation('web:1', [second, first]).currentRS).toEqual(first)
    const equals = [
      v(1, { hash: 'x', name: 'web-x' }),
      v(1, { hash: 'y', name: 'web-y', createdAt: '2026-01-14T00:00:00Z' }),
    ]
    expect(situation('web:1', equals).currentRS?.metadata.name).toBe('web-y')
  })
})

it('EXP-904: a ReplicaSet of an Experiment is none of the Rollout, though it has its labels', () => {
  const own = aReplicaSet({ hash: 'v1' })
  const tried = aReplicaSet({ hash: 'v2', owner: 'uid-try', annotations: { 'experiment.argoproj.io/name': 'try' } })
  const { replicaSets } = assess(aWorld({ replicaSets: [own, tried] }), T0)
  expect(replicaSets).toEqual([own])
})
