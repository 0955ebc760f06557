import { describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { rolloutKey, workloadKey } from '#contract/keys.ts'
import type { WorkloadKind } from '#contract/workload-views.ts'
import { createFleetSource } from '#main/fleet/fleet-source.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aDeployment, aStatefulSet } from '#test/support/builders/workload.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const keyOf = (kind: WorkloadKind, context = 'eu') => workloadKey({ context, namespace: 'shop', name: 'web', kind })
const ownKey = rolloutKey({ context: 'eu', namespace: 'shop', name: 'web' })

const borrowing = (name: string) =>
  aRollout({ spec: { template: undefined, workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name } } as never })

function aFleet({ natives = true, context = 'eu', version = 'web:2' } = {}, fleet = createFleet()) {
  const api = new FakeApi()
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: version }] } }
  api.put(resources.deployments, aDeployment({ spec: { template } }))
  api.put(resources.statefulSets, aStatefulSet())
  const cluster = new FakeCluster(api, api.client(context))
  fleet.source.add(cluster, { natives })
  const shown = () => Object.keys(fleet.source.snapshot().rollouts)
  return { ...fleet, api, cluster, shown }
}

function createFleet() {
  const clock = new VirtualClock()
  return { clock, source: createFleetSource({ clock }) }
}

describe('native workloads', () => {
  it('stand on the board with what they have, under keys of their own', async () => {
    const { clock, source, shown } = aFleet()
    await clock.advance(200)
    expect(shown().toSorted()).toEqual([keyOf('Deployment'), keyOf('StatefulSet')])
    expect(source.view(keyOf('Deployment'))).toMatchObject({
      kind: 'Deployment',
      status: 'Healthy',
      version: '2',
      replicas: { desired: 3, updated: 3 },
      actions: { restart: { open: true }, promote: { open: false } },
    })
    expect(source.view(keyOf('StatefulSet'))?.actions.pause).toEqual({
      open: false,
      reason: 'A StatefulSet cannot be paused',
    })
    expect(source.natives('eu')).toEqual({ state: 'shown', count: 2 })
    expect(source.counts('eu')).toEqual({ rollouts: 0, objects: 2 })
  })

  it('cost nothing until somebody wants to see them, and go when nobody does', async () => {
    const { clock, source, shown } = aFleet({ natives: false })
    await clock.advance(200)
    expect(shown()).toEqual([])
    expect(source.natives('eu')).toEqual({ state: 'hidden', count: 0 })
    source.showNatives('eu', true)
    await clock.advance(200)
    expect(shown()).toHaveLength(2)
    source.showNatives('eu', false)
    await clock.advance(200)
    expect(shown()).toEqual([])
  })

  it('wait until the Rollouts are there', async () => {
    const api = new FakeApi()
    api.put(resources.deployments, aDeployment())
    const { clock, source } = createFleet()
    const cluster = new FakeCluster(api, api.client('eu'))
    cluster.setConnection({ state: 'connecting', since: T0 })
    source.add(cluster, { natives: true })
    await clock.advance(200)
    expect(source.natives('eu')).toEqual({ state: 'loading', count: 0 })
    cluster.setConnection({ state: 'connected', since: T0 })
    await clock.advance(1900)
    expect(source.natives('eu').state).toBe('loading')
    await clock.advance(300)
    expect(source.view(keyOf('Deployment'))).toBeDefined()
  })

  it('API-13: a Deployment whose template a Rollout borrows is shown as that Rollout, and comes back without it', async () => {
    const { clock, api, shown } = aFleet()
    await clock.advance(200)
    api.put(resources.rollouts, borrowing('web'))
    await clock.advance(200)
    expect(shown().toSorted()).toEqual([ownKey, keyOf('StatefulSet')])
    api.put(resources.rollouts, borrowing('other'))
    await clock.advance(200)
    expect(shown()).toContain(keyOf('Deployment'))
  })

  it('UI-STAT-7: drift from what most clusters run is told among workloads of one kind', async () => {
    const fleet = createFleet()
    aFleet({ context: 'eu' }, fleet)
    aFleet({ context: 'us' }, fleet)
    aFleet({ context: 'ap', version: 'web:1' }, fleet)
    await fleet.clock.advance(400)
    const drifted = Object.values(fleet.source.snapshot().rollouts).filter(({ drift }) => drift)
    expect(drifted.map(({ key }) => key)).toEqual([keyOf('Deployment', 'ap')])
  })
})
