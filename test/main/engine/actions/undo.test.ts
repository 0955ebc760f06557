import { describe, expect, it } from 'vitest'
import type { Deployment, ReplicaSet } from '#api/apps.ts'
import type { PodTemplate, PodTemplateSpec } from '#api/core.ts'
import { annotations, labels } from '#api/keys.ts'
import type { Rollout } from '#api/rollout.ts'
import { withAntiAffinity } from '#engine/pod-template/anti-affinity.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { planOf, refusalOf, requestsOf, rulesOf } from '#test/support/action-plan.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aPodTemplate, aRollout, setWeight } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'

const revision = (number: number, more: Parameters<typeof aReplicaSet>[0] = {}) =>
  aReplicaSet({
    hash: `v${number}`,
    image: `web:${number}`,
    revision: number,
    size: number === 3 ? 1 : 0,
    createdAt: `2026-01-15T09:0${number}:00Z`,
    ...more,
  })
const rollout = (more: Parameters<typeof aRollout>[0] = {}) =>
  aRollout({
    image: 'web:3',
    steps: [setWeight(20), setWeight(60)],
    status: { currentPodHash: 'v3', stableRS: 'v3', observedGeneration: '1', currentStepIndex: 2 },
    ...more,
  })
const worldWith = (parts: Partial<RolloutWorld> = {}) =>
  aWorld({ rollout: rollout(), replicaSets: [revision(1), revision(2), revision(3)], ...parts })

const withTemplate = (rs: ReplicaSet, template: PodTemplateSpec): ReplicaSet => ({
  ...rs,
  spec: { ...rs.spec, template },
})
const restored = (version: string, image: string, path = '/spec/template', template = aPodTemplate(image)) => [
  { op: 'test', path: '/metadata/uid', value: version },
  { op: 'test', path: '/metadata/resourceVersion', value: '1' },
  { op: 'replace', path, value: template },
]

it('ACT-93, ACT-95, ACT-100: goes to the one before the newest, if the rollout is still the one that was read', () => {
  const plan = planOf('undo', worldWith())
  expect(requestsOf(plan)).toEqual([['patch rollouts', restored('uid-web', 'web:2')]])
  expect(plan.message).toBe("rollout 'web' undo")
  expect(requestsOf(planOf('undo', worldWith(), { toRevision: 0 }))).toEqual(requestsOf(plan))
})

it('ACT-93: goes to the revision that was asked for', () => {
  const plan = planOf('undo', worldWith(), { toRevision: 1 })
  expect(requestsOf(plan)).toEqual([['patch rollouts', restored('uid-web', 'web:1')]])
})

it('ACT-93: refuses a revision that is not there', () => {
  expect(refusalOf('undo', worldWith(), { toRevision: 9 })).toBe('unable to find specified revision 9 in history')
})

it('ACT-101: cannot reach a revision whose ReplicaSet the history limit has taken', () => {
  const pruned = worldWith({ replicaSets: [revision(2), revision(3)] })
  expect(refusalOf('undo', pruned, { toRevision: 1 })).toBe('unable to find specified revision 1 in history')
  expect(requestsOf(planOf('undo', pruned, { toRevision: 2 }))).toHaveLength(1)
})

it('ACT-91, ACT-92: passes over ReplicaSets of others and unreadable revisions', () => {
  const unreadable = revision(2, { hash: 'odd', annotations: { [annotations.revision]: 'two' } })
  const foreign = revision(2, { owner: 'uid-experiment' })
  const unnumbered = revision(1, { annotations: { [annotations.revision]: '' } })
  const world = worldWith({ replicaSets: [unreadable, foreign, unnumbered, revision(3)] })
  expect(requestsOf(planOf('undo', world))).toEqual([['patch rollouts', restored('uid-web', 'web:1')]])
})

it('ACT-94: sends nothing when the template already is that one, API server defaults aside', () => {
  const plan = planOf('undo', worldWith(), { toRevision: 3 })
  expect(plan.writes).toEqual([])
  expect(plan.message).toBe('skipped rollback (current template already matches revision 3)')
})

it('ACT-94: a revision that only adds something is not taken for the same', () => {
  const template = aPodTemplate('web:3')
  const env = [{ name: 'A', value: '1' }]
  const richer = { ...template, spec: { containers: [{ name: 'web', image: 'web:3', env }] } }
  const world = worldWith({ replicaSets: [withTemplate(revision(2), richer), revision(3)] })
  expect(requestsOf(planOf('undo', world))).toEqual([
    ['patch rollouts', restored('uid-web', 'web:3', '/spec/template', richer)],
  ])
})

