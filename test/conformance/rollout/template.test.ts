import { beforeEach, describe, expect, it } from 'vitest'
import type { ReplicaSet } from '#api/apps.ts'
import { labels } from '#api/keys.ts'
import { resourcePath, resources } from '#api/resources.ts'
import { aWorld, type World } from '#test/support/world.ts'
import { aHealthyShop, aShop, canary, objectsOf, post, shopName, template } from './shop.ts'

let world: World

beforeEach(async () => {
  world = await aWorld()
})

/** Leaves to the API server whatever it fills in, and spells quantities its own way. */
const sparse = {
  metadata: { labels: { app: shopName }, annotations: { 'example.com/note': 'a <b> & "c"' } },
  spec: {
    initContainers: [{ name: 'first', image: 'registry.example/first@sha256:' + 'a'.repeat(64), command: ['true'] }],
    containers: [
      {
        name: shopName,
        image: 'registry.example/shop:1',
        ports: [{ containerPort: 8080 }],
        env: [
          { name: 'EMPTY', value: '' },
          { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
        ],
        readinessProbe: { httpGet: { port: 8080 } },
        resources: { requests: { cpu: '0.10', memory: '1024Mi' }, limits: { memory: '2Gi' } },
        volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
      },
    ],
    volumes: [{ name: 'scratch' }, { name: 'settings', configMap: { name: 'none', optional: true } }],
    tolerations: [{ operator: 'Exists' as const }],
  },
}

const defaulted = ({ spec }: ReplicaSet) => {
  const { [labels.podTemplateHash]: _hash, ...own } = spec.template.metadata?.labels ?? {}
  return { ...spec.template, metadata: { ...spec.template.metadata, labels: own } }
}

describe('a template', () => {
  it('REC-37, REC-44: is found again as the API server completed it', async () => {
    const strategy = canary([{ setWeight: 50 }, { pause: {} }])
    const shop = await aHealthyShop(world, { replicas: 1, template: sparse, strategy })
    const [replicaSet] = shop.story.replicaSets
    expect(replicaSet?.spec.template.spec?.['restartPolicy']).toBe('Always')
    await shop.patch({ spec: { template: replicaSet === undefined ? {} : defaulted(replicaSet) } })
    await shop.untilHealthy()
    await world.pass(2_000)
    expect(await shop.story.told('step', 'pods', 'stable')).toEqual([])
    expect(shop.story.replicaSets).toHaveLength(1)
  })

  it('REC-104, REC-106: has marks of its role, on the pods that run too', async () => {
    const marks = {
      canaryMetadata: { labels: { role: 'canary' }, annotations: { 'example.com/role': 'canary' } },
      stableMetadata: { labels: { role: 'stable' } },
    }
    const shop = await aHealthyShop(world, { strategy: canary([{ setWeight: 50 }, { pause: {} }], marks) })
    const roles = async () => (await shop.pods()).map(({ metadata }) => metadata.labels?.['role']).toSorted(byText)
    expect(await roles()).toEqual(['stable', 'stable'])
    await shop.release('2')
    await shop.untilPausedAt(1)
    await world.eventually('one of each', async () => (await roles()).join() === 'canary,stable')
    const before = (await shop.pods()).find(({ metadata }) => metadata.labels?.['role'] === 'canary')
    await shop.patchStatus({ pauseConditions: null })
    await shop.untilHealthy()
    await world.eventually('all are stable', async () => (await roles()).join() === 'stable,stable')
    const after = (await shop.pods()).find(({ metadata }) => metadata.uid === before?.metadata.uid)
    expect(after?.metadata.annotations ?? {}).not.toHaveProperty('example.com/role')
    expect(shop.story.replicaSets).toHaveLength(2)
  })

  it('REC-50: whose ReplicaSet would bear a name that is taken gets another', async () => {
    const strategy = canary([{ setWeight: 50 }])
    const first = await aHealthyShop(world, { replicas: 1, strategy })
    const name = first.story.replicaSets[0]?.metadata.name ?? ''
    const rollout = resourcePath(resources.rollouts, { namespace: world.namespace, name: shopName })
    await world.send('DELETE', `${rollout}?propagationPolicy=Background`)
    await world.eventually('gone', async () => (await objectsOf(world, resources.replicaSets)).length === 0)
    const app = { app: 'another' }
    await post(world, resources.replicaSets, {
      metadata: { name, labels: app },
      spec: { replicas: 0, selector: { matchLabels: app }, template: { ...template('9'), metadata: { labels: app } } },
    })
    const shop = await aShop(world, { replicas: 1, strategy })
    await shop.until('counted', ({ status }) => status?.collisionCount === 1)
    await shop.untilHealthy()
    const [replicaSet, ...others] = await objectsOf(world, resources.replicaSets)
    expect(replicaSet?.metadata.name).not.toBe(name)
    expect(others).toEqual([])
  })
})

describe('a status', () => {
  it('REC-36, REC-150: that is wiped is made again, with the same pods', async () => {
    const shop = await aHealthyShop(world, { strategy: canary([{ setWeight: 50 }, { pause: {} }]) })
    const uids = async () => new Set((await shop.pods()).map(({ metadata: { uid } }) => uid))
    const before = await uids()
    const path = resourcePath(resources.rollouts, { namespace: world.namespace, name: shopName, subresource: 'status' })
    const headers = { 'Content-Type': 'application/merge-patch+json' }
    const wiped = await world.send<{ readonly metadata: { readonly resourceVersion: string } }>('PATCH', path, {
      body: { status: null },
      headers,
    })
    expect(wiped.body).not.toHaveProperty('status')
    const version = Number(wiped.body.metadata.resourceVersion)
    await world.eventually('told', () => Number(shop.story.latest.metadata.resourceVersion) >= version)
    await shop.untilHealthy()
    expect(await uids()).toEqual(before)
    expect(await shop.story.told('pods')).toEqual([])
    expect(shop.story.replicaSets).toHaveLength(1)
  })
})

const byText = (a: string | undefined, b: string | undefined) => (a ?? '').localeCompare(b ?? '')
