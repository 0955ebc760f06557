import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AnalysisRun, Metric } from '#api/analysis.ts'
import { resources } from '#api/resources.ts'
import { anOwnNamespace, type OwnNamespace } from '#test/support/own-namespace.ts'
import { prometheusProgram, type RealPrometheus, startPrometheus } from '#test/support/prometheus.ts'
import { isTestbed } from '#test/support/testbed.ts'
import { eventually } from '#test/support/until.ts'
import { aWorld, type World } from '#test/support/world.ts'
import { forwardingNodeOf, nodesOf } from '#test/testbed/nodes.ts'
import { aHealthyShop, canary, post } from '../rollout/shop.ts'

const path = process.env['ARGOSY_TEST_KUBECONFIG'] ?? ''

const monitoring = '/api/v1/namespaces/monitoring'
const exposition = 'requests_total{code="200"} 95\nrequests_total{code="500"} 5\n'
/** Also where the last scrape came to nothing. */
const goodShare = 'sum(last_over_time(requests_total{code="200"}[5m])) / sum(last_over_time(requests_total[5m]))'
const basicAuth = { username: 'ada', password: 'test' }
/** The hash of `test` that its documentation shows. */
const web = { basic_auth_users: { ada: '$2b$12$hNf2lSsxfm0.i4a.1kVpSOVyBCfIB51VRjgBUyv6kdnyTlgWj81Ay' } }

/** A Service of port 9090 with a pod behind it, whose port is that of a program on this machine. */
async function serve({ api }: OwnNamespace, name: string, { url }: RealPrometheus, nodeName = ''): Promise<void> {
  const ports = [{ port: 9090, targetPort: Number(new URL(url).port) }]
  const metadata = { name, labels: { app: name } }
  const container = { name, image: 'prom/prometheus:2.42' }
  await api.send('POST', `${monitoring}/services`, { body: { metadata, spec: { selector: { app: name }, ports } } })
  await api.send('POST', `${monitoring}/pods`, { body: { metadata, spec: { nodeName, containers: [container] } } })
  await eventually(`endpoints of ${name}`, async () => {
    const { body } = await api.send('GET', `${monitoring}/endpoints/${name}`)
    return JSON.stringify(body).includes('"addresses"')
  })
}

const asking = (prometheus: object, more: Partial<Metric> = {}): Metric => ({
  name: 'good',
  successCondition: 'result[0] >= 0.9',
  consecutiveErrorLimit: 0,
  provider: { prometheus: { query: goodShare, ...prometheus } },
  ...more,
})

/** What comes of an AnalysisRun of that metric alone. */
async function measured(world: World, name: string, metric: Metric, via?: string) {
  const annotations = via === undefined ? {} : { 'argosy.dev/metrics-via': via }
  const metadata = { name, annotations }
  await post(world, resources.analysisRuns, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata,
    spec: { metrics: [metric] },
  })
  let run: AnalysisRun | undefined
  await world.eventually(`run ${name} measured`, async () => {
    run = (await runsOf(world)).find((each) => each.metadata.name === name)
    return run?.status?.metricResults?.[0]?.measurements?.[0]?.finishedAt !== undefined
  })
  return run?.status?.metricResults?.[0]?.measurements?.[0]
}

