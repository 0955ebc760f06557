import { describe, expect, it } from 'vitest'
import type { ReplicaSet } from '#api/apps.ts'
import type { KubeObject } from '#api/meta.ts'
import { apiVersionOf, type Resource, resourcePath, resources } from '#api/resources.ts'
import type { RolloutSpec } from '#api/rollout.ts'
import { routeKinds } from '#api/route-kinds.ts'
import {
  drivingRights,
  type EngineRight,
  leaseRights,
  type OptionalRights,
  optionalRights,
  policyRules,
  rightName,
} from '#main/controller/engine-rights.ts'
import { type AskedRight, covers, recordedRequests } from '#test/support/recorded-requests.ts'
import { aWorld, isRealWorld, type World } from '#test/support/world.ts'
import { routerScenes } from './router-scenes.ts'
import { aShop, canary, manifest, objectsOf, post, type Shop, shopIn, shopName } from './shop.ts'

/** Granted to everybody who has signed in (system:basic-user). */
const ofEverybody = 'create selfsubjectaccessreviews.authorization.k8s.io'
/** Asked for by every engine, and done without where it is refused: most clusters have nothing to release there (DEL-6, IST-3). */
const doneWithout = ['list ingresses.networking.k8s.io', 'list destinationrules.networking.istio.io']

const used = new Set<string>()
const text = ({ verb, on }: AskedRight) => `${verb} ${on}`

/** A world whose engine has these rights and no others: on a real cluster by RBAC, on every one by what it is seen to ask for. */
async function granted(...words: readonly OptionalRights[]) {
  const world = await aWorld()
  const rights: readonly EngineRight[] = [
    ...drivingRights,
    ...leaseRights(undefined),
    ...words.flatMap((each) => optionalRights[each]),
  ]
  const outside = new Set<string>()
  const through = (client: Parameters<typeof recordedRequests>[0]) =>
    recordedRequests(client, (asked) => {
      if (text(asked) === ofEverybody) return
      if (rights.some((right) => covers(right, asked))) used.add(text(asked))
      else if (!doneWithout.includes(text(asked))) outside.add(text(asked))
    })
  world.startEngine({ through, ...(world.isReal && { as: await anAccount(world, rights) }) })
  return { world, outside: () => [...outside] }
}

