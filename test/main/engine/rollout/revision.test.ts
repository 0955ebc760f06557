import { describe, expect, it } from 'vitest'
import type { ReplicaSet } from '#api/apps.ts'
import { labels } from '#api/keys.ts'
import type { BlueGreenStrategy, Rollout } from '#api/rollout.ts'
import { podTemplateHash } from '#engine/pod-hash/pod-template-hash.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { aPodTemplate, aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'

const hashLabel = 'rollouts-pod-template-hash'
const services = { active: aService('active'), preview: aService('preview') }

const start = (rollout: Rollout) => new RolloutJourney(aWorld({ rollout, services })).settle()
const canaryJourney = (annotations: Readonly<Record<string, string>> = {}) =>
  start(
    aRollout({ replicas: 2, annotations, canary: { maxSurge: 0, maxUnavailable: 1, steps: [setWeight(50), pause()] } }),
  )
const blueGreenJourney = (blueGreen: BlueGreenStrategy = {}) =>
  start(aRollout({ replicas: 2, blueGreen: { activeService: 'active', previewService: 'preview', ...blueGreen } }))

const annotation = (journey: RolloutJourney, image: string, key: string) =>
  journey.replicaSet(image).metadata.annotations?.[key]

describe('a ReplicaSet of a Rollout', () => {
  it('API-140: carries the hash as label, in its selector and on its pods', () => {
    const journey = canaryJourney()
    const hash = podTemplateHash(aPodTemplate('web:1'), undefined)
    const { metadata, spec } = journey.replicaSet('web:1')
    const expected = { app: 'web', [hashLabel]: hash }
    expect(metadata.name).toBe(`web-${hash}`)
    expect(labels.podTemplateHash).toBe(hashLabel)
    expect([metadata.labels, spec.selector.matchLabels, spec.template.metadata?.labels]).toEqual([
      expected,
      expected,
      expected,
    ])
  })

  it('API-155: has the Rollout as its one owner and controller', () => {
    expect(canaryJourney().replicaSet('web:1').metadata.ownerReferences).toEqual([
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        name: 'web',
        uid: 'uid-web',
        controller: true,
        blockOwnerDeletion: true,
      },
    ])
  })

  it('API-141, API-142: is numbered, as is the Rollout, and remembers the numbers it had', () => {
    const revision = 'rollout.argoproj.io/revision'
    const history = 'rollout.argoproj.io/revision-history'
    const journey = canaryJourney()
    journey.setImage('web:2').settle()
    expect([annotation(journey, 'web:1', revision), annotation(journey, 'web:2', revision)]).toEqual(['1', '2'])
    expect(journey.world.rollout.metadata.annotations?.[revision]).toBe('2')
    journey.setImage('web:1').settle()
    expect([annotation(journey, 'web:1', revision), annotation(journey, 'web:1', history)]).toEqual(['3', '1'])
    journey.setImage('web:2').settle().setImage('web:1').settle()
    expect(annotation(journey, 'web:1', history)).toBe('1,3')
    expect(journey.world.rollout.metadata.annotations?.[revision]).toBe('5')
  })

  it('API-143: knows how many pods were wanted when it was sized', () => {
    const journey = canaryJourney()
    expect(annotation(journey, 'web:1', 'rollout.argoproj.io/desired-replicas')).toBe('2')
    journey.patchSpec({ replicas: 5 }).settle()
    expect(annotation(journey, 'web:1', 'rollout.argoproj.io/desired-replicas')).toBe('5')
  })

  it('API-14: takes a new minReadySeconds without a new revision', () => {
    const journey = canaryJourney()
    journey.patchSpec({ minReadySeconds: 7 }).settle()
    expect(journey.world.replicaSets.map(({ spec }) => spec.minReadySeconds)).toEqual([7])
  })

  it('API-145: knows what was put on its pods', () => {
    const canary = {
      canaryMetadata: { labels: { role: 'canary' } },
      stableMetadata: { annotations: { role: 'stable' } },
    }
    const journey = start(aRollout({ replicas: 2, canary: { ...canary, steps: [setWeight(50), pause()] } }))
    journey.setImage('web:2').settle()
    const injected = (image: string) => annotation(journey, image, 'rollout.argoproj.io/ephemeral-metadata')
    expect([injected('web:1'), injected('web:2')]).toEqual([
      '{"annotations":{"role":"stable"}}',
      '{"labels":{"role":"canary"}}',
    ])
    expect(journey.replicaSet('web:2').spec.template.metadata?.labels).toMatchObject({ role: 'canary' })
  })

  it('API-146: knows when it goes, to the second', () => {
    const journey = blueGreenJourney()
    journey.now += 3_600_700
    journey.setImage('web:2').settle()
    expect(annotation(journey, 'web:1', 'scale-down-deadline')).toBe(formatSeconds(journey.now + 30_000))
    expect(annotation(journey, 'web:1', 'scale-down-deadline')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })
})

