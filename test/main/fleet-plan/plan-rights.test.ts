import { describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import type { FleetPlan, MemberStatus } from '#engine/fleet-plan/document.ts'
import { success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { PlanRights } from '#main/fleet-plan/plan-rights.ts'
import { aPlan, aWave, seen } from '#test/support/builders/fleet-plan.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const id = 'a/shop/web'
const answersIn = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

interface Attributes {
  readonly verb: string
  readonly resource: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
}

/** A cluster that grants everything but what is denied; `asked` are its questions, in words. */
function setUp(denied: readonly string[]) {
  const clock = new VirtualClock()
  const asked: string[] = []
  const create: ClusterClient['create'] = async (resource, object) => {
    if (resource !== resources.selfSubjectAccessReviews) throw new Error('nothing else is sent')
    const { resourceAttributes } = (object as unknown as { spec: { resourceAttributes: Attributes } }).spec
    const { verb, resource: plural, subresource, namespace, name } = resourceAttributes
    const right = `${verb} ${plural}${subresource === undefined ? '' : `/${subresource}`}`
    asked.push(`${right} ${namespace}/${name}`)
    return success({ ...object, status: { allowed: !denied.includes(right) } })
  }
  const cluster: Cluster = new FakeCluster(new FakeApi())
  const asking = new Proxy(cluster, {
    get: (target, key) => (key === 'client' ? { create } : Reflect.get(target, key, target)),
  })
  let told = 0
  const clusterOf = () => ({ cluster: asking, isDriven: () => true, isInCluster: () => true })
  const rights = new PlanRights({ clusterOf, clock, onAnswer: () => void told++ })
  return { rights, clock, asked, told: () => told }
}

const planOf = (state: MemberStatus['state'], change: FleetPlan['spec']['change'] = setImage): FleetPlan =>
  aPlan([aWave(['a'])], {
    change,
    status: { waves: [{ state: 'Active', since: T0 }], members: { [id]: { state, since: T0 } } },
  })
const setImage = { kind: 'setImage', images: [{ container: 'web', image: 'web:2' }] } as const
const members = { [id]: seen(T0) }

describe('the rights of a plan at its members', () => {
  it('3.4.2: all that it may send is asked for before a member begins, and what is missing is named', async () => {
    const { rights, asked, told } = setUp(['patch rollouts/status', 'update rollouts'])
    expect(rights.add(planOf('Pending'), members)[id]).toMatchObject({ asksRights: true })
    await answersIn()
    expect(asked.toSorted()).toEqual([
      'patch rollouts shop/web',
      'patch rollouts/status shop/web',
      'update rollouts shop/web',
    ])
    expect(told()).toBe(1)
    const known = rights.add(planOf('Admitting'), members)[id]
    expect(known?.missingRight).toBe('patch rollouts/status and update rollouts in namespace shop')
    expect(known?.asksRights).toBeUndefined()
    expect(asked).toHaveLength(3)
  })

  it('3.4.2: with a gate no right to change the template is needed', async () => {
    const { rights, asked } = setUp(['update rollouts'])
    rights.add(planOf('Pending', { kind: 'gate' }), members)
    await answersIn()
    expect(asked.toSorted()).toEqual(['patch rollouts shop/web', 'patch rollouts/status shop/web'])
    expect(rights.add(planOf('Pending', { kind: 'gate' }), members)[id]).toEqual(members[id])
  })

  it('nobody is asked about members that do not begin; who is tried again is asked about again', async () => {
    const { rights, asked } = setUp(['patch rollouts'])
    rights.add(planOf('Soaking'), members)
    await answersIn()
    expect(asked).toEqual([])
    rights.add(planOf('Admitting'), members)
    await answersIn()
    expect(rights.add(planOf('Admitting'), members)[id]?.missingRight).toBe('patch rollouts in namespace shop')
    rights.add(planOf('Refused'), members)
    expect(rights.add(planOf('Admitting'), members)[id]).toMatchObject({ asksRights: true })
  })

  it('answers stand for five minutes', async () => {
    const { rights, asked, clock } = setUp([])
    rights.add(planOf('Pending'), members)
    await answersIn()
    await clock.advance(299_999)
    expect(rights.add(planOf('Pending'), members)[id]?.asksRights).toBeUndefined()
    await clock.advance(1)
    expect(rights.add(planOf('Pending'), members)[id]?.asksRights).toBe(true)
    expect(asked.length).toBeGreaterThanOrEqual(3)
  })
})
