import { describe, expect, it } from 'vitest'
import type { Rollout, RolloutSpec } from '#api/rollout.ts'
import type { ActionName } from '#contract/views.ts'
import { failure, success } from '#lib/outcome.ts'
import { createCanI } from '#main/cluster/can-i.ts'
import type { PreviewSources } from '#main/controller/action-request.ts'
import { missingRight } from '#main/controller/missing-right.ts'
import { previewAction } from '#main/controller/preview-action.ts'
import { anActionStage } from '#test/support/action-stage.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aWorld } from '#test/support/builders/world.ts'
import type { FakeApi } from '#test/support/fake-api.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

describe('ACT-160…165: an action reads no more than it needs', () => {
  const readsOf = async (action: ActionName, spec: Partial<RolloutSpec> = {}) => {
    const { api, request } = anActionStage(spec)
    const parameters = action === 'setImage' ? { images: [{ container: 'web', image: 'web:3' }] } : {}
    await previewAction(request(action, { parameters }))
    return api.requests.map(({ verb, resource }) => `${verb} ${resource}`)
  }
  const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'base' }

  it.each(['promote', 'abort', 'pause', 'restart'] as const)('%s reads the Rollout', async (action) => {
    expect(await readsOf(action, { workloadRef })).toEqual(['get rollouts.argoproj.io'])
  })

  it('undo lists ReplicaSets, and reads the workload when there is one', async () => {
    expect(await readsOf('undo')).toEqual(['get rollouts.argoproj.io', 'list replicasets.apps'])
    expect(await readsOf('undo', { workloadRef })).toEqual([
      'get rollouts.argoproj.io',
      'list replicasets.apps',
      'get deployments.apps',
    ])
  })

  it('set image reads the workload when there is one', async () => {
    expect(await readsOf('setImage')).toEqual(['get rollouts.argoproj.io'])
    expect(await readsOf('setImage', { workloadRef })).toEqual(['get rollouts.argoproj.io', 'get deployments.apps'])
  })
})

describe('previewAction', () => {
  it('UI-ACT-5: shows the requests, their effects, and the intent; sends nothing', async () => {
    const { api, request } = anActionStage()
    const shown = await previewAction(request('abort'))
    expect(shown).toMatchObject({
      open: true,
      intent: { uid: 'uid-web', currentPodHash: 'v2', stableRS: 'v1', stepIndex: 1, abort: false, paused: true },
      writes: [
        { method: 'PATCH', body: '{"status":{"abort":true},"metadata":{"uid":"uid-web","resourceVersion":"101"}}' },
      ],
    })
    expect(shown).toMatchObject({ effects: expect.arrayContaining(['Traffic goes back to version v1']) })
    expect(api.writes).toEqual([])
  })

  it('UI-ACT-4: says why it is closed', async () => {
    const { request } = anActionStage()
    expect(await previewAction(request('retry'))).toMatchObject({ open: false, reason: 'Retry is open after an abort' })
    expect(await previewAction(request('abort', { name: 'other' }))).toMatchObject({
      open: false,
      reason: 'rollouts.argoproj.io "other" not found',
    })
  })

  it('ACT-53, ACT-99: revisions have their number and image once the ReplicaSets are at hand', async () => {
    const { api, request } = anActionStage()
    const replicaSets = [
      aReplicaSet({ hash: 'v1', image: 'registry.test/web:1.0.0', revision: 3 }),
      aReplicaSet({ hash: 'v2', image: 'registry.test/web:2.0.0', revision: 4 }),
    ]
    const world = async (rollout: Rollout) => aWorld({ rollout, replicaSets })
    const shown = await previewAction({ ...request('abort'), world })
    expect(shown).toMatchObject({
      effects: [
        'Traffic goes back to revision 3 (web:1.0.0)',
        expect.stringMatching(/the spec still names revision 4 \(web:2\.0\.0\)$/),
        expect.anything(),
      ],
    })
    expect(api.requests).toHaveLength(1)
  })
})

describe('ACT-14: rights, asked about each request of the plan', () => {
  const access = (api: FakeApi, allowed: (asked: string) => boolean | 'silent') => {
    const asked: string[] = []
    const canI = createCanI(
      {
        create: async (_resource, review) => {
          const { verb, resource, subresource, namespace, name } = attributesOf(review)
          const right = [verb, [resource, subresource].filter(Boolean).join('/'), `${namespace}/${name}`].join(' ')
          asked.push(right)
          const answer = allowed(right)
          if (answer === 'silent') return failure({ kind: 'ServerError', message: 'no', status: 500 })
          return success({ apiVersion: 'v1', kind: 'Review', metadata: { name: '' }, status: { allowed: answer } })
        },
      },
      new VirtualClock(),
    )
    const missing: PreviewSources['missingRight'] = (_rollout, writes) => missingRight(canI, writes)
    return { missing, asked, api }
  }
  const attributesOf = (review: unknown) =>
    (review as { spec: { resourceAttributes: Readonly<Record<string, string | undefined>> } }).spec.resourceAttributes

  it('ACT-14, ACT-160: an action that would be refused is closed, and says which right is missing', async () => {
    const { api, request } = anActionStage()
    const { missing, asked } = access(api, (right) => !right.includes('status'))
    expect(await previewAction({ ...request('promote'), missingRight: missing })).toMatchObject({
      open: false,
      reason: 'needs patch on rollouts/status in namespace shop',
    })
    expect(asked).toEqual(['patch rollouts/status shop/web', 'patch rollouts shop/web'])
    await previewAction({ ...request('promote'), missingRight: missing })
    expect(asked).toHaveLength(2)
  })

  it('ACT-14: is open with the rights, and where the question gets no answer', async () => {
    const { api, request } = anActionStage()
    expect(await previewAction({ ...request('abort'), missingRight: access(api, () => true).missing })).toMatchObject({
      open: true,
    })
    expect(
      await previewAction({ ...request('abort'), missingRight: access(api, () => 'silent').missing }),
    ).toMatchObject({ open: true })
  })
})