/** Returns the user's name. */
async function anAccount({ namespace, send }: World, rights: readonly EngineRight[]): Promise<string> {
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`
  const metadata = { name: 'argosy-engine' }
  const rules = policyRules(rights.filter(({ resource }) => resource.namespaced))
  const subjects = [{ kind: 'ServiceAccount', name: metadata.name, namespace }]
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name }
  await send('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { body: { metadata } })
  expect(await send('POST', `${rbac}/roles`, { body: { metadata, rules } })).toMatchObject({ code: 201 })
  await send('POST', `${rbac}/rolebindings`, { body: { metadata, roleRef, subjects } })
  return `system:serviceaccount:${namespace}:${metadata.name}`
}

const template = (tag: string) => ({
  metadata: { labels: { app: shopName } },
  spec: {
    containers: [
      { name: shopName, image: `registry.example/shop:${tag}`, ports: [{ name: 'http', containerPort: 8080 }] },
    ],
  },
})
const release = (shop: Shop, tag: string) => shop.patch({ spec: { template: { spec: template(tag).spec } } })

const service = (world: World, name: string) =>
  post(world, resources.services, {
    metadata: { name, labels: { app: shopName } },
    spec: { selector: { app: shopName }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  })

async function measured(
  world: World,
  metric: object,
  args: readonly object[] = [],
  resource: Resource = resources.analysisTemplates,
): Promise<void> {
  await post(world, resource, {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: { name: 'smoke' },
    spec: { args, metrics: [{ name: 'smoke', ...metric }] },
  })
}
const byPrometheus = async (world: World, query: string) => ({
  successCondition: 'result >= 0.95',
  provider: { prometheus: { address: await world.prometheus(), query } },
})
const analysis = { analysis: { templates: [{ templateName: 'smoke' }] } }

const namesOf = async (world: World) =>
  (
    await world.send<{ readonly items: readonly KubeObject[] }>(
      'GET',
      resourcePath(resources.services, { namespace: world.namespace }),
    )
  ).body.items
    .map(({ metadata }) => metadata.name)
    .filter((name) => name.startsWith(shopName))

const services = { stableService: `${shopName}-stable`, canaryService: `${shopName}-canary` }

describe('an engine with the rights of `argosy manifests`', () => {
  it('OPS-90…95, OPS-98…100: updates by steps, Services, metadata of pods, analyses, Experiments, restarts', async () => {
    const { world, outside } = await granted()
    await Promise.all(Object.values(services).map((name) => service(world, name)))
    await measured(world, await byPrometheus(world, '0.97'))
    const experiment = { templates: [{ name: 'try', specRef: 'canary' as const, service: {} }], duration: '2s' }
    const shop = await aShop(world, {
      revisionHistoryLimit: 0,
      template: template('1'),
      analysis: { successfulRunHistoryLimit: 1, unsuccessfulRunHistoryLimit: 1 },
      strategy: canary([{ setWeight: 50 }, { experiment }, analysis, { pause: {} }], {
        ...services,
        canaryMetadata: { labels: { role: 'canary' } },
        stableMetadata: { labels: { role: 'stable' } },
      }),
    })
    await shop.untilHealthy()
    for (const tag of ['2', '3']) {
      await release(shop, tag)
      await shop.untilPausedAt(3)
      // The Experiment clears up after its scale-down delay.
      await world.eventually('the Services of the Rollout alone', async () => (await namesOf(world)).length === 2)
      await shop.patchStatus({ pauseConditions: null })
      await shop.untilHealthy()
    }
    await world.eventually('what is beyond the limits gone', async () => {
      const left = await Promise.all(
        [resources.replicaSets, resources.analysisRuns, resources.experiments].map((each) => objectsOf(world, each)),
      )
      // The last revision, its Experiment and what that was made of.
      return left.map(({ length }) => length).join() === '2,1,1'
    })
    await world.pass(2_000)
    await shop.patch({ spec: { restartAt: new Date(world.now()).toISOString().replace(/\.\d+Z$/, 'Z') } })
    await shop.until('restarted', ({ status }) => status?.restartedAt !== undefined)
    await world.send('DELETE', resourcePath(resources.rollouts, { namespace: world.namespace, name: shopName }))
    await world.pass(2_000)
    expect(outside()).toEqual([])
  })

  it('OPS-94: takes templates from Deployments, ReplicaSets and PodTemplates', async () => {
    for (const kind of ['Deployment', 'PodTemplate', 'ReplicaSet'] as const) {
      const { world, outside } = await granted()
      const { selector, template: _own, ...spec } = manifest({ strategy: canary([]) }).spec
      const lent = { replicas: 1, selector, template: template('1') }
      if (kind === 'PodTemplate')
        await post(world, resources.podTemplates, { metadata: { name: 'base' }, template: template('1') })
      else
        await post(world, kind === 'Deployment' ? resources.deployments : resources.replicaSets, {
          metadata: { name: 'base', labels: {} },
          spec: lent,
        })
      const apiVersion = kind === 'PodTemplate' ? 'v1' : 'apps/v1'
      const workloadRef = { apiVersion, kind, name: 'base', ...(kind === 'Deployment' && { scaleDown: 'onsuccess' }) }
      const shop = shopIn(world)
      await post(world, resources.rollouts, {
        ...manifest({}),
        spec: { ...spec, ...(kind !== 'Deployment' && { selector }), workloadRef } satisfies Partial<RolloutSpec>,
      })
      await shop.until(`Healthy by ${kind}`, ({ status }) => status?.phase === 'Healthy')
      if (kind === 'Deployment')
        await world.eventually('scaled down', async () => {
          const path = resourcePath(resources.deployments, { namespace: world.namespace, name: 'base' })
          return (await world.send<ReplicaSet>('GET', path)).body.spec.replicas === 0
        })
      expect(outside()).toEqual([])
    }
  })

  it('OPS-102: measures by Jobs', async () => {
    const { world, outside } = await granted('jobs')
    const container = { name: 'check', image: 'registry.example/check:1', command: ['sleep', '600'] }
    const pod = { restartPolicy: 'Never', containers: [container] }
    const job = { metadata: { labels: { app: shopName } }, spec: { backoffLimit: 0, template: { spec: pod } } }
    await measured(world, { provider: { job } })
    const shop = await aShop(world, { strategy: canary([{ setWeight: 50 }, analysis]) })
    await shop.untilHealthy()
    await shop.release('2')
    const jobs = () => objectsOf<KubeObject>(world, resources.jobs)
    await world.eventually('the Job', async () => (await jobs()).length === 1)
    await world.pass(1_500)
    await shop.patchStatus({ abort: true })
    await world.eventually('no Job', async () => (await jobs()).length === 0)
    expect(outside()).toEqual([])
  })

  it('OPS-97: measures with a credential', async () => {
    const { world, outside } = await granted('secrets')
    await post(world, resources.secrets, { metadata: { name: 'rates' }, stringData: { rate: '0.97' } })
    const secretKeyRef = { name: 'rates', key: 'rate' }
    await measured(world, await byPrometheus(world, '{{args.rate}}'), [{ name: 'rate', valueFrom: { secretKeyRef } }])
    // What is told twice is one event with a count.
    const twice = { pause: { duration: '1s' } }
    const shop = await aShop(world, { strategy: canary([{ setWeight: 50 }, twice, twice, analysis]) })
    await shop.untilHealthy()
    await shop.release('2')
    await shop.untilHealthy()
    expect(outside()).toEqual([])
  })
})

// On a real cluster these tests have rights in a namespace alone, and a ClusterAnalysisTemplate is in none.
describe.skipIf(isRealWorld)('an engine of all namespaces', () => {
  it('OPS-145: notifies', async () => {
    const { world, outside } = await granted()
    const metadata = { name: 'argo-rollouts-notification-configmap' }
    const namespace = world.isReal ? world.namespace : 'argo-rollouts'
    const path = resourcePath(resources.configMaps, { namespace })
    const body = { metadata, data: { 'service.webhook.team': 'url: http://127.0.0.1:9/' } }
    expect(await world.send('POST', path, { body })).toMatchObject({ code: 201 })
    await world.eventually('the Secret is looked at', () => used.has('watch secrets'))
    expect(outside()).toEqual([])
  })

  it('OPS-92: measures by templates of the cluster', async () => {
    const { world, outside } = await granted()
    await measured(world, await byPrometheus(world, '0.97'), [], resources.clusterAnalysisTemplates)
    const templates = [{ templateName: 'smoke', clusterScope: true }]
    const shop = await aShop(world, { strategy: canary([{ setWeight: 50 }, { analysis: { templates } }]) })
    await shop.untilHealthy()
    await shop.release('2')
    await shop.untilHealthy()
    expect(outside()).toEqual([])
  })
})

const words: Readonly<Record<string, OptionalRights>> = {
  'NGINX Ingress': 'nginx',
  'AWS ALB': 'alb',
  'Istio, by hosts': 'istio',
  'Istio, by subsets': 'istio',
  'SMI TrafficSplit': 'smi',
  Ambassador: 'ambassador',
  'App Mesh': 'app-mesh',
  Traefik: 'traefik',
  APISIX: 'apisix',
}

describe('with the rights for a router', () => {
  it.each(routerScenes)('OPS-101, OPS-103…109: $name', async ({ name, routing, canary: more, before }) => {
    const { world, outside } = await granted(words[name] ?? 'gateway-api')
    await Promise.all(Object.values(services).map((each) => service(world, each)))
    for (const [kind, object, spec, metadata] of before) {
      const { group, version, kind: named } = routeKinds[kind]
      const apiVersion = `${group}/${version}`
      await post(world, routeKinds[kind], { apiVersion, kind: named, metadata: { name: object, ...metadata }, spec })
    }
    // A header route of APISIX is an object of its own.
    const header = { name: 'hdr', match: [{ headerName: 'X', headerValue: { exact: '1' } }] }
    const hasHeader = name === 'APISIX'
    const trafficRouting = { ...routing, ...(hasHeader && { managedRoutes: [{ name: 'hdr' }] }) }
    const steps = [{ setWeight: 20 }, ...(hasHeader ? [{ setHeaderRoute: header }] : []), { pause: {} }]
    const shop = await aShop(world, { strategy: canary(steps, { ...services, trafficRouting, ...more }) })
    await shop.untilHealthy()
    await shop.release('2')
    await shop.untilPausedAt(steps.length - 1)
    await shop.patchStatus({ pauseConditions: null })
    await shop.untilHealthy()
    await world.pass(world.isReal ? 5_000 : 60_000)
    expect(outside()).toEqual([])
  })
})

/** What no journey shows, and where it is asked for instead. */
const elsewhere: Readonly<Record<string, string>> = {
  'update rollouts.argoproj.io/finalizers': 'asked by the API server itself, where it checks owner references',
  'update experiments.argoproj.io/finalizers': 'the same',
  'update analysisruns.argoproj.io/finalizers': 'the same',
  'get services':
    'something else has the name of an Experiment’s Service: test/main/controller/experiment-rounds.test.ts',
  'get experiments.argoproj.io': 'something else has the name of an Experiment: test/main/controller/rounds.test.ts',
  'get analysisruns.argoproj.io': 'something else has the name of a run: test/main/controller/rounds.test.ts',
  'watch leases.coordination.k8s.io': 'somebody else has the lease: test/main/controller/lease-watch.test.ts',
}
/** Words whose requests need what no cluster of these tests has: where they are shown. */
const otherTests: readonly OptionalRights[] = [
  // test/conformance/rollout/istio-primary.test.ts
  'istio-primary',
  // test/main/controller/observe-routes.test.ts, with an answer of AWS
  'aws-verify',
  // test/main/metrics/http/through-cluster.test.ts, forwarded.test.ts
  'metrics-via',
]
/** Groups of other versions of a product: asked for where a cluster serves only those (test/main/cluster/served-kinds.test.ts). */
const otherVersions = ['extensions', 'traefik.containo.us', 'x.getambassador.io']

describe.skipIf(isRealWorld)('of those rights', () => {
  it('OPS-112: each is used by a journey above, or by what is named here', () => {
    const optional = Object.entries(optionalRights)
      .filter(([word]) => !otherTests.some((each) => each === word))
      .flatMap(([, rights]) => rights)
    const all = [...drivingRights, ...leaseRights(undefined), ...optional]
      .filter(({ resource }) => !otherVersions.includes(resource.group))
      .flatMap((right) => right.verbs.map((verb) => `${verb} ${rightName(right)}`))
    expect(all.filter((each) => !used.has(each)).toSorted()).toEqual(Object.keys(elsewhere).toSorted())
  })
})
