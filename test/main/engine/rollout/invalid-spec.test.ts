import { expect, it } from 'vitest'
import type { Deployment } from '#api/apps.ts'
import type { Rollout, RolloutSpec } from '#api/rollout.ts'
import type { Write } from '#engine/decision.ts'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { applyDecision } from '#test/support/apply-decision.ts'
import { aPodTemplate, aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'

const badStep = 'spec.strategy.steps[0].setWeight: Invalid value: 101: SetWeight needs to be between 0 and 100'
const bad = { strategy: { canary: { steps: [setWeight(101)] } } }
const good = { strategy: { canary: { steps: [setWeight(50), pause()] } } }

const invalid = ({ status }: RolloutJourney) => status.conditions?.find(({ type }) => type === 'InvalidSpec')
const kinds = (writes: readonly Write[]) =>
  writes.map((write) => [write.kind, 'subresource' in write && write.subresource])

/** Healthy for an hour, then given a bad spec with a new image. */
function spoilt(spec: Partial<RolloutSpec> = bad): RolloutJourney {
  const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 2, spec: good }) })).settle()
  journey.now += 3_600_000
  journey.rounds = []
  journey.patchSpec(spec).setImage('web:2').settle()
  return journey
}

it('VAL-1, VAL-3, API-91, API-92: a bad spec is told in one patch of the status, and nothing else is touched', () => {
  const journey = spoilt()
  const message = `The Rollout "web" is invalid: ${badStep}`
  const now = formatSeconds(journey.now)
  expect(invalid(journey)).toEqual({
    type: 'InvalidSpec',
    status: 'True',
    reason: 'InvalidSpec',
    message,
    lastUpdateTime: now,
    lastTransitionTime: now,
  })
  expect(journey.phase).toBe(`Degraded: InvalidSpec: ${message}`)
  expect(journey.status.observedGeneration).toBe(String(journey.world.rollout.metadata.generation))
  expect(journey.rounds.flatMap(({ writes }) => kinds(writes))).toEqual([['patch', 'status']])
  expect([journey.world.replicaSets.length, journey.size('web:1')]).toEqual([1, 2])
})

it('VAL-2, API-92: it is told again for another generation, with the same times, or for another error, with new ones', () => {
  const journey = spoilt()
  const before = invalid(journey)
  journey.pass(60)
  expect(journey.rounds).toHaveLength(1)
  journey.patchSpec({ minReadySeconds: 1 }).settle()
  expect(journey.rounds).toHaveLength(2)
  expect(invalid(journey)).toEqual(before)
  journey.patchSpec({ replicas: -1 }).settle()
  const now = formatSeconds(journey.now)
  expect(invalid(journey)).toMatchObject({ lastUpdateTime: now, lastTransitionTime: now })
  expect(invalid(journey)?.message).toContain('spec.replicas')
})

it('API-92: an abort that stands before it keeps the message', () => {
  const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 2, spec: good }) })).settle()
  journey.setImage('web:2').settle().abort().settle()
  journey.patchSpec(bad).settle()
  expect(journey.status.message).toBe('RolloutAborted: Rollout aborted update to revision 2')
  expect(invalid(journey)).toBeDefined()
})

it('VAL-1, API-93: is looked at again after ten seconds, for a missing workload after twenty', () => {
  const journey = spoilt()
  expect(journey.requeueAt).toBe(journey.now + 10_000)
  journey
    .patchSpec({ template: null, workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } })
    .settle()
  expect(journey.requeueAt).toBe(journey.now + 20_000)
})

it('VAL-2, API-94: when it is mended, the condition goes with the next full round, not with one of sizes', () => {
  const journey = new RolloutJourney(aWorld({ rollout: aRollout({ replicas: 2, spec: good }) })).settle()
  journey
    .patchSpec(bad)
    .settle()
    .patchSpec({ ...good, replicas: 3 })
  journey.world = applyDecision(journey.world, reconcileRollout(journey.world, journey.now), journey.now)
  expect(journey.size('web:1')).toBe(3)
  expect(invalid(journey)).toBeDefined()
  expect(invalid(journey.settle())).toBeUndefined()
  expect(journey.phase).toBe('Healthy')
})