describe('annotations of a Rollout', () => {
  const own = {
    'rollout.argoproj.io/revision': '9',
    'rollout.argoproj.io/revision-history': '7,8',
    'rollout.argoproj.io/desired-replicas': '99',
    'notified.notifications.argoproj.io': '{}',
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
  }
  const shared = { team: 'shop', 'notifications.argoproj.io/subscribe.on-rollout-completed.slack': 'shop' }

  it('API-152, API-153, API-154: are handed on to the current ReplicaSet, but for those of its own', () => {
    const annotations = canaryJourney({ ...own, ...shared }).replicaSet('web:1').metadata.annotations
    expect(annotations).toEqual({
      ...shared,
      'rollout.argoproj.io/revision': '1',
      'rollout.argoproj.io/desired-replicas': '2',
    })
  })

  it('API-154: are added and changed later too, never removed; labels of the Rollout are not handed on', () => {
    const journey = canaryJourney(shared)
    const { rollout } = journey.world
    const metadata = { ...rollout.metadata, annotations: { team: 'other', more: 'yes' }, labels: { of: 'rollout' } }
    journey.world = { ...journey.world, rollout: { ...rollout, metadata } }
    journey.settle()
    expect(journey.replicaSet('web:1').metadata.annotations).toMatchObject({ ...shared, team: 'other', more: 'yes' })
    expect(journey.replicaSet('web:1').metadata.labels).not.toHaveProperty('of')
  })
})

it('API-147, API-140: a Service says which Rollout switches it, and selects by hash', () => {
  const journey = blueGreenJourney({ autoPromotionEnabled: false })
  journey.setImage('web:2').settle()
  const { active, preview } = journey.world.services
  expect([active, preview].map((each) => each?.metadata.annotations)).toEqual([
    { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'web' },
    { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'web' },
  ])
  expect(active?.spec?.selector).toEqual({ app: 'web', [hashLabel]: journey.status.stableRS })
  expect(preview?.spec?.selector).toEqual({ app: 'web', [hashLabel]: journey.status.currentPodHash })
})

