import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ClusterEntry, UserEntry } from '#main/cluster/kubeconfig-file.ts'
import { createClusterClient } from '#main/cluster/rest.ts'
import type { HttpCall } from '#main/metrics/http/http.ts'
import type { Route } from '#main/metrics/http/route.ts'
import { httpThroughCluster } from '#main/metrics/http/through-cluster.ts'
import { anAccess } from '#test/support/context-access.ts'
import { aClosedPort, aWebOfServers } from '#test/support/http-server.ts'
import { type Answer, startServer, status } from '#test/support/scripted-server.ts'
import { until } from '#test/support/until.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const web = aWebOfServers()
const prom = 'http://prom.monitoring.svc:9090'
const proxied = '/api/v1/namespaces/monitoring/services/prom:9090/proxy'

interface Access {
  readonly routes?: readonly Route[]
  readonly user?: Partial<UserEntry>
  readonly cluster?: Partial<ClusterEntry>
  /** Of the API server's own address. */
  readonly below?: string
  readonly isAround?: boolean
}

/** A cluster whose API server answers as told, and the port through it. */
async function cluster(answer: Answer, { routes = [], user = { token: 'mine' }, below = '', isAround }: Access = {}) {
  const server = await web.server(answer)
  const clock = new VirtualClock()
  const client = createClusterClient({
    access: anAccess(`${server.url}${below}`, { user }),
    clock,
    random: () => 0,
    env: {},
  })
  web.ending(() => client.close())
  const { send } = web.client({}, clock)
  return {
    server,
    clock,
    client,
    http: httpThroughCluster({ client, clock, routes, direct: send, ...(isAround && { isAround }) }),
  }
}

const get = (url: string, more: Partial<HttpCall> = {}): HttpCall => ({
  method: 'GET',
  url,
  timeoutMs: 10_000,
  ...more,
})
const found: Answer = (_, reply) => reply.json(200, { kind: 'Service', metadata: { name: 'prom' } })
const missing: Answer = (_, reply) => reply.json(404, status(404, 'NotFound', 'services "prom" not found'))
const by = 'by way of the API server of test: '

