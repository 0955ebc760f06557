import { describe, expect, it } from 'vitest'
import type { Deployment } from '#api/apps.ts'
import { annotations, labels } from '#api/keys.ts'
import type { Rollout } from '#api/rollout.ts'
import { planBackToDeployment } from '#engine/migration/back-to-deployment.ts'
import {
  type MigrationPlan,
  type MigrationWorld,
  nextStep,
  readMadeFrom,
  targetDeployment,
  targetRollout,
} from '#engine/migration/migration.ts'
import {
  aBorrower,
  aMigrationWorld,
  anAutoscaler,
  aWebService,
  emptied,
  summariesOf,
} from '#test/support/builders/migration.ts'
import { aDeployment } from '#test/support/builders/workload.ts'

const ref = (scaleDown: string) => ({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', scaleDown })
/** The Rollout has let go, and its engine has seen that. */
const freed = aBorrower({
  metadata: { generation: 2 },
  spec: { workloadRef: ref('never') },
  status: { observedGeneration: '2' },
})
const plan = (rollout: Rollout, world: Partial<MigrationWorld> = {}) =>
  planBackToDeployment(aMigrationWorld({ deployment: emptied(), rollouts: [rollout], ...world }), rollout)

function planned(...args: Parameters<typeof plan>): MigrationPlan {
  const outcome = plan(...args)
  if (!outcome.ok) throw new Error(outcome.error.reason)
  return outcome.value
}
const nextOf = (...args: Parameters<typeof plan>) => nextStep(planned(...args))
const grown = (available: number): Deployment =>
  aDeployment({ status: { readyReplicas: available, availableReplicas: available } })

describe('back to the Deployment', () => {
  it('REC-86: all steps in order, each by itself', () => {
    const autoscalers = [anAutoscaler(targetRollout('web'))]
    expect(summariesOf(plan(aBorrower(), { autoscalers }))).toEqual([
      '→ Tell Rollout web to leave Deployment web and all Services alone',
      '… Its engine has seen that',
      '→ Scale Deployment web from 0 to 3',
      '… All pods of Deployment web are available',
      '→ Point HorizontalPodAutoscaler web at Deployment web',
      '→ Delete Rollout web, and its pods with it',
      '… Rollout web is gone',
    ])
  })

  it('REC-86: first the engine is told to leave the Deployment alone, and has to have seen it', () => {
    expect(nextOf(aBorrower())?.write).toMatchObject({
      kind: 'patch',
      body: { spec: { workloadRef: { scaleDown: 'never' } } },
      precondition: { uid: 'uid-rollout', resourceVersion: '9' },
    })
    const told = aBorrower({ metadata: { generation: 2 }, spec: { workloadRef: ref('never') } })
    expect(nextOf(told)).toMatchObject({ summary: 'Its engine has seen that', progress: 'no engine has seen it yet' })
    expect(nextOf(told, { driver: 'unknown' })?.summary).toBe('Its engine has seen that')
    expect(nextOf(told, { driver: 'nobody' })?.summary).toBe('Scale Deployment web from 0 to 3')
  })

  it('then the Deployment gets as many pods as the Rollout has now, not as it had once', () => {
    const more = aBorrower({
      metadata: {
        ...freed.metadata,
        annotations: {
          [annotations.madeFrom]: '{"deployment":"web","uid":"other","replicas":3,"autoscalers":["gone"]}',
        },
      },
      spec: { ...freed.spec, replicas: 7 },
      status: { observedGeneration: '2' },
    })
    const all = planned(more)
    expect(nextStep(all)?.write).toMatchObject({
      body: { spec: { replicas: 7 } },
      precondition: { uid: 'uid-deployment', resourceVersion: '7' },
    })
    expect(all.warnings).toEqual([
      'It had 3 pods before; the Rollout has 7 now, and so many it gets',
      'Deployment web is another than the one that the Rollout was made from',
      'HorizontalPodAutoscaler gone, which scaled it before, is gone',
      'Until the Rollout is gone there are 14 pods: nodes and quotas need room for 7 more',
    ])
  })

  it.each([0, 1, 2])('nothing is deleted while %i of 3 pods are available', (available) => {
    expect(nextOf(freed, { deployment: grown(available) })).toMatchObject({
      summary: 'All pods of Deployment web are available',
      progress: `${available} of 3 new pods are available`,
    })
  })

  it('nor while its controller has not seen the size', () => {
    const stale = aDeployment({ metadata: { generation: 3 } })
    expect(nextOf(freed, { deployment: stale })).toMatchObject({
      progress: 'its controller has not seen this change yet',
    })
  })

  it('then what scales is pointed back, and only then the Rollout goes', () => {
    const autoscalers = [anAutoscaler(targetRollout('web'))]
    expect(nextOf(freed, { deployment: grown(3), autoscalers })?.write).toMatchObject({
      body: { spec: { scaleTargetRef: targetDeployment('web') } },
    })
    const back = [anAutoscaler(targetDeployment('web'))]
    expect(nextOf(freed, { deployment: grown(3), autoscalers: back })?.write).toMatchObject({
      kind: 'delete',
      precondition: { uid: 'uid-rollout', resourceVersion: '9' },
      propagationPolicy: 'Background',
    })
    const going = aBorrower({
      metadata: { ...freed.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
      spec: freed.spec,
      status: { observedGeneration: '2' },
    })
    expect(nextOf(going, { deployment: grown(3) })?.summary).toBe('Rollout web is gone')
  })

  it('what scales the Deployment again may make it smaller, and is not fought', () => {
    const smaller = aDeployment({
      spec: { replicas: 2 },
      status: { replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
    })
    const autoscalers = [anAutoscaler(targetDeployment('web'))]
    expect(nextOf(freed, { deployment: smaller, autoscalers })?.write?.kind).toBe('delete')
    // At 0 it scales nothing.
    expect(nextOf(freed, { autoscalers })?.summary).toBe('Scale Deployment web from 0 to 3')
  })

  it('REC-14: blue-green lets go of its Service before the Rollout does', () => {
    const strategy = { blueGreen: { activeService: 'web', autoPromotionEnabled: false } }
    const rollout = aBorrower({ spec: { strategy } })
    expect(nextOf(rollout)?.write).toMatchObject({
      body: { spec: { workloadRef: { scaleDown: 'never' }, strategy: { blueGreen: null, canary: {} } } },
    })
    const held = aWebService(
      'web',
      { app: 'web', [labels.podTemplateHash]: 'aaa' },
      { annotations: { [annotations.managedByRollouts]: 'web' } },
    )
    expect(nextOf(freed, { services: [held] })?.write).toMatchObject({
      body: {
        metadata: { annotations: { [annotations.managedByRollouts]: null } },
        spec: { selector: { [labels.podTemplateHash]: null } },
      },
    })
    const others = [
      aWebService(
        'other',
        { [labels.podTemplateHash]: 'aaa' },
        { annotations: { [annotations.managedByRollouts]: 'b' } },
      ),
      aWebService('by-hand', { [labels.podTemplateHash]: 'zzz' }),
    ]
    expect(nextOf(freed, { services: others })?.summary).toBe('Scale Deployment web from 0 to 3')
  })

  it('a canary lets go of Services, routes and the steps that need them', () => {
    const canary = {
      maxSurge: 1,
      stableService: 'stable',
      canaryService: 'canary',
      trafficRouting: { nginx: { stableIngress: 'web' } },
      steps: [{ setWeight: 5 }],
    }
    expect(nextOf(aBorrower({ spec: { workloadRef: ref('never'), strategy: { canary } } }))?.write).toMatchObject({
      body: {
        spec: {
          strategy: { canary: { stableService: null, canaryService: null, trafficRouting: null, steps: null } },
        },
      },
    })
  })

  it.each<[string, Rollout, Partial<MigrationWorld>, string]>([
    ['an update is under way', aBorrower({ status: { currentPodHash: 'bbb' } }), {}, 'the version that is on trial'],
    ['an update was aborted', aBorrower({ status: { currentPodHash: 'bbb', abort: true } }), {}, 'on trial'],
    ['the Deployment is gone', aBorrower(), { deployment: undefined }, 'there is nothing to go back to'],
    ['it is paused', aBorrower(), { deployment: emptied({ paused: true }) }, 'Open after Deployment web is resumed'],
    ['it borrows from none', aBorrower({ spec: { workloadRef: undefined } as never }), {}, 'from no Deployment'],
  ])('is closed while %s', (_name, rollout, world, reason) => {
    const outcome = plan(rollout, world)
    expect(outcome.ok ? undefined : outcome.error.reason).toContain(reason)
  })

  it('is open for a Rollout that no engine has seen: its Deployment has all pods', () => {
    const unseen = aBorrower({
      status: { observedGeneration: undefined, currentPodHash: undefined, stableRS: undefined } as never,
    })
    expect(nextOf(unseen, { deployment: aDeployment(), driver: 'nobody' })?.summary).toContain('Tell Rollout web')
  })

  it('what somebody else wrote into the annotation is not believed', () => {
    const withNote = (note: string) =>
      readMadeFrom(aBorrower({ metadata: { annotations: { [annotations.madeFrom]: note } } }))
    expect(withNote('{"deployment":1}')).toBeUndefined()
    expect(withNote('null')).toBeUndefined()
    expect(withNote('no json')).toBeUndefined()
    expect(withNote('{"deployment":"web","replicas":2,"autoscalers":[1,"a"]}')).toEqual({
      deployment: 'web',
      uid: '',
      replicas: 2,
      autoscalers: ['a'],
    })
  })
})
