import { describe, expect, it } from 'vitest'
import type { ReplicaSet } from '#api/apps.ts'
import type { Service } from '#api/core.ts'
import type { Write } from '#engine/decision.ts'
import { serviceNames } from '#engine/rollout/service-names.ts'
import { ensureService, selectedHash, switchService } from '#engine/rollout/services.ts'
import { assess } from '#engine/rollout/situation.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const mark = 'argo-rollouts.argoproj.io/managed-by-rollouts'
const managed = (hash?: string, by = 'web') => aService('live', hash, { [mark]: by })
const situation = assess(aWorld({ rollout: aRollout() }), T0)

const patches = (writes: readonly Write[]) =>
  writes.flatMap((write) => (write.kind === 'patch' ? [{ type: write.patchType, body: write.body }] : []))
const events = (writes: readonly Write[]) =>
  writes.flatMap((write) => (write.kind === 'event' ? [`${write.reason}: ${write.message}`] : []))

const selecting = (hash: string) => ({ spec: { selector: { 'rollouts-pod-template-hash': hash } } })
const marking = { metadata: { annotations: { [mark]: 'web' } } }

describe('SVC-1, SVC-2: a Service that is switched', () => {
  const { spec: _spec, ...bare } = aService('live')
  it.each<[string, Service, object, string]>([
    ['without the mark gets it', aService('live', 'h1'), { ...marking, ...selecting('h2') }, 'h1'],
    ['with the mark gets the hash alone', managed('h1'), selecting('h2'), 'h1'],
    ['keeps a mark of whatever value', managed('h1', ''), selecting('h2'), 'h1'],
    ['may have selected any pod', managed(), selecting('h2'), ''],
    ['may have had no selector', { ...bare, spec: {} }, { ...marking, ...selecting('h2') }, ''],
  ])('SVC-2, CAN-47: %s', (_what, service, body, from) => {
    const writes = switchService(situation, service, 'h2', 'SVC-2')
    expect(patches(writes)).toEqual([{ type: 'merge', body }])
    expect(writes[0]).toMatchObject({ ref: { namespace: 'shop', name: 'live' } })
    expect(events(writes)).toEqual([`SwitchService: Switched selector for service 'live' from '${from}' to 'h2'`])
  })

  it('SVC-3: is left alone only where it has both hash and mark', () => {
    expect(switchService(situation, managed('h2'), 'h2', 'SVC-3')).toEqual([])
    const marked = switchService(situation, aService('live', 'h2'), 'h2', 'SVC-3')
    expect(patches(marked)).toEqual([{ type: 'merge', body: { ...marking, ...selecting('h2') } }])
  })
})

describe('SVC-5, SVC-6: a Service that follows its ReplicaSet', () => {
  const rs = (size: number, available: number): ReplicaSet => aReplicaSet({ hash: 'h2', size, available })
  const own = aService('live', 'h1')

  it.each<[string, Service | undefined, ReplicaSet | undefined, boolean]>([
    ['without a ReplicaSet', managed('h1'), undefined, false],
    ['that does not exist', undefined, rs(2, 2), false],
    ['is taken over when all pods are available', own, rs(2, 2), true],
    ['is taken over with more than all of them', own, rs(2, 3), true],
    ['is not taken over with one missing', own, rs(2, 1), false],
    ['is not taken over by no pods', own, rs(0, 0), false],
    ['is not taken over by those that are about to go', own, rs(0, 2), false],
    ['that is ours moves with one pod', managed('h1'), rs(2, 1), true],
    ['that is ours does not move onto none', managed('h1'), rs(2, 0), false],
    ['that selects it stays as it is, without a mark too', aService('live', 'h2'), rs(2, 2), false],
  ])('SVC-6, CAN-46: %s', (_what, service, replicaSet, isSwitched) => {
    const writes = ensureService(situation, service, replicaSet, 'SVC-6')
    expect(patches(writes)).toHaveLength(isSwitched ? 1 : 0)
    expect(events(writes)).toHaveLength(isSwitched ? 1 : 0)
  })

  it('SVC-19: selects no hash, which is the empty one, until then', () => {
    expect([selectedHash(undefined), selectedHash(aService('live')), selectedHash(own)]).toEqual(['', '', 'h1'])
  })
})

it('SVC-4: the Services of a Rollout have five roles; a root Service is none of them, and so is never touched', () => {
  const pingPong = { pingService: 'ping', pongService: 'pong' }
  const trafficRouting = { alb: { ingress: 'web', servicePort: 80, rootService: 'root' }, smi: { rootService: 'apex' } }
  const canary = { stableService: 'stable', canaryService: 'canary', pingPong, trafficRouting }
  expect(serviceNames(aRollout({ canary }))).toEqual(['canary', 'stable', 'ping', 'pong'])
  const blueGreen = { activeService: 'active', previewService: 'preview' }
  expect(serviceNames(aRollout({ blueGreen }))).toEqual(['active', 'preview'])
})
