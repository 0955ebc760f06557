import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import type { Failure } from '#lib/failure.ts'
import type { Outcome } from '#lib/outcome.ts'
import type { ClusterClient, WatchEvent } from '#main/cluster/client.ts'
import { createClusterClient } from '#main/cluster/rest.ts'
import { anAccess } from '#test/support/context-access.ts'
import { type ScriptedServer, startServer, status } from '#test/support/scripted-server.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

let server: ScriptedServer
let client: ClusterClient
beforeEach(async () => {
  server = await startServer((request, reply) => reply.json(200, request.body === '' ? {} : JSON.parse(request.body)))
  client = createClusterClient({ access: anAccess(server.url), clock: new VirtualClock(), random: () => 0, env: {} })
})
afterEach(async () => {
  await client.close()
  await server.close()
})

const at = { namespace: 'web', name: 'shop' }
const rollout = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: at,
  spec: { unheardOf: { deep: [1] } },
}
const seen = () => {
  const { method, path, query, headers, body } = server.requests.at(-1) ?? {
    method: '',
    path: '',
    query: '',
    headers: {},
    body: '',
  }
  return {
    line: `${method} ${path}?${String(query)}`,
    type: headers['content-type'],
    body: body === '' ? undefined : JSON.parse(body),
  }
}

describe('requests', () => {
  it('unknown fields survive reading and writing', async () => {
    expect(await client.update(resources.rollouts, rollout)).toEqual({ ok: true, value: rollout })
    expect(seen()).toEqual({
      line: 'PUT /apis/argoproj.io/v1alpha1/namespaces/web/rollouts/shop?fieldManager=argosy',
      type: 'application/json',
      body: rollout,
    })
  })

  it.each([
    ['merge', 'application/merge-patch+json'],
    ['json', 'application/json-patch+json'],
    ['strategic', 'application/strategic-merge-patch+json'],
    ['apply', 'application/apply-patch+yaml'],
  ] as const)('a %s patch is sent as %s', async (type, mediaType) => {
    await client.patch(resources.rollouts, at, { type, body: { spec: {} }, subresource: 'status' })
    expect(seen()).toEqual({
      line: 'PATCH /apis/argoproj.io/v1alpha1/namespaces/web/rollouts/shop/status?fieldManager=argosy',
      type: mediaType,
      body: { spec: {} },
    })
  })

  it('apply can be forced, any write can be a dry run', async () => {
    await client.patch(resources.rollouts, at, { type: 'apply', body: {}, force: true }, { dryRun: true })
    expect(seen().line).toContain('?fieldManager=argosy&dryRun=All&force=true')
  })

  it('create goes to the collection, of the cluster for a cluster-scoped kind', async () => {
    await client.create(resources.rollouts, rollout)
    expect(seen().line).toBe('POST /apis/argoproj.io/v1alpha1/namespaces/web/rollouts?fieldManager=argosy')
    await client.create(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'web' } })
    expect(seen().line).toBe('POST /api/v1/namespaces?fieldManager=argosy')
  })

  it('delete carries precondition and propagation policy', async () => {
    const precondition = { uid: 'u', resourceVersion: '7' }
    expect(await client.delete(resources.rollouts, at, { precondition, propagationPolicy: 'Background' })).toEqual({
      ok: true,
      value: undefined,
    })
    expect(seen().body).toEqual({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: precondition,
      propagationPolicy: 'Background',
    })
  })

  it('evict posts an Eviction of policy/v1 with the precondition', async () => {
    await client.evict(at, { uid: 'u' })
    expect(seen()).toMatchObject({
      line: 'POST /api/v1/namespaces/web/pods/shop/eviction?',
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: at, deleteOptions: { preconditions: { uid: 'u' } } },
    })
  })

  it('counts every request by verb', async () => {
    await client.get(resources.rollouts, at, 'scale')
    await client.evict(at)
    await client.list(resources.pods)
    expect(client.requests).toEqual({ get: 1, list: 1, watch: 0, create: 1, update: 0, patch: 0, delete: 0 })
  })

  it('a name with odd characters cannot leave its place in the path', async () => {
    await client.get(resources.pods, { namespace: 'web', name: '../../nodes?x=1' })
    expect(seen().line).toBe('GET /api/v1/namespaces/web/pods/..%2F..%2Fnodes%3Fx%3D1?')
  })

  it('raw gives JSON where there is JSON, and text where there is text', async () => {
    expect(await client.raw('/version')).toEqual({ ok: true, value: {} })
    server.answer((_, reply) => reply.text(200, 'ok'))
    expect(await client.raw('/readyz')).toEqual({ ok: true, value: 'ok' })
  })

  it('an answer that is not JSON is a failure', async () => {
    server.answer((_, reply) => reply.text(200, '<html>Sign in</html>'))
    expect(await client.get(resources.pods, at)).toMatchObject({ error: { kind: 'ServerError' } })
  })
})

