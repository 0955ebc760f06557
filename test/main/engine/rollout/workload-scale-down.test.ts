import { describe, expect, it } from 'vitest'
import type { Deployment } from '#api/apps.ts'
import type { BlueGreenStrategy, RolloutSpec } from '#api/rollout.ts'
import { aPodTemplate, aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'

const replicas = 5
const deployment: Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'lent', namespace: 'shop', uid: 'uid-lent', resourceVersion: '1', generation: 1 },
  spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: aPodTemplate('web:1') },
}

class Migration extends RolloutJourney {
  get lent(): number | undefined {
    return this.world.workload?.kind === 'Deployment' ? this.world.workload.spec.replicas : undefined
  }

  /** `because sizes` of every write to the Deployment. */
  get scaled(): readonly string[] {
    return this.rounds.flatMap(({ writes }) =>
      writes.flatMap((write) =>
        write.kind === 'update' ? [`${write.because} ${(write.object as Deployment).spec.replicas}`] : [],
      ),
    )
  }

  /** Makes `count` of the new pods ready, as a kubelet would. */
  ready(count: number): this {
    const status = { replicas, readyReplicas: count, availableReplicas: count, observedGeneration: 99 }
    this.world = { ...this.world, replicaSets: this.world.replicaSets.map((rs) => ({ ...rs, status })) }
    return this.settle()
  }

  lend(image: string): this {
    const { workload } = this.world
    if (workload?.kind !== 'Deployment') throw new Error('a Deployment')
    const metadata = { ...workload.metadata, resourceVersion: '77', generation: 77 }
    this.world = {
      ...this.world,
      workload: { ...workload, metadata, spec: { ...workload.spec, template: aPodTemplate(image) } },
    }
    return this.settle()
  }
}

function migrating(scaleDown: string | undefined, blueGreen?: BlueGreenStrategy): Migration {
  const strategy = blueGreen === undefined ? { steps: [setWeight(50), pause()] } : { blueGreen }
  const { template: _borrowed, selector: _too, ...spec } = aRollout({ replicas, ...strategy }).spec
  const workloadRef = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'lent',
    ...(scaleDown !== undefined && { scaleDown }),
  }
  const rollout = { ...aRollout(), spec: { ...spec, workloadRef } satisfies RolloutSpec }
  const journey = new Migration(aWorld({ rollout, workload: deployment, services: { active: aService('active') } }))
  journey.isReady = () => false
  return journey.settle()
}

describe.each<[string, BlueGreenStrategy | undefined]>([
  ['a canary', undefined],
  ['a blue-green rollout', { activeService: 'active' }],
])('%s that takes over from a Deployment', (_strategy, blueGreen) => {
  it('REC-84: onsuccess: leaves it alone until the Rollout was stored as Healthy, then scales it to nothing', () => {
    const journey = migrating('onsuccess', blueGreen)
    expect(journey.lent).toBe(5)
    journey.ready(4)
    expect(journey.lent).toBe(5)
    journey.ready(5)
    expect(journey.phase).toBe('Healthy')
    expect(journey.lent).toBe(0)
    expect(journey.scaled).toEqual(['REC-84 0'])
  })

  it('REC-85: progressively: gives up a pod for each that is ready, takes it back when that is lost, and ends at none', () => {
    const journey = migrating('progressively', blueGreen)
    expect(journey.lent).toBe(5)
    expect(journey.ready(2).lent).toBe(3)
    expect(journey.ready(4).lent).toBe(1)
    expect(journey.ready(3).lent).toBe(2)
    expect(journey.ready(5).lent).toBe(0)
    expect(journey.phase).toBe('Healthy')
    expect(journey.scaled.every((text) => text.startsWith('REC-85'))).toBe(true)
  })

  it.each(['never', 'sometime', undefined])('REC-86: %s: nothing', (mode) => {
    const journey = migrating(mode, blueGreen).ready(5)
    expect(journey.phase).toBe('Healthy')
    expect([journey.lent, journey.scaled]).toEqual([5, []])
  })

  it('REC-86: a later revision never touches it, and the right size is not written again', () => {
    const journey = migrating('onsuccess', blueGreen).ready(5).pass(900)
    expect(journey.scaled).toHaveLength(1)
    journey.isReady = () => true
    journey.lend('web:2').promoteFull().settle()
    expect(journey.world.rollout.metadata.annotations?.['rollout.argoproj.io/revision']).toBe('2')
    const { workload } = journey.world
    if (workload?.kind !== 'Deployment') throw new Error('a Deployment')
    journey.world = { ...journey.world, workload: { ...workload, spec: { ...workload.spec, replicas: 3 } } }
    journey.pass(900)
    expect(journey.lent).toBe(3)
  })
})

describe('pods that are lost while the Deployment hands over', () => {
  it('REC-85: are reckoned with in the round that sees them go, not as the status before had them', () => {
    const journey = migrating('progressively').ready(3)
    expect(journey.lent).toBe(2)
    const seen = journey.ready(0).rounds.slice(-4)
    expect(journey.lent).toBe(5)
    expect(seen.flatMap(({ writes }) => writes.map(({ because }) => because))).toContain('REC-85')
    expect(journey.scaled).toEqual(['REC-85 2', 'REC-85 5'])
  })

  it('REC-85: count also right after the Rollout was Healthy, when somebody has given the Deployment pods again', () => {
    const journey = migrating('progressively').ready(5)
    expect([journey.phase, journey.lent]).toEqual(['Healthy', 0])
    const { workload } = journey.world
    if (workload?.kind !== 'Deployment') throw new Error('a Deployment')
    journey.world = { ...journey.world, workload: { ...workload, spec: { ...workload.spec, replicas: 5 } } }
    journey.ready(4)
    expect(journey.scaled.slice(-1)).toEqual(['REC-85 1'])
  })

  it('REC-85: that came since the status was written are not asked of the Deployment', () => {
    const journey = migrating('progressively').ready(4)
    expect(journey.ready(5).scaled).toEqual(['REC-85 1', 'REC-85 0'])
  })
})

it('REC-84: an object from a list, which has no kind of its own, is replaced by one that says what it is', () => {
  const journey = migrating('onsuccess')
  const { kind: _kind, apiVersion: _version, ...listed } = deployment
  journey.world = { ...journey.world, workload: listed as Deployment }
  journey.ready(5)
  const written = journey.rounds.flatMap(({ writes }) => writes.filter(({ kind }) => kind === 'update'))
  expect(written).toMatchObject([{ object: { apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 0 } } }])
})

it('REC-85: paused by hand a canary moves no pods', () => {
  const journey = migrating('progressively')
  journey.patchSpec({ paused: true }).settle()
  expect(journey.ready(2).lent).toBe(5)
  expect(journey.patchSpec({ paused: false }).settle().lent).toBe(3)
})