describe('a Service of the cluster', () => {
  it('PRV-1501: method, path, query, body and headers are those of the provider', async () => {
    const { server, client, http } = await cluster((_, reply) => reply.json(418, { a: 1 }, { 'X-Kind': 'Pot' }))
    const answer = await http({
      method: 'POST',
      url: `${prom}/api/v1/query?x=1&y=%2B`,
      headers: [
        ['Content-Type', 'application/x-www-form-urlencoded'],
        ['X-Scope-OrgID', 'tenant ž'],
      ],
      body: 'query=up',
      timeoutMs: 10_000,
    })
    expect(answer).toMatchObject({ ok: true, value: { status: 418, statusText: "I'm a Teapot", body: '{"a":1}' } })
    expect(answer.ok && answer.value.header('x-kind')).toBe('Pot')
    const [seen] = server.requests
    expect(seen).toMatchObject({ method: 'POST', path: `${proxied}/api/v1/query`, body: 'query=up' })
    expect([...(seen?.query ?? [])]).toEqual([
      ['x', '1'],
      ['y', '+'],
    ])
    expect(seen?.headers).toMatchObject({
      authorization: 'Bearer mine',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'argosy',
    })
    expect(Buffer.from(String(seen?.headers['x-scope-orgid']), 'latin1').toString()).toBe('tenant ž')
    expect(client.requests).toMatchObject({ create: 1, get: 0 })
  })

  it('PRV-1501: https to the Service is asked of the proxy, and the API server may live below a path', async () => {
    const { server, http, client } = await cluster((_, reply) => reply.text(200, ''), { below: '/k8s/clusters/c-1' })
    await http({ method: 'PUT', url: 'https://prom.monitoring.svc/', body: '', timeoutMs: 10_000 })
    expect(server.requests[0]?.path).toBe(
      '/k8s/clusters/c-1/api/v1/namespaces/monitoring/services/https:prom:443/proxy/',
    )
    expect(client.requests.update).toBe(1)
  })

  it.each([401, 403, 404, 429, 500, 503])(
    'PRV-1501: %i of the Service is its answer, and is not asked again',
    async (code) => {
      const { server, http } = await cluster((_, reply) => reply.text(code, 'mine', { 'Retry-After': '1' }))
      expect(await http(get(`${prom}/x`))).toMatchObject({ ok: true, value: { status: code, body: 'mine' } })
      expect(server.requests.length).toBe(1)
    },
  )

  it('PRV-1501: a redirect to itself comes back through the proxy', async () => {
    const { server, http } = await cluster(({ path }, reply) =>
      path.endsWith('/graph') ? reply.text(200, 'graph') : reply.text(302, '', { Location: `${proxied}/graph` }),
    )
    expect(await http(get(`${prom}/`))).toMatchObject({ ok: true, value: { body: 'graph' } })
    expect(server.requests.map(({ path }) => path)).toEqual([`${proxied}/`, `${proxied}/graph`])
  })

  it('PRV-1501: a redirect to somebody else leaves the cluster, without credentials', async () => {
    const other = await web.server((_, reply) => reply.text(200, 'other'))
    const { http } = await cluster((_, reply) => reply.text(302, '', { Location: other.url }))
    expect(await http(get(`${prom}/`))).toMatchObject({ ok: true, value: { body: 'other' } })
    expect(other.requests[0]?.headers.authorization).toBeUndefined()
  })

  it('PRV-1501: what was declared goes before the name', async () => {
    const to = { namespace: 'obs', name: 'thanos', port: 'web', scheme: undefined }
    const { server, http } = await cluster((_, reply) => reply.text(200, ''), {
      routes: [{ host: 'metrics.example.test', to }],
    })
    await http(get('http://metrics.example.test/a/b?c=d'))
    expect(server.requests[0]?.path).toBe('/api/v1/namespaces/obs/services/thanos:web/proxy/a/b')
  })

  it('PRV-1501: from a pod of the cluster it is asked by its name; only what was declared goes by the API server', async () => {
    const to = { namespace: 'obs', name: 'thanos', port: 'web', scheme: undefined }
    const { server, http } = await cluster((_, reply) => reply.text(200, ''), {
      isAround: true,
      routes: [{ host: 'metrics.example.test', to }],
    })
    expect(await http(get('http://prom.absent.svc:9090/x'))).toMatchObject({
      ok: false,
      error: expect.not.stringContaining(by),
    })
    expect(server.requests).toEqual([])
    expect(await http(get('http://metrics.example.test/a'))).toMatchObject({ ok: true })
    expect(server.requests[0]?.path).toBe('/api/v1/namespaces/obs/services/thanos:web/proxy/a')
  })

  it('PRV-106: the time is that of the provider, and what is too large is not read', async () => {
    const { server, clock, http } = await cluster(() => undefined)
    const answer = http(get(prom, { timeoutMs: 60_000 }))
    await until('asked', () => server.requests.length === 1)
    await clock.advance(60_000)
    expect(await answer).toEqual({ ok: false, error: `Get "${prom}": context deadline exceeded` })
    server.answer((_, reply) => void reply.raw(200, {}).end(Buffer.alloc(9 * 2 ** 20)))
    expect(await http(get(prom))).toEqual({ ok: false, error: `Get "${prom}": ${by}The answer is larger than 8 MiB.` })
  })
})

