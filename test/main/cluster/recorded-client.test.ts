import { describe, expect, it, onTestFinished } from 'vitest'
import { resources } from '#api/resources.ts'
import { createRecordedClient, type WriteBy } from '#main/cluster/recorded-client.ts'
import { anAccess } from '#test/support/context-access.ts'
import { type ScriptedServer, startServer, status } from '#test/support/scripted-server.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const at = { namespace: 'web', name: 'shop' }
const rollout = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: at }
type Answer = Parameters<typeof startServer>[0]

/** A server that says who is asking, and answers all else as told. */
async function aClient(answer: Answer) {
  const server: ScriptedServer = await startServer((request, reply) =>
    request.path.endsWith('/selfsubjectreviews')
      ? reply.json(201, { status: { userInfo: { username: 'ada@corp' } } })
      : answer(request, reply),
  )
  const told: WriteBy[] = []
  const options = {
    clock: new VirtualClock(),
    random: () => 0,
    env: {},
    onWrite: (each: WriteBy) => void told.push(each),
  }
  const client = createRecordedClient(anAccess(server.url), options)
  onTestFinished(() => server.close())
  return { client, told, server }
}

const stored: Answer = (_, reply) => reply.json(200, { metadata: { resourceVersion: '7' } })

describe('ACT-15: what is told of writes', () => {
  it('every kind of write, in order, with who it is to the cluster, why, the body and the answer', async () => {
    const { client, told } = await aClient(stored)
    const cause = { action: 'promote', reason: 'green', rule: 'ACT-35', summary: 'End the pause' }
    await client.create(resources.rollouts, rollout, { cause })
    await client.update(resources.rollouts, rollout, { subresource: 'status' })
    await client.patch(resources.rollouts, at, { type: 'merge', body: { spec: {} } }, { cause })
    await client.delete(resources.replicaSets, at, { cause })
    await client.evict(at, undefined, cause)
    await client.close()
    expect(
      told.map(({ verb, resource, subresource, code, resourceVersion }) => [
        verb,
        resource,
        subresource,
        code,
        resourceVersion,
      ]),
    ).toEqual([
      ['create', 'rollouts.argoproj.io', undefined, 200, '7'],
      ['update', 'rollouts.argoproj.io', 'status', 200, '7'],
      ['patch', 'rollouts.argoproj.io', undefined, 200, '7'],
      ['delete', 'replicasets.apps', undefined, 200, '7'],
      ['create', 'pods', 'eviction', 200, '7'],
    ])
    expect(told[2]).toEqual({
      context: 'test',
      user: 'ada@corp',
      verb: 'patch',
      resource: 'rollouts.argoproj.io',
      subresource: undefined,
      ...at,
      cause,
      at: new VirtualClock().now(),
      code: 200,
      body: { type: 'application/merge-patch+json', text: '{"spec":{}}' },
      problem: undefined,
      resourceVersion: '7',
    })
    expect(told.every(({ user, name }) => user === 'ada@corp' && name === 'shop')).toBe(true)
  })

  it('a refused one, with what was said', async () => {
    const { client, told } = await aClient((_, reply) =>
      reply.json(409, status(409, 'Conflict', 'the object has been modified')),
    )
    await client.update(resources.rollouts, rollout)
    await client.close()
    expect(told).toMatchObject([{ code: 409, problem: 'the object has been modified', resourceVersion: undefined }])
  })

  it('one without an answer, for it may have been done', async () => {
    const { client, told } = await aClient((_, reply) => reply.reset())
    await client.update(resources.rollouts, rollout)
    await client.close()
    expect(told).toMatchObject([
      { verb: 'update', code: undefined, problem: expect.stringMatching(/connection was (closed|reset)/) },
    ])
  })

  it('reads, questions and dry runs are none', async () => {
    const { client, told } = await aClient(stored)
    await client.get(resources.rollouts, at)
    await client.create(resources.selfSubjectAccessReviews, { ...rollout, metadata: { name: '' } })
    await client.create(resources.rollouts, rollout, { dryRun: true })
    await client.close()
    expect(told).toEqual([])
  })

  it('the end comes after the last', async () => {
    const server = await startServer(stored)
    onTestFinished(() => server.close())
    const told: string[] = []
    const client = createRecordedClient(anAccess(server.url), {
      clock: new VirtualClock(),
      random: () => 0,
      env: {},
      onWrite: ({ name }) => void told.push(name),
      onClose: () => void told.push('closed'),
    })
    await client.update(resources.rollouts, rollout)
    await client.close()
    expect(told).toEqual(['shop', 'closed'])
  })
})