async function runsOf({ send, namespace }: World): Promise<readonly AnalysisRun[]> {
  const list = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/analysisruns`
  return (await send<{ readonly items: readonly AnalysisRun[] }>('GET', list)).body.items
}

// Only with `npm run test:cluster`, and only on the test bed: whose API server reaches what listens on this machine.
describe.skipIf(!isTestbed || prometheusProgram === '')('a Prometheus that only its cluster reaches', () => {
  let place: OwnNamespace
  let servers: readonly RealPrometheus[] = []

  beforeAll(async () => {
    place = await anOwnNamespace(path)
    const [open, guarded] = await Promise.all([
      startPrometheus(() => exposition),
      startPrometheus(() => exposition, { web }),
    ])
    servers = [open, guarded]
    // Another run on the same test bed may have left it going.
    await eventually('a new namespace', async () => {
      const body = { metadata: { name: 'monitoring' } }
      return (await place.api.send('POST', '/api/v1/namespaces', { body })).code === 201
    })
    // No port of the first can be forwarded: it is reached by the proxy alone.
    await serve(place, 'prometheus', open, nodesOf(place.context)[0])
    await serve(place, 'guarded', guarded, forwardingNodeOf(place.context))
    const query = new URLSearchParams({ query: goodShare })
    await eventually('something to see', async () => {
      const answer = await fetch(`${open.url}/api/v1/query?${query}`)
      return (await answer.text()).includes('"0.95"')
    })
  }, 120_000)
  afterAll(async () => {
    await Promise.all(servers.map((each) => each.close()))
    await place.api.send('DELETE', monitoring)
    await place.end()
  })

  it.each(['http://prometheus.monitoring:9090', 'http://prometheus.monitoring.svc.cluster.local:9090'])(
    'PRV-1501, PRV-203: is asked at %s, which is an address inside of it',
    async (address) => {
      const world = await aWorld()
      world.startEngine()
      expect(await measured(world, 'good', asking({ address }))).toMatchObject({ phase: 'Successful', value: '[0.95]' })
    },
  )

  it('PRV-1501, PRV-204: a range is asked for just so', async () => {
    const world = await aWorld()
    world.startEngine()
    const rangeQuery = { start: 'now() - duration("1500ms")', end: 'now()', step: '1s' }
    const metric = asking({ address: 'http://prometheus.monitoring:9090', query: 'vector(0.97)', rangeQuery })
    expect(await measured(world, 'range', metric)).toMatchObject({ phase: 'Successful', value: '[0.97,0.97]' })
  })

  it('PRV-1501, ANA-1112: a canary goes on by a template that says which Service is behind its address', async () => {
    const world = await aWorld()
    await post(world, resources.analysisTemplates, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisTemplate',
      metadata: {
        name: 'smoke',
        annotations: { 'argosy.dev/metrics-via': 'prometheus.example.com=service/monitoring/prometheus:9090' },
      },
      spec: { metrics: [asking({ address: 'http://prometheus.example.com' })] },
    })
    const steps = canary([{ setWeight: 50 }, { analysis: { templates: [{ templateName: 'smoke' }] } }])
    const shop = await aHealthyShop(world, { strategy: steps })
    await shop.release('2')
    await shop.untilHealthy()
    expect((await runsOf(world)).map(({ status }) => status)).toMatchObject([
      { phase: 'Successful', metricResults: [{ measurements: [{ phase: 'Successful', value: '[0.95]' }] }] },
    ])
  })

  it('PRV-1501, PRV-205: a password of its own goes by a forwarded port, and is judged there', async () => {
    const world = await aWorld()
    world.startEngine()
    const guarded = (password: string) =>
      asking({
        address: 'http://guarded.monitoring:9090',
        query: 'vector(0.97)',
        authentication: { basicAuth: { ...basicAuth, password } },
      })
    expect(await measured(world, 'right', guarded('test'))).toMatchObject({ phase: 'Successful', value: '[0.97]' })
    expect(await measured(world, 'wrong', guarded('guess'))).toMatchObject({
      phase: 'Error',
      message: 'client_error: client error: 401',
    })
  })

  it('PRV-1504, ANA-801: a Service that is not there is named, and ends the run', async () => {
    const world = await aWorld()
    world.startEngine()
    const address = 'http://nowhere.monitoring.svc:9090'
    expect(await measured(world, 'lost', asking({ address }))).toMatchObject({
      phase: 'Error',
      message: `Post "${address}/api/v1/query": by way of the API server of ${place.context}: services "nowhere" not found`,
    })
    await world.eventually('an end', async () => (await runsOf(world))[0]?.status?.phase === 'Error')
  })

  it('PRV-1504: the right that is missing is named, and enough', async () => {
    const world = await aWorld()
    const user = await anAccount(world)
    world.startEngine({ as: user })
    const metric = asking({ address: 'http://prometheus.monitoring:9090' })
    const refused = await measured(world, 'before', metric)
    expect(refused?.phase).toBe('Error')
    expect(refused?.message).toContain(
      `it takes the right to create services/proxy in namespace monitoring: services "prometheus:9090" is forbidden: User "${user}" cannot create`,
    )
    await grant(world, 'monitoring', [{ apiGroups: [''], resources: ['services/proxy'], verbs: ['create'] }])
    await world.eventually('the right known', () => mayProxy(world, user))
    expect(await measured(world, 'after', metric)).toMatchObject({ phase: 'Successful', value: '[0.95]' })
  })
})

const read = ['get', 'list', 'watch']

/** A service account that may drive its namespace, and nothing outside. Returns the user's name. */
async function anAccount(world: World): Promise<string> {
  const { namespace, send } = world
  await send('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { body: { metadata: { name: namespace } } })
  await grant(world, namespace, [
    { apiGroups: ['argoproj.io'], resources: ['*'], verbs: [...read, 'update', 'patch'] },
    { apiGroups: ['', 'apps', 'batch'], resources: ['*'], verbs: read },
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: [...read, 'create', 'update'] },
  ])
  return `system:serviceaccount:${namespace}:${namespace}`
}

/** What is granted is known to an API server a moment later. */
async function mayProxy({ send }: World, user: string): Promise<boolean> {
  const resourceAttributes = { namespace: 'monitoring', verb: 'create', resource: 'services', subresource: 'proxy' }
  const answer = await send<{ readonly status?: { readonly allowed?: boolean } }>(
    'POST',
    '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    { body: { spec: { user, resourceAttributes } } },
  )
  return answer.body.status?.allowed === true
}

/** Rights in a namespace for the account of the test's own. */
async function grant({ namespace, send }: World, where: string, rules: readonly object[]): Promise<void> {
  const group = 'rbac.authorization.k8s.io'
  const rbac = `/apis/${group}/v1/namespaces/${where}`
  const metadata = { name: namespace }
  await send('POST', `${rbac}/roles`, { body: { metadata, rules } })
  const roleRef = { apiGroup: group, kind: 'Role', name: namespace }
  const subjects = [{ kind: 'ServiceAccount', name: namespace, namespace }]
  expect(await send('POST', `${rbac}/rolebindings`, { body: { metadata, roleRef, subjects } })).toMatchObject({
    code: 201,
  })
}
