import { expect, it } from 'vitest'
import type { RolloutStatus } from '#api/rollout.ts'
import { isReferenced } from '#engine/rollout/replica-set/referenced.ts'
import { assess } from '#engine/rollout/situation.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aRouteObject, aRouteTable } from '#test/support/builders/routing.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const rs = aReplicaSet({ hash: 'v7' })
const pingPong = { pingService: 'web-ping', pongService: 'web-pong' }
const canary = { pingPong, canaryService: 'web-canary', stableService: 'web-stable', trafficRouting: { istio: {} } }
const weights = (canaryHash: string, stableHash: string) => ({
  canary: {
    weights: {
      canary: { weight: 0, podTemplateHash: canaryHash },
      stable: { weight: 100, podTemplateHash: stableHash },
    },
  },
})

const subsets = (hash: string) =>
  aRouteTable([
    aRouteObject('destinationRules', 'web', {
      subsets: [{ name: 'stable' }, null, { name: 'canary', labels: { 'rollouts-pod-template-hash': hash } }],
    }),
  ])
const node = (hash: string) =>
  aRouteTable([
    aRouteObject('meshVirtualNodes', 'web', { podSelector: { matchLabels: { 'rollouts-pod-template-hash': hash } } }),
  ])

it.each<[string, RolloutStatus, Partial<RolloutWorld>, boolean]>([
  ['nothing', {}, {}, false],
  ['as stable', { stableRS: 'v7' }, {}, true],
  ['as current', { currentPodHash: 'v7' }, {}, true],
  ['by the weight of the canary', weights('v7', 'v1'), {}, true],
  ['by the weight of stable', weights('v2', 'v7'), {}, true],
  ['by a Service', {}, { services: { 'web-canary': aService('web-canary', 'v7') } }, true],
  ['by a Service that is not its own', {}, { services: { other: aService('other', 'v7') } }, false],
  ['by pong, which nobody is sent to', {}, { services: { 'web-pong': aService('web-pong', 'v7') } }, false],
  ['by a subset', {}, { routes: subsets('v7') }, true],
  ['by the subset of another', {}, { routes: subsets('v8') }, false],
  ['by a virtual node', {}, { routes: node('v7') }, true],
])('REC-117, SVC-26: %s points at a ReplicaSet', (_what, status, parts, expected) => {
  const situation = assess(aWorld({ rollout: { ...aRollout({ canary }), status }, ...parts }), T0)
  expect(isReferenced(situation, rs)).toBe(expected)
})
