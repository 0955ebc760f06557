import { describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { routeKinds } from '#api/route-kinds.ts'
import type { Failure } from '#lib/failure.ts'
import type { Log } from '#lib/log.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { type IstioPrimaryOptions, withIstioPrimary } from '#main/cluster/istio-primary.ts'
import type { ContextAccess } from '#main/cluster/kubeconfig.ts'
import { aRouteObject } from '#test/support/builders/routing.ts'
import { FakeApi } from '#test/support/fake-api.ts'

const rules = routeKinds.destinationRules
const [, rule] = aRouteObject('destinationRules', 'web', { host: 'web', subsets: [] })
const at = { namespace: 'shop', name: 'web' }
const token = 's3cr3t-token'

const kubeconfig = (user: object = { token }, more: object = { 'current-context': 'mesh' }): string =>
  JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: 'https://mesh.example:6443' } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'mesh', context: { cluster: 'c', user: 'u' } }],
    ...more,
  })

function two({ secret, ...options }: Partial<IstioPrimaryOptions> & { readonly secret?: string } = {}) {
  const local = new FakeApi()
  const mesh = new FakeApi()
  mesh.put(rules, rule)
  if (secret !== undefined)
    local.put(resources.secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'primary', namespace: 'istio', labels: { 'istio.argoproj.io/primary-cluster': 'true' } },
      data: { 'mesh-1': Buffer.from(secret).toString('base64') },
    } as never)
  const opened: ContextAccess[] = []
  const lines: string[] = []
  const log: Log = (...line) => void lines.push(JSON.stringify(line))
  const open = (access: ContextAccess) => {
    opened.push(access)
    return mesh.client()
  }
  const own = Object.assign(local.client(), { signInAs: () => undefined })
  const client = withIstioPrimary(own, { named: undefined, isNamedByOthers: false, open, log, ...options })
  return { local, mesh, client, opened, lines }
}

const execOf = (command: string) => ({ apiVersion: 'client.authentication.k8s.io/v1', command })
const secretLists = ({ requests }: FakeApi) => requests.filter(({ resource }) => resource === 'secrets').length
const named = (client: () => ClusterClient | undefined) => ({
  context: 'mesh',
  client,
  close: async () => undefined,
})

