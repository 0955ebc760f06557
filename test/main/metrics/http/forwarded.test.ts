import { expect, it } from 'vitest'
import { createClusterClient } from '#main/cluster/rest.ts'
import type { HttpCall } from '#main/metrics/http/http.ts'
import { httpThroughCluster } from '#main/metrics/http/through-cluster.ts'
import { anAccess } from '#test/support/context-access.ts'
import { type Forwarding, startForwarding } from '#test/support/forwarding-server.ts'
import { aWebOfServers } from '#test/support/http-server.ts'
import type { Answer } from '#test/support/scripted-server.ts'
import { until } from '#test/support/until.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const web = aWebOfServers()
const url = 'http://prom.monitoring.svc:80/api/v1/query?x=1'
const by = 'by way of the API server of test: '

const servicePath = '/api/v1/namespaces/monitoring/services/prom'
const service = {
  kind: 'Service',
  metadata: { name: 'prom', namespace: 'monitoring' },
  spec: {
    selector: { app: 'prom' },
    ports: [
      { port: 80, targetPort: 9090 },
      { port: 443, targetPort: 9090 },
    ],
  },
}
const pod = {
  kind: 'Pod',
  metadata: { name: 'prom-0', namespace: 'monitoring' },
  spec: { containers: [] },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
}
const objects = { [servicePath]: service, '/api/v1/namespaces/monitoring/pods': { kind: 'PodList', items: [pod] } }

/** A cluster in which a pod answers as told, and the port to it. */
async function cluster(answer: Answer, { kind = 'http', ...more }: Forwarding & { kind?: 'http' | 'https' } = {}) {
  const backend = await web.server(answer, { kind })
  const api = await startForwarding({ objects, ports: { 9090: Number(new URL(backend.url).port) }, ...more })
  web.ending(() => api.close())
  const clock = new VirtualClock()
  const access = anAccess(api.url, { user: { token: 'mine' } })
  const client = createClusterClient({ access, clock, random: () => 0, env: {} })
  web.ending(() => client.close())
  const { send } = web.client({}, clock)
  return { backend, api, clock, http: httpThroughCluster({ client, clock, routes: [], direct: send }) }
}

const call = (more: Partial<HttpCall> = {}): HttpCall => ({
  method: 'POST',
  url,
  headers: [['Authorization', 'Bearer theirs']],
  body: 'query=up',
  timeoutMs: 10_000,
  ...more,
})

it('PRV-1501: a credential of the metric reaches the Service, that of the context does not', async () => {
  const { backend, api, http } = await cluster((_, reply) => reply.json(200, { a: 1 }))
  expect(await http(call())).toMatchObject({ ok: true, value: { status: 200, body: '{"a":1}' } })
  expect(backend.requests).toMatchObject([
    {
      method: 'POST',
      path: '/api/v1/query',
      body: 'query=up',
      headers: { authorization: 'Bearer theirs', host: 'prom.monitoring.svc' },
    },
  ])
  expect(api.asked.map((each) => each.split('?')[0])).toEqual([
    servicePath,
    '/api/v1/namespaces/monitoring/pods',
    '/api/v1/namespaces/monitoring/pods/prom-0/portforward',
  ])
  expect(new Set(api.credentials)).toEqual(new Set(['Bearer mine']))
  await until('closed', () => api.open === 0 && backend.open === 0)
})

it('PRV-1501: headers of an API server are just headers there', async () => {
  const { backend, http } = await cluster((_, reply) => reply.text(200, ''))
  await http(call({ headers: [['Impersonate-User', 'admin']] }))
  expect(backend.requests[0]?.headers['impersonate-user']).toBe('admin')
})

it('PRV-1501: with TLS to the Service, which is checked unless `insecure`', async () => {
  const { backend, http } = await cluster((_, reply) => reply.text(200, 'safe'), { kind: 'https' })
  const secure = url.replace('http:', 'https:').replace(':80', ':443')
  expect(await http(call({ url: secure, insecure: true }))).toMatchObject({ ok: true, value: { body: 'safe' } })
  expect(await http(call({ url: secure }))).toMatchObject({
    ok: false,
    error: expect.stringContaining('tls: failed to verify certificate: x509: certificate signed by unknown authority'),
  })
  expect(backend.requests.length).toBe(1)
})

it.each<[string, Forwarding, string]>([
  ['no such Service', { objects: {} }, 'not found'],
  [
    'one without a selector',
    { objects: { ...objects, [servicePath]: { ...service, spec: {} } } },
    'Service prom selects no pods',
  ],
  [
    'nobody ready',
    { objects: { ...objects, '/api/v1/namespaces/monitoring/pods': { kind: 'PodList', items: [] } } },
    'no pod behind Service prom is ready',
  ],
  [
    'no right',
    { refuses: { code: 403, reason: 'Forbidden', message: 'no' } },
    'it takes the right to create pods/portforward in namespace monitoring: no',
  ],
  ['nobody listening', { ports: {} }, 'an error occurred forwarding 9090: connection refused'],
])('PRV-1504: %s is told', async (_what, more, told) => {
  const { http } = await cluster((_, reply) => reply.text(200, ''), more)
  expect(await http(call())).toEqual({ ok: false, error: `Post "${url}": ${by}${told}` })
})

it('PRV-1504: a pod that is silent is given up in time, and its connection closed', async () => {
  const { backend, api, clock, http } = await cluster(() => undefined)
  const answer = http(call())
  await until('asked', () => backend.requests.length === 1)
  await clock.advance(10_000)
  expect(await answer).toEqual({ ok: false, error: `Post "${url}": context deadline exceeded` })
  await until('closed', () => api.open === 0)
})

it('PRV-106: the time of the provider is that of finding a pod too', async () => {
  const api = await web.server(() => undefined)
  const clock = new VirtualClock()
  const client = createClusterClient({ access: anAccess(api.url), clock, random: () => 0, env: {} })
  web.ending(() => client.close())
  const http = httpThroughCluster({ client, clock, routes: [], direct: web.client({}, clock).send })
  const answer = http(call())
  await until('asked', () => api.requests.length === 1)
  await clock.advance(10_000)
  expect(await answer).toEqual({ ok: false, error: `Post "${url}": context deadline exceeded` })
})