it('ACT-98: leaves out what the engine injected into the ReplicaSet', () => {
  const injected = { labels: { role: 'canary' } }
  const target = revision(2, { annotations: { [annotations.ephemeralMetadata]: JSON.stringify(injected) } })
  const antiAffinity = { requiredDuringSchedulingIgnoredDuringExecution: {} }
  const template = withAntiAffinity(target.spec.template, {
    antiAffinity,
    stableRS: 'v1',
    podHash: 'v2',
    namespace: 'shop',
  })
  const dressed = { ...template, metadata: { labels: { ...template.metadata?.labels, role: 'canary' } } }
  expect(dressed.spec?.affinity).toBeDefined()
  expect(dressed.metadata.labels).toHaveProperty(labels.podTemplateHash)
  const world = worldWith({ replicaSets: [withTemplate(target, dressed), revision(3)] })
  expect(requestsOf(planOf('undo', world))).toEqual([['patch rollouts', restored('uid-web', 'web:2')]])
})

describe('ACT-96: with a workloadRef the patch goes to what it names', () => {
  const referring = (apiVersion: string, kind: string): Rollout => {
    const { template: _borrowed, ...spec } = rollout().spec
    return { ...rollout(), spec: { ...spec, workloadRef: { apiVersion, kind, name: 'web' } } }
  }
  const metadata = { name: 'web', namespace: 'shop', uid: 'uid-workload', resourceVersion: '1' }
  const deployment: Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { selector: { matchLabels: { app: 'web' } }, template: aPodTemplate('web:3') },
  }
  const podTemplate: PodTemplate = { apiVersion: 'v1', kind: 'PodTemplate', metadata, template: aPodTemplate('web:3') }

  it('a Deployment', () => {
    const plan = planOf('undo', worldWith({ rollout: referring('apps/v1', 'Deployment'), workload: deployment }))
    expect(requestsOf(plan)).toEqual([['patch deployments', restored('uid-workload', 'web:2')]])
    expect(rulesOf(plan)).toEqual(['ACT-96'])
  })

  it('a PodTemplate, whose template is elsewhere', () => {
    const plan = planOf('undo', worldWith({ rollout: referring('v1', 'PodTemplate'), workload: podTemplate }))
    expect(requestsOf(plan)).toEqual([['patch podtemplates', restored('uid-workload', 'web:2', '/template')]])
  })

  it('no other kind, and nothing that does not exist', () => {
    expect(refusalOf('undo', worldWith({ rollout: referring('apps/v1', 'StatefulSet') }))).toBe(
      'workload of type StatefulSet is not supported',
    )
    expect(refusalOf('undo', worldWith({ rollout: referring('apps/v1', 'Deployment') }))).toBe(
      'Deployment "web", which holds the template, does not exist',
    )
  })
})

describe('ACT-97, ACT-99: says what will happen', () => {
  const effectsOf = (parts: Partial<RolloutWorld>) => planOf('undo', worldWith(parts)).effects

  it('steps run for an old revision whose pods are gone', () => {
    expect(effectsOf({})).toEqual([
      'The pod template of revision 2 comes back: web:2',
      'All 2 steps run from the first',
      'Its ReplicaSet has no ready pods: they are started first',
    ])
  })

  it('steps are skipped within the rollback window', () => {
    const within = rollout({ spec: { rollbackWindow: { revisions: 1 } } })
    expect(effectsOf({ rollout: within })).toContain('Steps are skipped: it is within the rollback window')
  })

  it('steps are skipped on the way back to the stable revision', () => {
    const updating = rollout({ status: { currentPodHash: 'v3', stableRS: 'v2', observedGeneration: '1' } })
    const effects = effectsOf({ rollout: updating, replicaSets: [revision(2, { size: 4 }), revision(3)] })
    expect(effects).toContain('It is the stable revision: steps are skipped')
    expect(effects).toContain('Its ReplicaSet still has 4 ready pods')
  })

  it('blue-green switches at once while the old pods are still up', () => {
    const blueGreen = rollout({ blueGreen: { activeService: 'active' } })
    const replicaSets = [revision(2, { size: 1, deadline: '2026-01-15T10:05:00Z' }), revision(3)]
    expect(effectsOf({ rollout: blueGreen, replicaSets })).toContain(
      'The active service switches at once: its pods are still up',
    )
    expect(effectsOf({ rollout: blueGreen })).toContain(
      'It is previewed like any new version before the active service switches',
    )
  })

  it('a rollout that Git owns drifts', () => {
    const owned = rollout({ annotations: { 'argocd.argoproj.io/tracking-id': 'x' } })
    expect(planOf('undo', worldWith({ rollout: owned })).warnings).toEqual([
      'web is managed by Argo CD: a live edit drifts from Git and may be reverted',
    ])
  })
})
