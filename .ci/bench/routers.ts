import { labels } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { type Resource, resources } from '#api/resources.ts'
import type { CanaryStep } from '#api/rollout.ts'
import { routeKinds } from '#api/route-kinds.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { type RouterScene, routerScenes } from '#test/conformance/rollout/router-scenes.ts'
import { callsBetween, sumOfRollouts } from './count-requests.ts'
import type { EngineWork } from './engine-process.ts'
import { untilQuiet } from './engine-updates.ts'
import { ask, nextMessage, startScript, stop, within } from './processes.ts'
import { single } from './report.ts'
import { imageOf, isPromoted, mustSucceed, openClient, setVersion, untilEach, versions } from './rollouts.ts'
import { type BenchSandbox, startBenchSandbox } from './sandbox.ts'
import type { BenchOptions, Section } from './section.ts'

const name = 'shop'
const replicas = 5
/** Through a part of the traffic to all of it; and the five weights of the section `engine`, whose count is told beside it. */
const courses = [
  { name: 'requests-per-update', weights: [20, 100], judged: { target: 35 } },
  { name: 'requests-per-five-weights', weights: [20, 40, 60, 80, 100], judged: {} },
] as const
const withinMs = 180_000

/** An update of five pods for each router. */
export const routers: Section = {
  name: 'routers',
  about: 'requests of one update through each traffic router, on the sandbox',
  async run({ report }) {
    const sandbox = await startBenchSandbox(1)
    try {
      for (const scene of routerScenes)
        for (const course of courses) await measureRouter(sandbox, scene, course, report)
    } finally {
      await sandbox.stop()
    }
  },
}

async function measureRouter(
  { kubeconfig, contexts }: BenchSandbox,
  scene: RouterScene,
  course: Course,
  report: BenchOptions['report'],
): Promise<void> {
  const context = contexts[0] ?? ''
  const router = scene.name.toLowerCase().replaceAll(/[^a-z]+/g, '-')
  const slug = `${router}-${course.weights.length}`
  const client = openClient(kubeconfig, context)
  const child = startScript('.ci/bench/engine-process.ts', [kubeconfig, context, slug, slug])
  try {
    await install(client, slug, scene, course)
    await within(withinMs, 'the engine did not drive', nextMessage(child))
    await untilEach(client, slug, [name], isPromoted(versions.first), withinMs)
    await untilQuiet(child, withinMs)
    const before = await ask<EngineWork>(child, { begin: true })
    await setVersion(client, slug, [name], versions.second)
    await untilEach(client, slug, [name], isPromoted(versions.second), withinMs)
    const after = await untilQuiet(child, withinMs)
    const calls = callsBetween(before.calls, after.calls)
    report(single(`routers.${router}.${course.name}`, 'count', sumOfRollouts(calls), course.judged))
  } finally {
    await stop(child)
    await client.close()
  }
}

type Course = (typeof courses)[number]

async function install(
  client: ClusterClient,
  namespace: string,
  scene: RouterScene,
  { weights }: Course,
): Promise<void> {
  const steps: readonly CanaryStep[] = weights.map((setWeight) => ({ setWeight }))
  const create = async (
    resource: Resource,
    object: Omit<KubeObject, 'apiVersion'> & { readonly [field: string]: unknown },
  ) => {
    const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
    mustSucceed(await client.create(resource, { apiVersion, ...object }), `${object.kind} ${object.metadata.name}`)
  }
  await create(resources.namespaces, { kind: 'Namespace', metadata: { name: namespace } })
  const selector = { app: name }
  for (const role of ['stable', 'canary'])
    await create(resources.services, {
      kind: 'Service',
      metadata: { name: `${name}-${role}`, namespace },
      spec: { selector, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    })
  for (const [kind, object, spec, metadata] of scene.before)
    await create(routeKinds[kind], {
      kind: routeKinds[kind].kind,
      metadata: { name: object, namespace, ...metadata },
      spec,
    })
  const services = { stableService: `${name}-stable`, canaryService: `${name}-canary` }
  await create(resources.rollouts, {
    kind: 'Rollout',
    metadata: { name, namespace, labels: { ...selector, [labels.instanceID]: namespace } },
    spec: {
      replicas,
      selector: { matchLabels: selector },
      template: {
        metadata: { labels: selector },
        spec: { containers: [{ name: 'app', image: imageOf(versions.first) }] },
      },
      strategy: { canary: { ...services, trafficRouting: scene.routing, ...scene.canary, steps } },
    },
  })
}