describe('list', () => {
  const page = (names: readonly string[], next?: string) => ({
    metadata: { resourceVersion: '9', ...(next && { continue: next }) },
    items: names.map((name) => ({ metadata: { name } })),
  })

  it('asks for pages of 500, follows them to the end, and says of each item what it is', async () => {
    server.answer(({ query }, reply) => reply.json(200, query.has('continue') ? page(['c']) : page(['a', 'b'], 'more')))
    const outcome = await client.list(resources.pods, {
      namespace: 'web',
      labelSelector: 'a=b,c',
      fieldSelector: 'x=y',
    })
    expect(outcome).toEqual({
      ok: true,
      value: {
        resourceVersion: '9',
        items: ['a', 'b', 'c'].map((name) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name } })),
      },
    })
    expect(server.requests.map(({ query }) => Object.fromEntries(query))).toEqual([
      { labelSelector: 'a=b,c', fieldSelector: 'x=y', limit: '500' },
      { labelSelector: 'a=b,c', fieldSelector: 'x=y', limit: '500', continue: 'more' },
    ])
  })

  it('starts over once when the continue token is too old', async () => {
    let expired = false
    server.answer(({ query }, reply) => {
      if (!query.has('continue')) return reply.json(200, page(['a'], expired ? undefined : 'old'))
      expired = true
      reply.json(410, status(410, 'Expired', 'too old'))
    })
    expect(await client.list(resources.pods)).toMatchObject({
      ok: true,
      value: { items: [{ metadata: { name: 'a' } }] },
    })
    expect(server.requests).toHaveLength(3)
  })

  it('an empty list may be null; an answer without items is no list', async () => {
    server.answer((_, reply) => reply.json(200, { metadata: {}, items: null }))
    expect(await client.list(resources.pods)).toEqual({ ok: true, value: { resourceVersion: '', items: [] } })
    server.answer((_, reply) => reply.json(200, { kind: 'Hello' }))
    expect(await client.list(resources.pods)).toMatchObject({ error: { kind: 'ServerError' } })
  })
})

describe('watch', () => {
  const options = { namespace: 'web', resourceVersion: '5', timeoutSeconds: 301 }
  async function collect(): Promise<readonly Outcome<WatchEvent, Failure>[]> {
    const events: Outcome<WatchEvent, Failure>[] = []
    for await (const event of client.watch(resources.pods, options, AbortSignal.timeout(5000))) events.push(event)
    return events
  }
  const pod = { metadata: { name: 'a', resourceVersion: '6' } }

  it('asks for bookmarks and a time-out, and ends quietly when the server ends it', async () => {
    server.answer((_, reply) => {
      const stream = reply.stream()
      stream.event('ADDED', pod)
      stream.event('BOOKMARK', { metadata: { resourceVersion: '7' } })
      stream.end()
    })
    expect(await collect()).toEqual([
      { ok: true, value: { type: 'ADDED', object: pod } },
      { ok: true, value: { type: 'BOOKMARK', resourceVersion: '7' } },
    ])
    expect(Object.fromEntries(server.requests[0]?.query ?? [])).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '5',
      timeoutSeconds: '301',
    })
  })

  it('a line that is not JSON is a broken stream, not something to skip', async () => {
    server.answer((_, reply) => {
      const stream = reply.stream()
      stream.write('{"type":"ADDED"\n')
      stream.event('ADDED', pod)
      stream.end()
    })
    expect(await collect()).toMatchObject([
      { ok: false, error: { message: 'The watch is broken: a line is not JSON.' } },
    ])
  })

  it('an event that is cut off is a broken stream', async () => {
    server.answer((_, reply) => {
      const stream = reply.stream()
      stream.event('ADDED', pod)
      stream.write('{"type":"MODI')
      stream.end()
    })
    expect(await collect()).toMatchObject([{ ok: true }, { ok: false, error: { kind: 'ServerError' } }])
  })

  it('events split anywhere between packets, even inside a character, arrive whole', async () => {
    server.answer((_, reply) => {
      const stream = reply.stream()
      const bytes = Buffer.from(`${JSON.stringify({ type: 'ADDED', object: { metadata: { name: 'käse' } } })}\n`)
      for (const byte of bytes) stream.write(Buffer.from([byte]))
      stream.end()
    })
    expect(await collect()).toMatchObject([{ ok: true, value: { object: { metadata: { name: 'käse' } } } }])
  })

  it('an ERROR event is the failure that it carries', async () => {
    server.answer((_, reply) => {
      const stream = reply.stream()
      stream.event('ERROR', status(410, 'Expired', 'too old resource version'))
      stream.end()
    })
    expect(await collect()).toEqual([{ ok: false, error: { kind: 'Gone', message: 'too old resource version' } }])
  })

  it('an error answer is one failure', async () => {
    server.answer((_, reply) => reply.json(403, status(403, 'Forbidden', 'pods is forbidden')))
    expect(await collect()).toEqual([
      {
        ok: false,
        error: { kind: 'Forbidden', message: 'pods is forbidden', verb: 'watch', resource: 'pods', namespace: 'web' },
      },
    ])
  })

  it('a connection that breaks is Unreachable', async () => {
    server.answer((_, reply) => {
      reply.stream().event('ADDED', pod)
      setImmediate(() => reply.reset())
    })
    expect((await collect()).at(-1)).toMatchObject({ ok: false, error: { kind: 'Unreachable' } })
  })
})