const ref = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'base' }
const referring = (spec: Partial<RolloutSpec> = {}): Rollout => {
  const { template: _none, ...kept } = aRollout().spec
  return { ...aRollout(), spec: { ...kept, workloadRef: ref, ...spec } }
}
const base: Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'base', namespace: 'shop', uid: 'uid-base', generation: 4 },
  spec: { selector: { matchLabels: { app: 'web' } }, template: aPodTemplate('web:1') },
}

it.each([
  ['API-133', referring(), 'deployments.apps "shop/base" not found'],
  [
    'API-133',
    referring({ workloadRef: { ...ref, kind: 'DaemonSet' } }),
    'workload of type apps/DaemonSet is not supported',
  ],
  ['API-98', referring({ template: aPodTemplate('web:1') }), 'template must be empty for workload reference rollout'],
])('%s: %j cannot borrow a template, which is told without a path: %s', (_rule, rollout, reason) => {
  const journey = new RolloutJourney(aWorld({ rollout })).settle()
  expect(invalid(journey)?.message).toBe(`The Rollout "web" is invalid: ${reason}`)
})

it('API-12, API-13, API-144, API-216: a borrowed template is used and told by its generation, and never stored', () => {
  const template = { spec: { containers: [{ name: 'ignored', image: 'ignored:1' }] } }
  const journey = new RolloutJourney(aWorld({ rollout: referring({ template }), workload: base })).settle()
  expect(journey.phase).toBe('Healthy')
  expect(journey.replicaSet('web:1').metadata.annotations).toMatchObject({
    'rollout.argoproj.io/workload-generation': '4',
  })
  expect(journey.world.rollout.metadata.annotations).toMatchObject({ 'rollout.argoproj.io/workload-generation': '4' })
  expect(journey.status.workloadObservedGeneration).toBe('4')
  expect(journey.world.rollout.spec.template).toEqual(template)
})

it('DEL-3, API-4: a Rollout that is being deleted is left alone, and holds nothing back', () => {
  const journey = new RolloutJourney(aWorld({ rollout: aRollout({ spec: good }) })).settle()
  expect(journey.world.rollout.metadata).not.toHaveProperty('finalizers')
  journey.patchSpec(bad)
  const { rollout } = journey.world
  const metadata = { ...rollout.metadata, deletionTimestamp: formatSeconds(journey.now) }
  const decision = reconcileRollout({ ...journey.world, rollout: { ...rollout, metadata } }, journey.now)
  expect(decision).toEqual({ writes: [], probes: [], requeueAt: undefined })
})

it('API-10: an absent number of replicas is written down as 1', () => {
  const { replicas: _none, ...spec } = aRollout().spec
  const journey = new RolloutJourney(aWorld({ rollout: { ...aRollout(), spec } })).settle()
  expect(journey.world.rollout.spec.replicas).toBe(1)
})

const { spec: sound } = aRollout()

it.each<[string, unknown, RegExp]>([
  ['a spec that is text', 'text', /InvalidSpec: .* spec.selector: Required/],
  ['a strategy that is a list', { ...sound, strategy: [1] }, /InvalidSpec: .* spec.strategy.strategy: Required/],
  ['steps that are a number', { ...sound, strategy: { canary: { steps: 7 } } }, /^Healthy$/],
  ['a step that is null', { ...sound, strategy: { canary: { steps: [null] } } }, /InvalidSpec: .*steps\[0\]: Invalid/],
  ['a selector that is text', { ...sound, selector: 'app=web' }, /InvalidSpec: .* spec.selector: Required/],
  ['a template that is true', { ...sound, template: true }, /InvalidSpec: .* spec.template.metadata.labels: Invalid/],
  [
    'labels that are numbers',
    { ...sound, template: { ...sound.template, metadata: { labels: { app: 7 } } } },
    /InvalidSpec: .* spec.template.metadata.labels: Invalid value: {"app":""}/,
  ],
  [
    'containers that are text',
    { ...sound, template: { ...sound.template, spec: { containers: 'web' } } },
    /InvalidSpec: .* spec.template.spec.containers: Required/,
  ],
])('API-90: %s counts as absent, and degrades the object if it is needed', (_what, spec, phase) => {
  const rollout: Rollout = JSON.parse(JSON.stringify({ ...aRollout(), spec }))
  expect(new RolloutJourney(aWorld({ rollout })).settle().phase).toMatch(phase)
})
