import { beforeEach, describe, expect, it } from 'vitest'
import type { Pod } from '#api/core.ts'
import type { Status } from '#api/meta.ts'
import { aWorld, type World } from '#test/support/world.ts'

let world: World
let pods: string

const labels = { app: 'web' }

beforeEach(async () => {
  world = await aWorld()
  pods = `/api/v1/namespaces/${world.namespace}/pods`
})

async function aReadyPod(): Promise<void> {
  const spec = { containers: [{ name: 'web', image: 'registry.example/web:1' }] }
  // The account that pods run as is made a moment after its namespace.
  await world.eventually(
    'the pod made',
    async () => (await world.send('POST', pods, { body: { metadata: { name: 'web', labels }, spec } })).code === 201,
  )
  await world.eventually('the pod ready', async () => {
    const { status } = (await world.send<Pod>('GET', `${pods}/web`)).body
    return status?.conditions?.some(({ type, status: holds }) => type === 'Ready' && holds === 'True') === true
  })
}

const evict = (query = '') =>
  world.send<Status>('POST', `${pods}/web/eviction${query}`, {
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'web', namespace: world.namespace } },
  })
const budget = (name: string, spec: object) =>
  world.send('POST', `/apis/policy/v1/namespaces/${world.namespace}/poddisruptionbudgets`, {
    body: { metadata: { name }, spec: { selector: { matchLabels: labels }, ...spec } },
  })

describe('an eviction', () => {
  it('deletes the pod', async () => {
    await aReadyPod()
    expect(await evict()).toMatchObject({ code: 201, body: { status: 'Success' } })
    await world.eventually('the pod gone', async () => (await world.send('GET', `${pods}/web`)).code === 404)
  })

  it('is refused with 429 while a disruption budget needs the pod', async () => {
    await aReadyPod()
    await budget('keep', { minAvailable: 1 })
    const causeOf = ({ body }: Awaited<ReturnType<typeof evict>>) => body.details?.causes?.[0]?.message ?? ''
    await world.eventually('the budget counted', async () => causeOf(await evict()).includes('healthy'))
    const refused = await evict()
    expect(refused).toMatchObject({
      code: 429,
      body: {
        reason: 'TooManyRequests',
        message: "Cannot evict pod as it would violate the pod's disruption budget.",
        details: { causes: [{ reason: 'DisruptionBudget' }] },
      },
    })
    expect(causeOf(refused)).toBe('The disruption budget keep needs 1 healthy pods and has 1 currently')
    expect(await world.send('GET', `${pods}/web`)).toMatchObject({ code: 200 })
  })

  it('is an error when several budgets cover the pod', async () => {
    await aReadyPod()
    await budget('one', { minAvailable: 0 })
    await budget('two', { minAvailable: 0 })
    expect(await evict()).toMatchObject({
      code: 500,
      body: {
        message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      },
    })
  })
})
