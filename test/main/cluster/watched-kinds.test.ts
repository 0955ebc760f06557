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

it('OPS-50, PRV-410: analyses are those of one instance id, and Jobs those that measure for one', () => {
  for (const kind of ['analysisRuns', 'analysisTemplates', 'clusterAnalysisTemplates', 'experiments'] as const) {
    expect(watchedKind(kind, 'blue').scope).toEqual({ labelSelector: `${id}=blue` })
    expect(watchedKind(kind, undefined).scope).toEqual({ labelSelector: `!${id}` })
  }
  expect(watchedKind('jobs', 'blue').scope).toEqual({ labelSelector: 'analysisrun.argoproj.io/uid' })
})

it('GW-20, OPS-51: of ConfigMaps the one record of the Gateway API plugin, and not what else people keep there', () => {
  expect(watchedKind('configMaps', undefined).scope).toEqual({
    fieldSelector: 'metadata.name=argo-gatewayapi-configmap',
  })
})
