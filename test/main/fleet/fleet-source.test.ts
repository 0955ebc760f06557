import { describe, expect, it, vi } from 'vitest'
import type { Event } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import type { Rollout, RolloutStatus } from '#api/rollout.ts'
import { rolloutKey } from '#contract/keys.ts'
import type { FleetPatch, RolloutDetailView } from '#contract/views.ts'
import { createFleetSource } from '#main/fleet/fleet-source.ts'
import { apply } from '#main/fleet/patch.ts'
import { anAnalysisRun } from '#test/support/builders/analysis.ts'
import { anExperiment, aRun } from '#test/support/builders/experiment.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aPodTemplate, aRollout } from '#test/support/builders/rollout.ts'
import { aPod, aService } from '#test/support/builders/service.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const keyOf = (name: string, context = 'eu') => rolloutKey({ context, namespace: 'shop', name })

/** Settled on v1. */
const rolloutNamed = (name: string, more: Partial<Rollout['spec']> = {}): Rollout => {
  const status = { observedGeneration: '1', currentPodHash: 'v1', stableRS: 'v1', phase: 'Progressing' as const }
  const base = aRollout({ spec: more, status })
  return { ...base, metadata: { ...base.metadata, name, uid: `uid-${name}` } }
}
const replicaSetOf = (name: string) => {
  const base = aReplicaSet({ name: `${name}-v1`, size: 2, available: 1, owner: `uid-${name}` })
  const [owner] = base.metadata.ownerReferences ?? []
  return owner === undefined ? base : { ...base, metadata: { ...base.metadata, ownerReferences: [{ ...owner, name }] } }
}
const crashing = (rollout: string, index: number) => ({
  ...aPod(replicaSetOf(rollout), index),
  status: {
    phase: 'Running' as const,
    containerStatuses: [
      { name: 'web', ready: false, restartCount: 1, state: { waiting: { reason: 'CrashLoopBackOff' } } },
    ],
  },
})

function aFleet(names: readonly string[] = ['web', 'cart'], context = 'eu') {
  const clock = new VirtualClock()
  const api = new FakeApi()
  for (const name of names) {
    api.put(resources.rollouts, rolloutNamed(name))
    api.put(resources.replicaSets, replicaSetOf(name))
  }
  const cluster = new FakeCluster(api, api.client(context))
  const fleet = createFleetSource({ clock })
  const patches: FleetPatch[] = []
  fleet.onPatch((patch) => patches.push(patch))
  fleet.add(cluster)
  return { clock, api, cluster, fleet, patches }
}

/** What the last patch is about. */
const touched = (patches: readonly FleetPatch[]) => Object.keys(patches.at(-1)?.upserted ?? {})

