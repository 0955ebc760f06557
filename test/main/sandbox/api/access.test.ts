import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type SandboxApiServer, startApiServer } from '#main/sandbox/api/start-api-server.ts'
import { createMemoryStore } from '#main/sandbox/memory-store.ts'
import { aSandbox, type Sandbox } from '#test/support/sandbox.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

let clock: VirtualClock
let sandbox: Sandbox

beforeEach(async () => {
  clock = new VirtualClock()
  sandbox = await aSandbox(clock)
})

afterEach(() => sandbox.stop())

describe('who is served', () => {
  it.each([
    ['no token', { Authorization: '' }],
    ['a wrong token', { Authorization: 'Bearer wrong' }],
    ['a password', { Authorization: 'Basic YWRtaW46YWRtaW4=' }],
  ])('%s is answered with 401', async (_what, headers) => {
    expect(await sandbox.send('GET', '/api/v1/pods', { headers })).toMatchObject({
      code: 401,
      body: { kind: 'Status', reason: 'Unauthorized' },
    })
  })

  it.each(['evil.example', 'evil.example:443', '127.0.0.1.evil.example', 'localhost.evil.example:80'])(
    'a request for the host %s is told nothing, token or not',
    async (host) => {
      expect(await sandbox.send('GET', '/version', { headers: { Host: host } })).toMatchObject({
        code: 421,
        body: { kind: 'Status', message: 'the sandbox answers only to names of this machine' },
      })
    },
  )

  it.each(['localhost', 'localhost:6443', '[::1]:6443', '127.0.0.1'])('%s is a name of this machine', async (host) => {
    expect(await sandbox.send('GET', '/version', { headers: { Host: host } })).toMatchObject({ code: 200 })
  })

  it('tells its administrator what they may do', async () => {
    const spec = {
      resourceAttributes: { verb: 'patch', group: 'argoproj.io', resource: 'rollouts', subresource: 'status' },
    }
    expect(
      await sandbox.send('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { body: { spec } }),
    ).toMatchObject({ code: 201, body: { status: { allowed: true } } })
    const { requestCount } = sandbox.cluster.server
    expect([...requestCount]).toEqual([['create selfsubjectaccessreviews.authorization.k8s.io', 1]])
    expect(await sandbox.send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { body: {} })).toMatchObject(
      { body: { status: { userInfo: { username: 'sandbox-admin' } } } },
    )
  })
})

describe('a token with few rights', () => {
  let server: SandboxApiServer

  beforeEach(async () => {
    const reader = { verbs: ['get', 'list'], apiGroups: [''], resources: ['configmaps'], namespaces: ['default'] }
    server = await startApiServer({
      store: createMemoryStore({ clock, seed: 7 }),
      clock,
      name: 'test',
      tls: false,
      tokens: [{ token: 'reader', user: 'ann', rules: [reader], expiresAt: clock.now() + 60_000 }],
    })
  })

  afterEach(() => server.close())

  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${server.url}${path}`, { ...init, headers: { Authorization: 'Bearer reader' } })
    return { code: response.status, body: (await response.json()) as unknown }
  }

  it('is refused the rest in the words of RBAC', async () => {
    expect(await ask('/api/v1/namespaces/default/configmaps')).toMatchObject({ code: 200 })
    expect(await ask('/api/v1/namespaces/kube-system/configmaps')).toMatchObject({
      code: 403,
      body: {
        reason: 'Forbidden',
        message:
          'configmaps is forbidden: User "ann" cannot list resource "configmaps" in API group "" in the namespace "kube-system"',
      },
    })
    expect(await ask('/api/v1/configmaps')).toMatchObject({
      body: { message: expect.stringContaining('at the cluster scope') },
    })
    expect(await ask('/api/v1/namespaces/default/configmaps/x', { method: 'DELETE' })).toMatchObject({ code: 403 })
  })

  it('is told so beforehand', async () => {
    const review = async (verb: string) => {
      const spec = { resourceAttributes: { verb, resource: 'configmaps', namespace: 'default' } }
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
      return (await ask(path, { method: 'POST', body: JSON.stringify({ spec }) })).body
    }
    expect(await review('list')).toMatchObject({ status: { allowed: true } })
    expect(await review('delete')).toMatchObject({ status: { allowed: false } })
  })

  it('ends when it expires', async () => {
    await clock.advance(60_000)
    expect(await ask('/api/v1/namespaces/default/configmaps')).toMatchObject({ code: 401 })
  })
})
