import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { loadKubeconfig } from '#main/cluster/kubeconfig.ts'
import { createClusterClient } from '#main/cluster/rest.ts'
import { createDirectHttp } from '#main/metrics/http/direct.ts'
import { httpThroughCluster } from '#main/metrics/http/through-cluster.ts'
import { type SandboxApiServer, startApiServer } from '#main/sandbox/api/start-api-server.ts'
import { type Manifest, place } from '#main/sandbox/bootstrap.ts'
import { createMemoryStore } from '#main/sandbox/memory-store.ts'
import { aKubectl } from '#test/support/kubectl.ts'
import { rawApi } from '#test/support/raw-api.ts'
import { aSandbox, type Sandbox } from '#test/support/sandbox.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

let clock: VirtualClock
let sandbox: Sandbox

beforeEach(async () => {
  clock = new VirtualClock()
  sandbox = await aSandbox(clock)
})

afterEach(() => sandbox.stop())

const services = '/api/v1/namespaces/monitoring/services'
const proxy = (id: string, path: string) => `${services}/${id}/proxy${path}`
const two = { status: 'success', data: { resultType: 'scalar', result: [T0 / 1000, '2'] } }
const asService = (name: string, spec: object): Manifest => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec,
})

describe('the Prometheus of a cluster, by the proxy of its API server', () => {
  it.each(['prometheus:9090', 'http:prometheus:9090', 'prometheus:http', 'http:prometheus:http'])(
    'answers as %s',
    async (id) => {
      expect(await sandbox.send('GET', proxy(id, '/api/v1/query?query=1%2B1'))).toMatchObject({ code: 200, body: two })
    },
  )

  it('takes the form of a POST, and answers its own failures', async () => {
    const query = (text: string) =>
      sandbox.send('POST', proxy('prometheus:9090', '/api/v1/query'), {
        body: new URLSearchParams({ query: text }).toString(),
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      })
    expect(await query('1 + 1')).toMatchObject({ code: 200, body: two })
    expect(await query('sum(')).toMatchObject({ code: 400, body: { status: 'error', errorType: 'bad_data' } })
    expect(await sandbox.send('GET', proxy('prometheus:9090', '/-/ready'))).toMatchObject({ code: 200 })
    expect(await sandbox.send('GET', proxy('prometheus:9090', ''))).toMatchObject({ code: 404 })
  })

  it('is counted, and can be denied, as services/proxy', async () => {
    await sandbox.send('GET', proxy('prometheus:9090', '/api/v1/labels'))
    expect(sandbox.cluster.server.requestCount.get('get services/proxy')).toBe(1)
    sandbox.cluster.server.faults.inject({
      match: ({ subresource }) => subresource === 'proxy',
      then: { kind: 'answer', code: 503 },
    })
    expect(await sandbox.send('GET', proxy('prometheus:9090', '/api/v1/labels'))).toMatchObject({ code: 503 })
  })

  it('is what an address in the cluster means to the client', async () => {
    const kubectl = aKubectl(sandbox.kubeconfig)
    const config = loadKubeconfig({ paths: [kubectl.kubeconfig] })
    const access = config.ok ? config.value.access('harbor-1') : undefined
    if (access === undefined) throw new Error('no context')
    const client = createClusterClient({ access, clock, random: () => 0, env: {} })
    const direct = createDirectHttp({ clock, env: {} })
    const http = httpThroughCluster({ client, clock, routes: [], direct: direct.send })
    for (const host of [
      'prometheus.monitoring',
      'prometheus.monitoring.svc',
      'prometheus.monitoring.svc.cluster.local',
    ]) {
      const url = `http://${host}:9090/api/v1/query?query=1%2B1`
      const answer = await http({ method: 'GET', url, timeoutMs: 10_000 })
      expect(answer.ok && JSON.parse(answer.value.body)).toEqual(two)
    }
    await client.close()
    await direct.close()
    kubectl.end()
  })
})

describe('any other Service', () => {
  const failure = async (namespace: string, id: string) => {
    const answer = await sandbox.send<{ readonly message: string }>(
      'GET',
      `/api/v1/namespaces/${namespace}/services/${id}/proxy/x`,
    )
    return [answer.code, answer.body.message]
  }

  it('cannot be reached, in the words of a real API server', async () => {
    const { store } = sandbox.cluster
    place(store, resources.services, asService('empty', { selector: { app: 'none' }, ports: [{ port: 80 }] }))
    place(
      store,
      resources.services,
      asService('web', { selector: { app: 'web' }, ports: [{ name: 'http', port: 80 }] }),
    )
    const pod = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } }
    place(store, resources.replicaSets, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'web', namespace: 'default' },
      spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: pod },
    } as Manifest)
    await clock.advance(60_000)
    expect(await failure('default', 'web:80')).toEqual([
      503,
      expect.stringMatching(
        /^error trying to reach service: dial tcp \d+\.\d+\.\d+\.\d+:80: connect: connection refused$/,
      ),
    ])
    expect(await failure('default', 'web:81')).toEqual([503, 'no service port 81 found for service "web"'])
    expect(await failure('default', 'web:grpc')).toEqual([503, 'no endpoints available for service "web:grpc"'])
    expect(await failure('default', 'empty:80')).toEqual([503, 'no endpoints available for service "empty"'])
    expect(await failure('default', 'nobody:80')).toEqual([404, 'services "nobody" not found'])
    expect(await failure('default', 'nobody:http')).toEqual([404, 'endpoints "nobody" not found'])
    expect(await failure('monitoring', 'https:prometheus:9090')).toEqual([
      503,
      'error trying to reach service: http: server gave HTTP response to HTTPS client',
    ])
    expect(await failure('default', 'ftp:web:80')).toEqual([400, 'invalid service request "ftp:web:80"'])
  })

  it('nor without the right to it', async () => {
    const token = { token: 'reader', user: 'ann', rules: [{ verbs: ['*'], apiGroups: [''], resources: ['services'] }] }
    let server: SandboxApiServer | undefined
    try {
      const store = createMemoryStore({ clock, seed: 1 })
      server = await startApiServer({ store, clock, name: 'small', tokens: [token], tls: false })
      const api = rawApi({ url: server.url, headers: { Authorization: 'Bearer reader' } })
      expect(await api.send('GET', proxy('prometheus:9090', '/x'))).toMatchObject({
        code: 403,
        body: { message: expect.stringContaining('User "ann" cannot get resource "services/proxy" in API group ""') },
      })
    } finally {
      await server?.close()
    }
  })
})
