import { expect, it } from 'vitest'
import { watchedKind } from '#main/cluster/watched-kinds.ts'

const id = 'argo-rollouts.argoproj.io/controller-instance-id'

it('API-149, API-255: Rollouts are those of one instance id, or those without any', () => {
  expect(watchedKind('rollouts', 'blue').scope).toEqual({ labelSelector: `${id}=blue` })
  expect(watchedKind('rollouts', undefined).scope).toEqual({ labelSelector: `!${id}` })
})

it('API-255, API-140: ReplicaSets are those with a hash, and Services all, whatever the instance id', () => {
  expect(watchedKind('replicaSets', 'blue').scope).toEqual({ labelSelector: 'rollouts-pod-template-hash' })
  expect(watchedKind('services', 'blue').scope).toEqual({})
})