describe('FleetSource', () => {
  it('shows what the caches hold when a cluster is added, numbered from 1', async () => {
    const { clock, fleet, patches } = aFleet()
    expect(patches).toEqual([])
    await clock.advance(15)
    expect(patches.map(({ seq }) => seq)).toEqual([1])
    expect(touched(patches)).toEqual([keyOf('web'), keyOf('cart')])
    expect(fleet.snapshot()).toEqual({ seq: 1, rollouts: patches[0]?.upserted })
    expect(fleet.view(keyOf('web'))).toMatchObject({
      why: [{ cause: 'podsStarting', values: { missing: 1, pods: 2 } }],
      context: 'eu',
    })
    expect(fleet.counts('eu')).toEqual({ rollouts: 2, objects: 4 })
    expect(fleet.counts('us')).toEqual({ rollouts: 0, objects: 0 })
  })

  it('UI-LOAD-1: shows a cluster once its first lists are in, at the latest three seconds after its first rollout', async () => {
    const begin = () => {
      const { clock, api, fleet, patches } = aFleet([])
      const cluster = new FakeCluster(api, api.client('us'))
      cluster.setConnection({ state: 'connecting', since: T0 })
      fleet.add(cluster)
      for (const name of ['web', 'cart']) api.put(resources.rollouts, rolloutNamed(name))
      const kinds = vi.spyOn(cluster, 'cache')
      const asked = () => kinds.mock.calls.map(([kind]) => kind)
      return { clock, cluster, asked, patches: () => patches.filter(({ upserted }) => keyOf('web', 'us') in upserted) }
    }
    const connected = begin()
    await connected.clock.advance(1000)
    expect(connected.patches()).toEqual([])
    connected.cluster.setConnection({ state: 'connected', since: T0 })
    await connected.clock.advance(200)
    expect(connected.patches()).toHaveLength(1)
    expect(connected.asked()).not.toContain('pods')
    await connected.clock.advance(2000)
    expect(connected.asked()).toContain('pods')

    const slow = begin()
    await slow.clock.advance(2900)
    expect(slow.patches()).toEqual([])
    await slow.clock.advance(200)
    expect(slow.patches()).toHaveLength(1)
  })

  it('VIEW-133: a pod changes the rollout it belongs to, and no other', async () => {
    const { clock, api, fleet, patches } = aFleet()
    await clock.advance(200)
    api.put(resources.pods, crashing('web', 0))
    await clock.advance(200)
    expect(patches).toHaveLength(2)
    expect(touched(patches)).toEqual([keyOf('web')])
    expect(fleet.view(keyOf('web'))?.why).toMatchObject([
      { cause: 'crashLoop', object: { kind: 'Pod', name: 'web-v1-0' } },
    ])
    api.remove(resources.pods, { namespace: 'shop', name: 'web-v1-0' })
    await clock.advance(200)
    expect(fleet.view(keyOf('web'))?.why).toMatchObject([{ cause: 'podsStarting' }])
  })

  it('VIEW-133: a pod of nobody we show changes nothing', async () => {
    const { clock, api, patches } = aFleet()
    await clock.advance(200)
    const { ownerReferences: _none, ...metadata } = crashing('web', 7).metadata
    api.put(resources.pods, { ...crashing('web', 7), metadata })
    expect(clock.pending).toBe(0)
    await clock.advance(200)
    expect(patches).toHaveLength(1)
  })

  it('VIEW-133: a Service concerns those that name it, as long as they do', async () => {
    const { clock, api, patches } = aFleet()
    const switched = { strategy: { blueGreen: { activeService: 'web-active' } } }
    api.put(resources.rollouts, rolloutNamed('web', switched))
    await clock.advance(200)
    api.put(resources.services, aService('web-active', 'v1'))
    await clock.advance(200)
    expect(touched(patches)).toEqual([keyOf('web')])
    expect(patches.at(-1)?.upserted[keyOf('web')]).toMatchObject({ actualWeight: 100 })
    api.put(resources.rollouts, rolloutNamed('web'))
    await clock.advance(200)
    api.put(resources.services, aService('web-active', 'other'))
    expect(clock.pending).toBe(0)
  })

  it('VIEW-77: a Deployment is followed once a rollout borrows its template', async () => {
    const { clock, api, fleet } = aFleet([])
    const { template: _none, ...spec } = rolloutNamed('web').spec
    const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
    api.put(resources.rollouts, { ...rolloutNamed('web'), spec: { ...spec, workloadRef } } as Rollout)
    await clock.advance(200)
    expect(fleet.view(keyOf('web'))?.version).toBeUndefined()
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { selector: {}, template: aPodTemplate('web:7') },
    }
    api.put(resources.deployments, deployment)
    await clock.advance(200)
    expect(fleet.view(keyOf('web'))?.version).toBe('7')
  })

  it('UI-VIRT-3: at most ten patches a second; changes in between go together', async () => {
    const { clock, api, patches } = aFleet()
    await clock.advance(15)
    for (let index = 0; index < 100; index++) {
      api.put(resources.pods, crashing(index % 2 === 0 ? 'web' : 'cart', index))
      await clock.advance(10)
    }
    await clock.advance(200)
    expect(patches.length).toBeLessThanOrEqual(12)
    expect(patches.map(({ seq }) => seq)).toEqual(patches.map((_, index) => index + 1))
  })

  it('UI-VIRT-3: the patches in order add up to the snapshot', async () => {
    const { clock, api, fleet, patches } = aFleet()
    await clock.advance(15)
    api.remove(resources.rollouts, { namespace: 'shop', name: 'cart' })
    api.put(resources.rollouts, rolloutNamed('mail'))
    await clock.advance(200)
    api.put(resources.rollouts, rolloutNamed('cart', { paused: true }))
    await clock.advance(200)
    expect(patches.map(({ removed }) => removed)).toEqual([[], [keyOf('cart')], []])
    expect(patches.reduce(apply, {})).toEqual(fleet.snapshot().rollouts)
  })

  it('sends thousands in pieces, and each of them', async () => {
    const names = Array.from({ length: 1100 }, (_, index) => `app-${index}`)
    const clock = new VirtualClock()
    const api = new FakeApi()
    for (const name of names) api.put(resources.rollouts, rolloutNamed(name))
    const fleet = createFleetSource({ clock })
    const sizes: number[] = []
    fleet.onPatch(({ upserted }) => sizes.push(Object.keys(upserted).length))
    fleet.add(new FakeCluster(api, api.client('eu')))
    await clock.advance(1000)
    expect(sizes).toEqual([500, 500, 100])
    expect(clock.pending).toBe(0)
  })

  it('UI-P-6: an unreachable cluster keeps its views and closes their actions, until it is back', async () => {
    const { clock, cluster, fleet, patches } = aFleet()
    await clock.advance(200)
    const failure = { kind: 'Unreachable', message: 'refused', since: T0 } as const
    cluster.setConnection({ state: 'late', since: T0, failure })
    expect(clock.pending).toBe(0)
    cluster.setConnection({ state: 'unreachable', since: T0, failure, retryAt: T0, attempt: 1 })
    await clock.advance(200)
    const why = [{ cause: 'podsStarting' }]
    const restart = { open: false, reason: 'eu is unreachable' }
    expect(fleet.view(keyOf('web'))).toMatchObject({ why, actions: { restart } })
    cluster.setConnection({ state: 'unreachable', since: T0, failure, retryAt: T0, attempt: 2 })
    expect(clock.pending).toBe(0)
    cluster.setConnection({ state: 'connected', since: T0 })
    await clock.advance(200)
    expect(fleet.view(keyOf('web'))).toMatchObject({ why, actions: { restart: { open: true } } })
    expect(patches).toHaveLength(3)
  })

  it('takes a cluster off the board, and UI-STAT-7: with it the drift it caused elsewhere', async () => {
    const { clock, api, fleet, patches } = aFleet(['web'], 'arn:aws:eks:eu/main')
    const other = new FakeApi()
    other.put(resources.rollouts, rolloutNamed('web', { template: aPodTemplate('web:9') }))
    fleet.add(new FakeCluster(other, other.client('us')))
    await clock.advance(200)
    const own = keyOf('web', 'arn:aws:eks:eu/main')
    expect(fleet.view(own)?.drift).toBe(true)
    fleet.remove('us')
    await clock.advance(200)
    expect(patches.at(-1)).toMatchObject({ removed: [keyOf('web', 'us')], upserted: { [own]: { drift: false } } })
    expect(fleet.view(keyOf('web', 'us'))).toBeUndefined()
    fleet.remove('arn:aws:eks:eu/main')
    await clock.advance(200)
    api.put(resources.rollouts, rolloutNamed('web', { paused: true }))
    expect(clock.pending).toBe(0)
    expect(fleet.snapshot().rollouts).toEqual({})
  })

  it('stops for good', async () => {
    const { clock, api, fleet, patches } = aFleet()
    fleet.stop()
    api.put(resources.rollouts, rolloutNamed('mail'))
    await clock.advance(500)
    expect(patches).toEqual([])
  })
})

