import { describe, expect, it } from 'vitest'
import type { Write } from '#engine/decision.ts'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { applyDecision, settlePods } from '#test/support/apply-decision.ts'
import { deadline, deployed, hash, selected, serves } from '#test/support/blue-green-journey.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aPod, aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'

const manual = { autoPromotionEnabled: false }

/** What a round writes, in order: `replicasets/web:2`, `services/active`, `rollouts/web/status`. */
function written(journey: RolloutJourney, writes: readonly Write[]): readonly string[] {
  const image = (name: string): string =>
    journey.world.replicaSets.find((rs) => rs.metadata.name === name)?.spec.template.spec?.containers[0]?.image ?? name
  return writes.flatMap((write) => {
    if (write.kind === 'event') return []
    const { plural } = write.ref.resource
    const part = write.kind === 'patch' && write.subresource !== undefined ? `/${write.subresource}` : ''
    return [`${plural}/${plural === 'replicasets' ? image(write.ref.name) : write.ref.name}${part}`]
  })
}

/** Lets rounds happen, without any pod following, up to and including the first that writes one of these. */
function roundThat(journey: RolloutJourney, isWanted: (write: string) => boolean): readonly string[] {
  for (let i = 0; i < 12; i++) {
    const decision = reconcileRollout(journey.world, journey.now)
    const writes = written(journey, decision.writes)
    journey.world = applyDecision(journey.world, decision, journey.now)
    if (writes.some(isWanted)) return writes
  }
  throw new Error('no such round')
}

const imagesOf = (journey: RolloutJourney): readonly (string | undefined)[] =>
  journey.world.replicaSets.map((rs) => rs.spec.template.spec?.containers[0]?.image)

describe('a round of a blue-green update', () => {
  it('BG-1: without its active Service nothing is moved and the spec is at fault', () => {
    const journey = deployed({ replicas: 2 })
    journey.world = { ...journey.world, services: {} }
    journey.setImage('web:2').settle()
    expect(journey.phase).toMatch(/^Degraded: InvalidSpec: .*active/)
    expect(imagesOf(journey)).toEqual(['web:1'])
    expect(journey.size('web:1')).toBe(2)
  })

  it('SVC-17, BG-2, BG-3, BG-4: revision first, then the preview together with the reset, and no sizes in that round', () => {
    const journey = deployed({ replicas: 2, blueGreen: manual })
    journey.setImage('web:2')
    const created = roundThat(journey, (write) => write.startsWith('replicasets/'))
    expect(created).toContain('rollouts/web')
    expect(journey.world.rollout.metadata.annotations?.['rollout.argoproj.io/revision']).toBe('2')
    expect(roundThat(journey, (write) => write === 'services/preview')).toEqual([
      'services/preview',
      'rollouts/web/status',
    ])
    expect([journey.status.currentPodHash, journey.size('web:2')]).toEqual([hash(journey, 'web:2'), 0])
    expect(roundThat(journey, (write) => write === 'replicasets/web:2')[0]).toBe('replicasets/web:2')
    expect(journey.size('web:2')).toBe(2)
  })

  it('BG-5: a restart evicts in a round that does everything else as well', () => {
    const journey = deployed({ replicas: 4, blueGreen: manual })
    journey.setImage('web:2').settle().promote()
    journey.patchSpec({ restartAt: formatSeconds(journey.now - 1000) })
    const v1 = journey.replicaSet('web:1')
    journey.world = { ...journey.world, pods: Array.from({ length: 8 }, (_, index) => aPod(v1, index)) }
    const round = roundThat(journey, (write) => write.startsWith('pods/'))
    expect(round).toEqual(expect.arrayContaining(['services/active', 'rollouts/web/status']))
    expect(serves(journey)).toBe('web:2')
  })

  it('BG-6, BG-11: Services, sizes and then the status', () => {
    const journey = deployed({ replicas: 2, blueGreen: { ...manual, previewReplicaCount: 1 } })
    journey.setImage('web:2').settle().promote().settle()
    for (const { writes } of journey.rounds.filter((round) => round.writes.every(({ kind }) => kind !== 'create'))) {
      const order = written(journey, writes)
      const places = order.map((each) =>
        ['services/', 'replicasets/', 'rollouts/web/status'].findIndex((kind) => each.startsWith(kind)),
      )
      expect(places).toEqual(places.toSorted((a, b) => a - b))
    }
  })

  it('SVC-18, BG-7: a pause that begins keeps the active Service where it is; what a status decides is done a round later', () => {
    const journey = deployed({ replicas: 2, blueGreen: manual })
    journey.setImage('web:2').settle()
    const pausing = journey.rounds.findIndex(({ writes }) =>
      writes.some((write) => write.kind === 'event' && write.reason === 'RolloutPaused'),
    )
    expect(written(journey, journey.rounds[pausing]?.writes ?? [])).toEqual(['rollouts/web/status'])
    journey.abort()
    expect(roundThat(journey, (write) => write === 'rollouts/web/status')).not.toContain('services/active')
    expect(serves(journey)).toBe('web:1')
  })

  it('BG-34: a change beside the template keeps the pause and its clock; a new template starts another', () => {
    const journey = deployed({ replicas: 2, blueGreen: { autoPromotionSeconds: 60 } })
    journey.setImage('web:2').settle()
    const since = () => journey.status.pauseConditions?.[0]?.startTime
    const startedAt = since()
    journey.patchSpec({ revisionHistoryLimit: 3 }).pass(20)
    expect([journey.phase, since()]).toEqual(['Paused: BlueGreenPause', startedAt])
    journey.setImage('web:3').settle()
    expect([journey.phase, since()]).toEqual(['Paused: BlueGreenPause', formatSeconds(journey.now)])
    expect(journey.events.filter((reason) => reason === 'RolloutPaused')).toHaveLength(2)
  })

  it('BG-37: with a preview size the cut-over waits for the full size', () => {
    const journey = deployed({ replicas: 3, blueGreen: { ...manual, previewReplicaCount: 1 } })
    journey.setImage('web:2').settle()
    journey.isReady = () => false
    journey.promote().settle()
    expect([journey.size('web:2'), serves(journey)]).toEqual([3, 'web:1'])
    journey.isReady = () => true
    journey.world = settlePods(journey.world)
    expect([journey.settle().phase, serves(journey)]).toEqual(['Healthy', 'web:2'])
  })
})