describe('where the objects of Istio are', () => {
  it('IST-3: in the cluster whose kubeconfig a Secret with the label of the reference has, looked for once', async () => {
    const { client, local, mesh, opened, lines } = two({ secret: kubeconfig() })
    expect(await client.get(rules, at)).toMatchObject({ ok: true, value: { metadata: { name: 'web' } } })
    await client.patch(rules, at, { type: 'merge', body: { spec: { host: 'other' } } })
    expect(mesh.read(rules, at)).toMatchObject({ spec: { host: 'other' } })
    expect(await client.sharesIstio?.()).toBe(true)
    expect(client.istioCluster).toBe(mesh.client().server)
    expect([opened.map(({ cluster }) => cluster.server), secretLists(local)]).toEqual([
      ['https://mesh.example:6443'],
      1,
    ])
    expect(lines.join()).toContain('https://mesh.example:6443')
    expect(lines.join()).not.toContain(token)
  })

  it('IST-3: everything else stays where it is, and a cluster without Istio is not asked for Secrets', async () => {
    const { client, local, mesh } = two({ secret: kubeconfig() })
    await client.list(resources.services)
    await client.create(routeKinds.ingresses, { metadata: { name: 'web', namespace: 'shop' } } as never)
    expect([local.requests.map(({ resource }) => resource), mesh.requests]).toEqual([
      ['services', 'ingresses.networking.k8s.io'],
      [],
    ])
  })

  it('IST-3: the requests to both API servers are counted', async () => {
    const { client } = two({ secret: kubeconfig() })
    await client.get(rules, at)
    await client.list(rules)
    // One list is that of the Secrets.
    expect(client.requests).toMatchObject({ get: 1, list: 2 })
  })

  it('IST-3: a watch is one of the cluster that has them', async () => {
    const event = { ok: true, value: { type: 'BOOKMARK', resourceVersion: '7' } } as const
    const watching = Object.assign(new FakeApi().client(), {
      async *watch() {
        yield event
      },
    })
    const { client } = two({ named: named(() => watching) })
    const watch = client.watch(rules, { resourceVersion: '1', timeoutSeconds: 1 }, new AbortController().signal)
    expect((await watch[Symbol.asyncIterator]().next()).value).toEqual(event)
  })

  it.each([
    ['no Secret', undefined, ''],
    ['a program in it, which would run here', kubeconfig({ exec: execOf('sh') }), 'names a program or a file'],
    ['a file in it, which would be read here', kubeconfig({ tokenFile: '/etc/passwd' }), 'names a program or a file'],
    ['no current context', kubeconfig({ token }, {}), 'no current context'],
    ['no kubeconfig', 'clusters: 7', 'malformed at line 1'],
    ['nothing', '', 'no current context'],
  ])('IST-3: its own objects are used with %s', async (_what, secret, said) => {
    const { client, local, mesh, lines, opened } = two(secret === undefined ? {} : { secret })
    local.put(rules, rule)
    await client.get(rules, at)
    await client.get(rules, at)
    expect([mesh.requests, opened, secretLists(local), await client.sharesIstio?.()]).toEqual([[], [], 1, false])
    expect(lines.length).toBe(said === '' ? 0 : 1)
    expect(lines.join()).toContain(said)
    expect(lines.join()).not.toContain(token)
  })

  it('IST-3: its own objects are used where Secrets may not be read', async () => {
    const { client, local, mesh } = two({ secret: kubeconfig() })
    local.intercept = ({ resource }) => (resource === 'secrets' ? forbidden : undefined)
    await client.get(rules, at)
    expect([mesh.requests.length, local.requests.length]).toEqual([0, 2])
  })

  it('IST-3: no answer is no reason to write elsewhere: it is told, and asked again', async () => {
    const { client, local, mesh } = two({ secret: kubeconfig() })
    const gone: Failure = { kind: 'Unreachable', message: 'no route', since: 0 }
    local.intercept = () => gone
    expect(await client.get(rules, at)).toEqual({ ok: false, error: gone })
    const watched = client.watch(rules, { resourceVersion: '1', timeoutSeconds: 1 }, new AbortController().signal)
    expect((await watched[Symbol.asyncIterator]().next()).value).toEqual({ ok: false, error: gone })
    expect(await client.sharesIstio?.()).toBe(true)
    local.intercept = () => undefined
    expect(await client.get(rules, at)).toMatchObject({ ok: true })
    expect(mesh.requests.length).toBe(1)
  })

  it('IST-3: only the namespaces in scope are searched for the Secret', async () => {
    const { client, local } = two({ secret: kubeconfig(), namespaces: ['shop', 'web'] })
    await client.get(rules, at)
    expect(local.requests.map(({ resource, namespace }) => `${resource} ${namespace}`)).toEqual([
      'secrets shop',
      'secrets web',
      'destinationrules.networking.istio.io shop',
    ])
  })

  it('IST-3: a context that the settings name comes before any Secret', async () => {
    const fleet = new FakeApi()
    fleet.put(rules, rule)
    const { client, local } = two({ secret: kubeconfig(), named: named(() => fleet.client()) })
    expect(await client.get(rules, at)).toMatchObject({ ok: true })
    expect([local.requests, await client.sharesIstio?.(), client.istioCluster]).toEqual([[], true, 'mesh'])
  })

  it('IST-3: a context that is named and not there is told, with what to do', async () => {
    const { client } = two({ named: named(() => undefined) })
    const answer = await client.get(rules, at)
    expect(answer.ok ? '' : answer.error.message).toMatch(/"mesh".*Correct traffic\.istioPrimary in clusters\.json/)
  })

  it('IST-3: objects that other contexts name as theirs are shared', async () => {
    const { client } = two({ isNamedByOthers: true })
    expect(await client.sharesIstio?.()).toBe(true)
  })
})

const forbidden: Failure = {
  kind: 'Forbidden',
  message: 'secrets is forbidden',
  verb: 'list',
  resource: 'secrets',
  namespace: undefined,
}
