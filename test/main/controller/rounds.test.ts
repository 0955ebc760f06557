import { describe, expect, it, onTestFinished } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Decision } from '#engine/decision.ts'
import { nothingToDo } from '#engine/decision.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { silentLog } from '#lib/log.ts'
import { Rounds } from '#main/controller/rounds.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const kinds = [
  ['Experiment', 'experiments'],
  ['AnalysisRun', 'analysisRuns'],
] as const

type Plural = (typeof kinds)[number][1]

/** Rounds of `shop/web`, which wants one object: `web-1`, or `web-1-1` when that is known already. */
function setUp(kind: string, plural: Plural, there: KubeObject['metadata']) {
  const api = new FakeApi()
  const cluster = new FakeCluster(api)
  const clock = new VirtualClock()
  const resource = resources[plural]
  const objectNamed = (metadata: KubeObject['metadata']): KubeObject => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind,
    metadata,
  })
  const worlds: (readonly string[])[] = []
  const reconcile = (world: RolloutWorld): Decision => {
    const known = (world[plural] ?? []).map(({ metadata }) => metadata.name)
    worlds.push(known)
    const name = known.includes('web-1') ? 'web-1-1' : 'web-1'
    const object = objectNamed({ namespace: 'shop', name })
    const ref = { resource, namespace: 'shop', name }
    return { ...nothingToDo, writes: [{ kind: 'create', ref, object, because: 'EXP-808', summary: `Create ${name}` }] }
  }
  const rounds = new Rounds({
    metrics: undefined,
    aws: undefined,
    cluster,
    clock,
    log: silentLog,
    reconcile,
    isDriving: () => true,
    mayWrite: () => true,
    instanceID: undefined,
    onReasons: () => undefined,
  })
  onTestFinished(() => rounds.stop())
  api.put(resources.rollouts, aRollout())
  // It comes just before ours, and the watches lag.
  api.intercept = ({ verb, name }) => {
    if (verb !== 'create' || name !== 'web-1' || api.all(resource).length > 0) return undefined
    cluster.freeze()
    api.put(resource, objectNamed(there))
    return undefined
  }
  const created = () =>
    api.requests.flatMap(({ verb, name }) => (verb === 'create' && name !== undefined ? [name] : []))
  rounds.add('shop/web')
  return { cluster, clock, worlds, created }
}

describe.each(kinds)('EXP-808, ANA-1104: when the name of an %s is taken', (kind, plural) => {
  const at = { namespace: 'shop', name: 'web-1' }

  it('by what no cache shows: it is known in the next round', async () => {
    const { clock, worlds, created } = setUp(kind, plural, at)
    await clock.advance(2000)
    expect(worlds).toEqual([[], ['web-1']])
    expect(created()).toEqual(['web-1', 'web-1-1'])
  })

  it('by one of ours: the cache is waited for', async () => {
    const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid: 'uid-web', controller: true }
    const { cluster, clock, worlds, created } = setUp(kind, plural, { ...at, ownerReferences: [owner] })
    await clock.advance(1000)
    expect(new Set(created())).toEqual(new Set(['web-1']))
    cluster.thaw()
    await clock.advance(1000)
    expect(worlds.at(-1)).toEqual(['web-1'])
    expect(created().at(-1)).toBe('web-1-1')
  })
})