describe('REC-52: annotations of the current ReplicaSet', () => {
  const revision = 'rollout.argoproj.io/revision'
  const history = 'rollout.argoproj.io/revision-history'
  /** At rest on `web:1`, its ReplicaSet annotated otherwise. */
  function annotated(notes: Readonly<Record<string, string | undefined>>, ofRollout = {}): RolloutJourney {
    const journey = canaryJourney()
    const { metadata, ...rs } = journey.replicaSet('web:1')
    const merged = Object.entries({ ...metadata.annotations, ...notes }).filter(([, value]) => value !== undefined)
    const annotations = Object.fromEntries(merged) as Readonly<Record<string, string>>
    const { rollout } = journey.world
    journey.world = {
      ...journey.world,
      rollout: {
        ...rollout,
        metadata: { ...rollout.metadata, annotations: { ...rollout.metadata.annotations, ...ofRollout } },
      },
      replicaSets: [{ ...rs, metadata: { ...metadata, annotations } }],
    }
    return journey.settle()
  }

  it.each([
    [
      'a copied annotation appends the revision it had',
      {},
      { team: 'web' },
      { team: 'web', [revision]: '1', [history]: '1' },
    ],
    ['an unreadable revision stops everything', { [revision]: 'one' }, { team: 'web' }, { [revision]: 'one' }],
    ['an absent revision is given, without history', { [revision]: undefined }, {}, { [revision]: '1' }],
    ['a higher revision stays', { [revision]: '9' }, {}, { [revision]: '9' }],
  ])('REC-52: %s', (_what, notes, ofRollout, expected) => {
    const { 'rollout.argoproj.io/desired-replicas': desired, ...rest } =
      annotated(notes, ofRollout).replicaSet('web:1').metadata.annotations ?? {}
    expect(rest).toEqual(expected)
    expect(desired).toBe('2')
  })

  it('REC-53: the revision is recorded once, on the version that was read, and told', () => {
    const journey = canaryJourney()
    journey.setImage('web:2').settle()
    const writes = journey.rounds.flatMap((round) => round.writes)
    const recorded = writes.filter((write) => write.kind === 'patch' && write.because === 'REC-53')
    expect(recorded.map((write) => (write.kind === 'patch' ? write.body : undefined))).toEqual([
      { metadata: { annotations: { [revision]: '1' } } },
      { metadata: { annotations: { [revision]: '2' } } },
    ])
    for (const write of recorded)
      expect(write.kind === 'patch' ? Object.keys(write.precondition) : []).toContain('resourceVersion')
    expect(
      writes.flatMap((write) => (write.kind === 'event' && write.reason === 'RolloutUpdated' ? [write.message] : [])),
    ).toEqual(['Rollout updated to revision 1', 'Rollout updated to revision 2'])
  })
})

describe('REC-47: what the pods of a new ReplicaSet carry', () => {
  const metadata = { stableMetadata: { labels: { role: 'stable' } }, canaryMetadata: { labels: { role: 'canary' } } }
  const colours = { activeMetadata: { labels: { role: 'active' } }, previewMetadata: { labels: { role: 'preview' } } }
  const created = (journey: RolloutJourney) =>
    journey.rounds
      .flatMap(({ writes }) => writes)
      .flatMap((write) => (write.kind === 'create' ? [write.object as ReplicaSet] : []))
      .map((rs) => rs.spec.template.metadata?.labels?.['role'])

  it('REC-47: of a canary: stable with the first deploy, then canary', () => {
    const journey = start(aRollout({ canary: { ...metadata, steps: [setWeight(50), pause()] } }))
    expect(created(journey.setImage('web:2').settle())).toEqual(['stable', 'canary'])
  })

  it('REC-47: of a blue-green rollout: active, then preview', () => {
    const journey = blueGreenJourney({ ...colours, autoPromotionEnabled: false })
    expect(created(journey.setImage('web:2').settle())).toEqual(['active', 'preview'])
  })

  it('REC-107: no round of sizes touches it, and none that sees another template', () => {
    const journey = start(aRollout({ replicas: 2, canary: { ...metadata, steps: [setWeight(50), pause()] } }))
    journey.setImage('web:2').settle().promoteFull().settle()
    journey.patchSpec({ replicas: 5 }).settle()
    journey.setImage('web:3').settle()
    const kinds = journey.rounds.map(({ writes }) => writes.map(({ because }) => because))
    const ofMetadata = kinds.filter((because) => because.includes('REC-105') || because.includes('REC-106'))
    expect(ofMetadata.length).toBeGreaterThan(0)
    for (const because of ofMetadata) {
      expect(because).not.toContain('CAN-33')
      expect(because).not.toContain('REC-61')
    }
    expect(journey.replicaSet('web:2').spec.template.metadata?.labels?.['role']).toBe('stable')
  })
})