const anEvent = (message: string, more: Partial<Event> = {}): Event => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'e1', namespace: 'shop' },
  involvedObject: { kind: 'Rollout', namespace: 'shop', name: 'web', uid: 'uid-web' },
  message,
  ...more,
})

describe('events', () => {
  it('of all clusters are told, those there are at once, those that repeat again, and none after the end', () => {
    const { api, fleet } = aFleet()
    api.put(resources.events, anEvent('before'))
    const heard: unknown[] = []
    const end = fleet.onEvent((key, { message, count }, uid) => heard.push([key, message, count, uid]))
    api.put(resources.events, anEvent('again', { count: 2 }))
    const later = aFleet([], 'us')
    fleet.add(later.cluster)
    later.api.put(resources.events, anEvent('elsewhere'))
    api.remove(resources.events, { namespace: 'shop', name: 'e1' })
    end()
    api.put(resources.events, anEvent('unheard'))
    expect(heard).toEqual([
      [keyOf('web'), 'before', 1, 'uid-web'],
      [keyOf('web'), 'again', 2, 'uid-web'],
      [keyOf('web', 'us'), 'elsewhere', 1, 'uid-web'],
    ])
  })

  it('are watched only for somebody', () => {
    const { cluster, fleet } = aFleet()
    const asked: string[] = []
    const cache = cluster.cache.bind(cluster)
    cluster.cache = (kind) => {
      asked.push(kind)
      return cache(kind)
    }
    fleet.add(cluster)
    fleet.snapshot()
    expect(asked).not.toContain('events')
    fleet.onEvent(() => undefined)
    expect(asked).toContain('events')
  })
})

