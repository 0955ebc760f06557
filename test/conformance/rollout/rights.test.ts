import { describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { aWorld, isRealWorld, type World } from '#test/support/world.ts'
import { aShop, canary, objectsOf } from './shop.ts'

const read = ['get', 'list', 'watch']
const rules = [
  { apiGroups: ['argoproj.io'], resources: ['rollouts', 'rollouts/status'], verbs: [...read, 'update', 'patch'] },
  { apiGroups: ['apps'], resources: ['replicasets'], verbs: [...read, 'create'] },
  { apiGroups: ['apps'], resources: ['deployments'], verbs: read },
  { apiGroups: [''], resources: ['pods', 'services'], verbs: read },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: [...read, 'create', 'update'] },
]

/** A service account with the rights above, in the namespace alone. Returns the user's name. */
async function anAccount(world: World): Promise<string> {
  const { namespace, send } = world
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`
  const metadata = { name: 'engine' }
  await send('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { body: { metadata } })
  await send('POST', `${rbac}/roles`, { body: { metadata, rules } })
  await send('POST', `${rbac}/rolebindings`, {
    body: {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'engine' },
      subjects: [{ kind: 'ServiceAccount', name: 'engine', namespace }],
    },
  })
  return `system:serviceaccount:${namespace}:engine`
}

// The sandbox stores roles and does not act on them.
describe.skipIf(!isRealWorld)('an engine without a right', () => {
  it('OPS-62: that may not change ReplicaSets stops there, and goes on once it may', async () => {
    const world = await aWorld()
    const engine = world.startEngine({ as: await anAccount(world) })
    const shop = await aShop(world, { strategy: canary([{ setWeight: 50 }]) })
    await world.eventually('the ReplicaSet', async () => (await objectsOf(world, resources.replicaSets)).length === 1)
    await world.pass(3_000)
    expect(engine.drives).toBe(true)
    expect(await shop.story.told('pods')).toEqual([])
    expect(shop.story.replicaSets).toHaveLength(1)
    const more = { apiGroups: ['apps'], resources: ['replicasets'], verbs: ['update', 'patch', 'delete'] }
    await world.send('PATCH', `/apis/rbac.authorization.k8s.io/v1/namespaces/${world.namespace}/roles/engine`, {
      body: { rules: [...rules, more] },
      headers: { 'Content-Type': 'application/merge-patch+json' },
    })
    await shop.untilHealthy()
    expect(await shop.story.told('pods')).toEqual(['1×2'])
  })
})