describe('the end of a blue-green update', () => {
  it('SVC-19, BG-48: the status names the selectors as this round leaves them; a full promotion drops pause and abort', () => {
    const journey = deployed({ replicas: 2, blueGreen: manual })
    const v1 = hash(journey, 'web:1')
    journey.setImage('web:2')
    roundThat(journey, (write) => write === 'services/preview')
    const v2 = hash(journey, 'web:2')
    expect(journey.status).toMatchObject({ stableRS: v1, blueGreen: { activeSelector: v1, previewSelector: v2 } })
    journey.settle().abort().settle().promoteFull()
    expect(roundThat(journey, (write) => write === 'rollouts/web/status')).toContain('services/active')
    for (const field of ['abort', 'abortedAt', 'pauseConditions']) expect(journey.status).not.toHaveProperty(field)
    expect(journey.status.blueGreen?.activeSelector).toBe(v2)
  })

  it('BG-51: back on the template that serves, it is promoted in the round that sees it', () => {
    const journey = deployed({ replicas: 2, blueGreen: manual })
    journey.setImage('web:2').settle()
    journey.setImage('web:1')
    journey.events = []
    roundThat(journey, () => journey.status.currentPodHash === hash(journey, 'web:1'))
    expect(journey.status.stableRS).toBe(journey.status.currentPodHash)
    journey.settle()
    expect(journey.events).not.toContain('RolloutCompleted')
  })

  it('BG-51: counts for autoscalers are of the active ReplicaSet, replicas and updatedReplicas of all', () => {
    const journey = deployed({ replicas: 3, blueGreen: { ...manual, previewReplicaCount: 1 } })
    journey.setImage('web:2').settle()
    expect(journey.status).toMatchObject({
      ...{ replicas: 4, updatedReplicas: 1, HPAReplicas: 3, availableReplicas: 3, readyReplicas: 3 },
      selector: `app=web,rollouts-pod-template-hash=${hash(journey, 'web:1')}`,
    })
  })

  it('BG-53: at rest every round promotes again, and says nothing', () => {
    const journey = deployed({ replicas: 2 })
    const settled = journey.status
    journey.promoteFull().settle()
    expect(journey.events).toEqual([])
    expect(journey.status).toEqual(settled)
  })

  it('BG-74: an abort after the cut-over leads the active Service back, and the new pods go after the delay', () => {
    const journey = deployed({ replicas: 2, blueGreen: manual })
    journey.setImage('web:2').settle()
    const [v1, v2] = ['web:1', 'web:2'].map((image) => hash(journey, image))
    // As a controller leaves it whose analysis after the cut-over has not ended.
    const { annotations } = journey.world.services['active']?.metadata ?? {}
    journey.world = {
      ...journey.world,
      services: { ...journey.world.services, active: aService('active', v2, annotations) },
    }
    journey.patchStatus({ pauseConditions: null, controllerPause: null, blueGreen: { activeSelector: v2 } })
    journey.abort().settle()
    expect(journey.status).toMatchObject({ stableRS: v1, blueGreen: { activeSelector: v1 } })
    expect([serves(journey), journey.size('web:2')]).toEqual(['web:1', 2])
    expect(deadline(journey, 'web:2')).toBe(formatSeconds(journey.now + 30_000))
    journey.awake()
    expect([serves(journey), journey.size('web:1'), journey.size('web:2')]).toEqual(['web:1', 2, 0])
  })

  it('BG-67: changed from a canary, the active Service is taken over at once', () => {
    const rollout = aRollout({ replicas: 2, steps: [setWeight(50), pause()] })
    const services = { active: aService('active') }
    const journey = new RolloutJourney(aWorld({ rollout, services })).settle()
    journey.patchSpec({ strategy: { canary: null, blueGreen: { activeService: 'active', ...manual } } }).settle()
    expect([journey.phase, serves(journey)]).toEqual(['Healthy', 'web:1'])
    expect(journey.status.blueGreen?.activeSelector).toBe(hash(journey, 'web:1'))
  })

  /** At a pause of a canary at 50 %, then changed to blue-green. */
  const changedMidCanary = (canary: object, change: (journey: RolloutJourney) => void, replicas = 2) => {
    const rollout = aRollout({ replicas, steps: [setWeight(50), pause()] })
    const services = { active: aService('active'), preview: aService('preview') }
    const journey = new RolloutJourney(aWorld({ rollout, services })).patchSpec({ strategy: { canary } }).settle()
    journey.setImage('web:2').settle()
    change(journey)
    const blueGreen = { activeService: 'active', previewService: 'preview', ...manual }
    return journey.patchSpec({ strategy: { canary: null, blueGreen } })
  }

  it('BG-67: changed from a canary in mid-update, stable stays up and stable until the cut-over', () => {
    const journey = changedMidCanary({}, () => undefined)
    const [v1, v2] = ['web:1', 'web:2'].map((image) => hash(journey, image))
    journey.isReady = (rs) => rs.metadata.labels?.['rollouts-pod-template-hash'] === v1
    journey.settle().pass(3600)
    expect([journey.status.stableRS, journey.size('web:1'), journey.size('web:2')]).toEqual([v1, 2, 2])
    expect([selected(journey, 'active'), journey.status.phase]).toEqual([undefined, 'Degraded'])
    journey.isReady = () => true
    journey.world = settlePods(journey.world, journey.isReady)
    journey.settle()
    expect([journey.phase, serves(journey), journey.status.stableRS]).toEqual(['Healthy', 'web:2', v2])
    expect([journey.size('web:1'), journey.awake().size('web:1')]).toEqual([2, 0])
  })

  it('BG-30, BG-31: a pause of its canary steps is no approval of the cut-over', () => {
    const canary = { stableService: 'active', canaryService: 'preview' }
    const journey = changedMidCanary(canary, () => undefined, 1).settle()
    expect([journey.phase, serves(journey)]).toEqual(['Paused: BlueGreenPause', 'web:1'])
    expect(journey.status.pauseConditions).toHaveLength(1)
    journey.promote().settle()
    expect([journey.phase, serves(journey)]).toEqual(['Healthy', 'web:2'])
  })

  it('BG-67, BG-63: changed from an aborted canary, it stays aborted and goes back to stable', () => {
    const journey = changedMidCanary({}, (canary) => void canary.abort())
    const v1 = hash(journey, 'web:1')
    journey.settle()
    expect(journey.phase).toBe('Degraded: RolloutAborted: Rollout aborted update to revision 2')
    expect([journey.status.stableRS, serves(journey)]).toEqual([v1, 'web:1'])
    expect([journey.size('web:1'), journey.awake().size('web:2')]).toEqual([2, 0])
  })
})