describe('an API server that does not let it through', () => {
  const refusing = (code: number, reason: string, message: string) =>
    cluster((_, reply) => reply.json(code, status(code, reason, message)))

  it('PRV-1504: names the right that is missing', async () => {
    const { http, server } = await refusing(403, 'Forbidden', 'services "prom" is forbidden')
    expect(await http({ ...get(prom), method: 'POST' })).toEqual({
      ok: false,
      error: `Post "${prom}": ${by}it takes the right to create services/proxy in namespace monitoring: services "prom" is forbidden`,
    })
    expect(server.requests.length).toBe(1)
  })

  it.each([
    [503, 'ServiceUnavailable', 'no endpoints available for service "prom:9090"'],
    [404, 'NotFound', 'services "prom" not found'],
    [500, 'InternalError', 'error trying to reach service: dial tcp 10.0.0.1:9090: connect: connection refused'],
  ])('PRV-1504: says why, and once: %i %s', async (code, reason, message) => {
    const { http, server } = await refusing(code, reason, message)
    expect(await http(get(prom))).toEqual({ ok: false, error: `Get "${prom}": ${by}${message}` })
    expect(server.requests.length).toBe(1)
  })

  it('PRV-1504: 401 of the API server is about its own credential', async () => {
    const { http } = await refusing(401, 'Unauthorized', 'Unauthorized')
    expect(await http(get(prom))).toMatchObject({ ok: false, error: expect.stringContaining('refuses the credential') })
  })

  it('PRV-1501: a credential that was renewed is used at once, and the Service is asked once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'argosy-token-'))
    web.ending(() => Promise.resolve(rmSync(folder, { recursive: true })))
    const tokenFile = join(folder, 'token')
    writeFileSync(tokenFile, 'old')
    const isNew: Answer = ({ headers }, reply) => {
      if (headers.authorization === 'Bearer new') return reply.text(200, 'up')
      writeFileSync(tokenFile, 'new')
      reply.json(401, status(401, 'Unauthorized', 'Unauthorized'))
    }
    const { server, http } = await cluster(isNew, { user: { tokenFile } })
    expect(await http(get(prom))).toMatchObject({ ok: true, value: { body: 'up' } })
    expect(server.requests.length).toBe(2)
  })

  it('PRV-1504: nobody listens', async () => {
    const client = createClusterClient({
      access: anAccess(`http://127.0.0.1:${await aClosedPort()}`),
      clock: new VirtualClock(),
      random: () => 0,
      env: {},
    })
    web.ending(() => client.close())
    const { send, clock } = web.client()
    const http = httpThroughCluster({ client, clock, routes: [], direct: send })
    expect(await http(get(prom))).toMatchObject({ ok: false, error: expect.stringContaining('ECONNREFUSED') })
  })
})

describe('a name of two parts', () => {
  it('PRV-1501: is that of a Service when the cluster has it; it is asked once a minute', async () => {
    const { server, clock, http } = await cluster(found)
    for (let i = 0; i < 3; i++) await http(get('http://prom.monitoring:9090/'))
    expect(server.requests.map(({ path }) => path)).toEqual([
      '/api/v1/namespaces/monitoring/services/prom',
      ...Array.from({ length: 3 }, () => `${proxied}/`),
    ])
    await clock.advance(60_000)
    await http(get('http://prom.monitoring:9090/'))
    expect(server.requests.length).toBe(6)
  })

  it('PRV-106: the time of the provider is that of this question too', async () => {
    const { server, clock, http } = await cluster(() => undefined)
    const answer = http(get('http://prom.monitoring:9090/'))
    await until('asked', () => server.requests.length === 1)
    await clock.advance(10_000)
    expect(await answer).toMatchObject({ ok: false, error: expect.stringContaining('context deadline exceeded') })
  })

  it('PRV-1501: is that of a host when it has not', async () => {
    const { server, http } = await cluster(missing)
    const answer = await http(get('http://prom.invalid:9090/'))
    expect(answer).toMatchObject({ ok: false, error: expect.stringMatching(/lookup prom\.invalid/) })
    expect(server.requests.map(({ path }) => path)).toEqual(['/api/v1/namespaces/invalid/services/prom'])
  })

  it.each([
    ['http://prom.invalid:9090/', 'proxy'],
    ['http://prom.invalid/', 'lookup prom.invalid'],
  ])('PRV-1501: %s, where nobody may look, is told by its port', async (url, told) => {
    const { http } = await cluster((_, reply) => reply.json(403, status(403, 'Forbidden', 'no')))
    expect(await http(get(url))).toMatchObject({ ok: false, error: expect.stringContaining(told) })
  })
})

it('PRV-1501: another host is asked from this machine', async () => {
  const other = await startServer((_, reply) => reply.text(200, 'other'))
  web.ending(() => other.close())
  const { server, http } = await cluster(found)
  expect(await http(get(other.url))).toMatchObject({ ok: true, value: { body: 'other' } })
  expect(server.requests).toEqual([])
})
