import { describe, expect, it, onTestFinished } from 'vitest'
import { loadKubeconfig } from '#main/cluster/kubeconfig.ts'
import { createClusterClient } from '#main/cluster/rest.ts'
import { createDirectHttp } from '#main/metrics/http/direct.ts'
import type { Http, HttpCall } from '#main/metrics/http/http.ts'
import { httpThroughCluster } from '#main/metrics/http/through-cluster.ts'
import { systemClock } from '#main/system-clock.ts'
import { anOwnNamespace } from '#test/support/own-namespace.ts'
import { startServer } from '#test/support/scripted-server.ts'
import { isTestbed } from '#test/support/testbed.ts'
import { eventually } from '#test/support/until.ts'
import { forwardingNodeOf, nodesOf } from '#test/testbed/nodes.ts'

const path = process.env['ARGOSY_TEST_KUBECONFIG'] ?? ''

/** A namespace of a real cluster, and the port through its API server, for whom its kubeconfig names or for another. */
async function aCluster() {
  const place = await anOwnNamespace(path)
  onTestFinished(() => place.end())
  const direct = createDirectHttp({ clock: systemClock, env: {} })
  onTestFinished(() => direct.close())
  const httpAs = (user?: string) => {
    const config = loadKubeconfig({ paths: [place.kubeconfig(user)] })
    const access = config.ok ? config.value.access(place.context) : undefined
    if (access === undefined) throw new Error('the kubeconfig cannot be used')
    const client = createClusterClient({ access, clock: systemClock, random: Math.random })
    onTestFinished(() => client.close())
    return httpThroughCluster({ client, clock: systemClock, routes: [], direct: direct.send })
  }
  const { namespace, api, context } = place
  const create = (plural: string, body: object) =>
    api.send('POST', `/api/v1/namespaces/${namespace}/${plural}`, { body })
  const asking = (more: Partial<HttpCall> = {}): HttpCall => ({
    method: 'POST',
    url: `http://prom.${namespace}.svc:9090/api/v1/query`,
    body: 'query=up',
    timeoutMs: 20_000,
    ...more,
  })
  const failing = (told: string) => ({
    ok: false,
    error: expect.stringMatching(`^Post "[^"]+": by way of the API server of ${context}: ${told}`) as string,
  })
  return { namespace, context, create, httpAs, asking, failing }
}

const service = { metadata: { name: 'prom' }, spec: { selector: { app: 'prom' }, ports: [{ port: 9090 }] } }
const container = { name: 'prom', image: 'prom:1' }
const withToken = { headers: [['Authorization', 'Bearer theirs']] } as const

/** Pods take a while, and so does a proxy to hear of a new Service. */
async function once(what: string, ask: () => ReturnType<Http>, passing: string): ReturnType<Http> {
  let answer = await ask()
  await eventually(what, async () => {
    answer = await ask()
    return answer.ok || !answer.error.endsWith(passing)
  })
  return answer
}

const onceReady = (ask: () => ReturnType<Http>) => once('a ready pod', ask, 'is ready')
const onceKnown = (ask: () => ReturnType<Http>) => once('a known Service', ask, 'services "prom" not found')

// Only with `npm run test:cluster`: nothing else proxies.
describe.skipIf(path === '')('a real API server', () => {
  it('PRV-1504: no such Service', async () => {
    const { httpAs, asking, failing } = await aCluster()
    const http = httpAs()
    expect(await http(asking())).toEqual(failing('services "prom" not found$'))
    expect(await http(asking(withToken))).toEqual(failing('services "prom" not found$'))
  })

  it('PRV-1504: nobody behind it', async () => {
    const { create, httpAs, asking, failing } = await aCluster()
    await create('services', service)
    const http = httpAs()
    expect(await onceKnown(() => http(asking()))).toEqual(failing('no endpoints available for service "prom(:9090)?"$'))
    expect(await http(asking(withToken))).toEqual(failing('no pod behind Service prom is ready$'))
  })

  it('PRV-1504: a port that it has not', async () => {
    const { namespace, create, httpAs, asking, failing } = await aCluster()
    await create('services', service)
    const url = `http://prom.${namespace}.svc:9091/`
    const http = httpAs()
    expect(await onceKnown(() => http(asking({ url })))).toEqual(failing('.*9091'))
    expect(await http(asking({ url, ...withToken }))).toEqual(failing('Service prom has no port 9091$'))
  })

  it('PRV-1504: no right to it, which is named', async () => {
    const { namespace, create, httpAs, asking, failing } = await aCluster()
    await create('services', service)
    const http = httpAs(`system:serviceaccount:${namespace}:nobody`)
    const right = `it takes the right to create services/proxy in namespace ${namespace}: services "prom(:9090)?" is forbidden: `
    expect(await http(asking())).toEqual(failing(right))
    expect(await http(asking(withToken))).toEqual(
      failing(`it takes the right to get services in namespace ${namespace}: `),
    )
  })

  it('PRV-1504: a pod whose node cannot be reached', async () => {
    const { context, create, httpAs, asking, failing } = await aCluster()
    await create('services', service)
    const spec = { containers: [container], ...(isTestbed && { nodeName: nodesOf(context)[0] }) }
    await create('pods', { metadata: { name: 'prom', labels: { app: 'prom' } }, spec })
    const http = httpAs()
    expect(await onceReady(() => http(asking(withToken)))).toEqual(failing('error dialing backend: '))
  })

  // Those who play nodes elsewhere forward nothing.
  it.skipIf(!isTestbed)(
    'PRV-1501: a pod answers through a forwarded port, and sees the credential of the metric',
    async () => {
      const { context, create, httpAs, asking } = await aCluster()
      const backend = await startServer(({ headers, body }, reply) =>
        reply.json(200, { body, as: headers.authorization }),
      )
      onTestFinished(() => backend.close())
      const ports = [{ port: 9090, targetPort: Number(new URL(backend.url).port) }]
      await create('services', { ...service, spec: { ...service.spec, ports } })
      const spec = { nodeName: forwardingNodeOf(context), containers: [container] }
      await create('pods', { metadata: { name: 'prom', labels: { app: 'prom' } }, spec })
      const http = httpAs()
      const answer = await onceReady(() => http(asking(withToken)))
      expect(answer).toMatchObject({ ok: true, value: { body: '{"body":"query=up","as":"Bearer theirs"}' } })
    },
  )

  it('PRV-1501: a Service that is there answers, or is told to be unreachable', async () => {
    const { httpAs } = await aCluster()
    const answer = await httpAs()({ method: 'GET', url: 'https://kubernetes.default.svc/version', timeoutMs: 20_000 })
    const told = answer.ok ? `${answer.value.status} ${answer.value.body}` : answer.error
    expect(told).toMatch(/^200 .*gitVersion|^40[13] |error trying to reach service: |no endpoints available/s)
  })
})