describe('beside a blue-green update', () => {
  it('BG-61: maxUnavailable bounds a restart and nothing else', () => {
    const journey = deployed({ replicas: 4, blueGreen: { ...manual, maxUnavailable: 2 } })
    journey.setImage('web:2').settle()
    expect([journey.size('web:1'), journey.size('web:2')]).toEqual([4, 4])
    journey.setImage('web:1').settle().pass(60)
    journey.patchSpec({ restartAt: formatSeconds(journey.now - 1000) })
    const v1 = journey.replicaSet('web:1')
    journey.world = { ...journey.world, pods: Array.from({ length: 4 }, (_, index) => aPod(v1, index)) }
    const evicted = roundThat(journey, (write) => write.startsWith('pods/')).filter((each) => each.startsWith('pods/'))
    expect(evicted).toHaveLength(2)
  })

  it('BG-62: new pods keep away from stable ones until the next revision sync after they are stable themselves', () => {
    const antiAffinity = { requiredDuringSchedulingIgnoredDuringExecution: {} }
    const journey = deployed({ replicas: 2, blueGreen: { ...manual, antiAffinity } })
    const avoided = () => JSON.stringify(journey.replicaSet('web:2').spec.template.spec?.['affinity'] ?? {})
    expect(JSON.stringify(journey.replicaSet('web:1').spec.template.spec)).not.toContain('podAntiAffinity')
    journey.setImage('web:2').settle()
    expect(avoided()).toContain(hash(journey, 'web:1'))
    journey.patchStatus({ stableRS: 'another' }).settle()
    expect(avoided()).toContain('another')
    journey
      .patchStatus({ stableRS: hash(journey, 'web:1') })
      .settle()
      .promote()
      .settle()
    expect([journey.phase, avoided()]).toEqual(['Healthy', expect.stringContaining(hash(journey, 'web:1') ?? '')])
    journey.patchSpec({ minReadySeconds: 1 }).settle()
    expect(avoided()).toBe('{}')
  })

  it('BG-64: pods carry the metadata of the preview until they are stable, then of the active', () => {
    const metadata = (role: string) => ({ labels: { role } })
    const blueGreen = { ...manual, previewMetadata: metadata('preview'), activeMetadata: metadata('active') }
    const journey = deployed({ replicas: 1, blueGreen })
    const role = (image: string) => journey.replicaSet(image).spec.template.metadata?.labels?.['role']
    const podRole = () => journey.world.pods[0]?.metadata.labels?.['role']
    journey.setImage('web:2').settle()
    expect([role('web:1'), role('web:2')]).toEqual(['active', 'preview'])
    journey.world = { ...journey.world, pods: [aPod(journey.replicaSet('web:2'), 0)] }
    journey.promote().settle()
    expect([role('web:1'), role('web:2'), podRole()]).toEqual([undefined, 'active', 'active'])
    journey.patchSpec({ strategy: { blueGreen: { activeMetadata: metadata('front') } } }).settle()
    expect([role('web:2'), podRole(), selected(journey, 'active')]).toEqual(['front', 'front', hash(journey, 'web:2')])
  })
})