describe('details', () => {
  it('come at once, then with each change of the rollout, its children or its events', async () => {
    const { clock, api, fleet } = aFleet()
    const seen: (RolloutDetailView | undefined)[] = []
    const dispose = fleet.onDetail(keyOf('web'), (detail) => seen.push(detail))
    expect(seen).toMatchObject([{ view: { name: 'web' }, events: [], revisions: [{ replicaSet: 'web-v1', pods: [] }] }])
    await clock.advance(1000)
    api.put(resources.pods, crashing('web', 0))
    await clock.advance(1000)
    expect(seen.at(-1)?.revisions).toMatchObject([{ pods: [{ name: 'web-v1-0', state: 'failing' }] }])
    api.put(resources.events, anEvent('hello'))
    await clock.advance(1000)
    expect(seen.at(-1)?.events).toMatchObject([{ message: 'hello' }])
    api.put(resources.pods, crashing('cart', 0))
    await clock.advance(1000)
    expect(seen).toHaveLength(3)
    api.remove(resources.rollouts, { namespace: 'shop', name: 'web' })
    await clock.advance(1000)
    expect(seen.at(-1)).toBeUndefined()
    dispose()
    api.put(resources.rollouts, rolloutNamed('web'))
    await clock.advance(1000)
    expect(seen).toHaveLength(4)
  })

  it('ACT-52: remember the step that an aborted update was at, and only of that update', async () => {
    const { clock, api, fleet } = aFleet()
    const steps = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }]
    const put = async (status: RolloutStatus) => {
      const base = rolloutNamed('web', { strategy: { canary: { steps } } })
      const rollout: Rollout = { ...base, status: { ...base.status, stableRS: 'v0', ...status } }
      api.put(resources.rollouts, rollout)
      await clock.advance(200)
      return fleet.detail(keyOf('web'))?.steps.map(({ state }) => state)
    }
    expect(await put({ currentStepIndex: 0, abort: true })).toEqual(['future', 'future', 'future'])
    expect(await put({ currentStepIndex: 1 })).toEqual(['done', 'current', 'future'])
    expect(await put({ currentStepIndex: 1, abort: true })).toEqual(['done', 'failed', 'future'])
    expect(await put({ currentStepIndex: 0, abort: true })).toEqual(['done', 'failed', 'future'])
    expect(await put({ currentStepIndex: 0 })).toEqual(['current', 'future', 'future'])
    expect(await put({ currentStepIndex: 0, abort: true })).toEqual(['failed', 'future', 'future'])
    expect(await put({ currentStepIndex: 0, abort: true, currentPodHash: 'v9' })).toEqual([
      'future',
      'future',
      'future',
    ])
  })

  it('VIEW-133: follow the AnalysisRuns of the Rollout, and those that repeat one of them', async () => {
    const { clock, api, fleet } = aFleet()
    const names: unknown[] = []
    fleet.onDetail(keyOf('web'), (detail) => names.push(detail?.analysisRuns.map(({ name }) => name)))
    const ownerReferences = [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid: 'uid-web' }]
    api.put(resources.analysisRuns, anAnalysisRun({}, { metadata: { name: 'web-1', uid: 'r1', ownerReferences } }))
    await clock.advance(1000)
    const labels = { 'argosy.dev/rerun-for': 'uid-web' }
    const repeated = { name: 'again', uid: 'r2', ownerReferences: [], labels }
    api.put(resources.analysisRuns, anAnalysisRun({}, { metadata: repeated }))
    api.put(
      resources.analysisRuns,
      anAnalysisRun({}, { metadata: { name: 'foreign', uid: 'r3', ownerReferences: [] } }),
    )
    await clock.advance(1000)
    expect(names).toEqual([[], ['web-1'], ['web-1', 'again']])
  })

  it('VIEW-2, VIEW-133: follow the Experiment of a step, and the AnalysisRuns of it', async () => {
    const { clock, api, fleet } = aFleet()
    const steps = [{ experiment: { templates: [{ name: 'canary', specRef: 'canary' as const }] } }]
    const base = rolloutNamed('web', { strategy: { canary: { steps } } })
    const status = { ...base.status, currentPodHash: 'v2', canary: { currentExperiment: 'try' } }
    api.put(resources.rollouts, { ...base, status } as Rollout)
    const seen: unknown[] = []
    fleet.onDetail(keyOf('web'), (detail) =>
      seen.push([detail?.experiment?.phase, detail?.analysisRuns.map(({ name, kind }) => `${name} ${kind}`)]),
    )
    expect(fleet.detail(keyOf('web'))?.experimentState).toBe('read')
    const ownerReferences = [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid: 'uid-web' }]
    api.put(resources.experiments, anExperiment({ metadata: { ownerReferences }, status: { phase: 'Running' } }))
    await clock.advance(1000)
    api.put(resources.analysisRuns, aRun('try-rate', 'Running'))
    await clock.advance(1000)
    expect(seen).toEqual([
      [undefined, []],
      ['Running', []],
      ['Running', ['try-rate Experiment']],
    ])
  })

  it('watch no Experiments for a Rollout without a step for them', () => {
    const { cluster, fleet } = aFleet()
    const asked = vi.spyOn(cluster, 'cache')
    expect(fleet.detail(keyOf('web'))?.experiment).toBeUndefined()
    expect(asked.mock.calls.flat()).not.toContain('experiments')
  })

  it('say whether no events means anything: loading, read, or forbidden', async () => {
    const { clock, cluster, fleet } = aFleet()
    cluster.synced = false
    const states: unknown[] = []
    fleet.onDetail(keyOf('web'), (detail) => states.push(detail?.eventsState))
    await clock.advance(1000)
    const failure = {
      kind: 'Forbidden',
      message: 'no',
      verb: 'list',
      resource: 'events',
      namespace: undefined,
    } as const
    cluster.tellState(resources.events, { state: 'stale', since: T0, failure, retryAt: T0 + 1000 })
    await clock.advance(1000)
    cluster.synced = true
    cluster.tellState(resources.events, { state: 'live', since: clock.now() })
    await clock.advance(1000)
    cluster.tellState(resources.events, { state: 'stale', since: T0, failure, retryAt: T0 + 1000 })
    await clock.advance(1000)
    expect(states).toEqual(['loading', 'forbidden', 'read'])
  })

  it('come at most five times a second', async () => {
    const { clock, api, fleet } = aFleet()
    const times: number[] = []
    fleet.onDetail(keyOf('web'), () => times.push(clock.now() - T0))
    for (let index = 0; index < 100; index++) {
      api.put(resources.pods, crashing('web', index))
      await clock.advance(10)
    }
    expect(times).toEqual([0, 200, 400, 600, 800, 1000])
  })

  it('of what is not there are undefined', () => {
    const { fleet } = aFleet()
    expect(fleet.detail(keyOf('nobody'))).toBeUndefined()
    expect(fleet.detail(keyOf('web', 'us'))).toBeUndefined()
    expect(fleet.detail('not a key')).toBeUndefined()
    expect(fleet.parts(keyOf('web'))).toMatchObject({ context: 'eu', rollout: { metadata: { name: 'web' } }, pods: [] })
    expect(fleet.parts('not a key')).toBeUndefined()
  })
})
