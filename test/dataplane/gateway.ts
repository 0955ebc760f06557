import { onTestFinished } from 'vitest'
import { apiVersionOf, type Resource, resourcePath, resources } from '#api/resources.ts'
import type { World } from '#test/support/world.ts'
import { type PortOf, startPodNetwork } from './pod-network.ts'
import { startTraefik } from './traefik.ts'
import { gatewayClasses, gateways, ingressClasses, ingressRoutes, traefikDefinitions } from './traefik-kinds.ts'

/** By which clients call the application. */
export const host = 'shop.example'

/** A gateway in the cluster of a test, for the routes of the test's namespace. */
export interface Gateway {
  /** Where it takes requests. */
  readonly port: number
  /** Waits until it splits requests just so. */
  readonly untilSplit: (...weights: readonly number[]) => Promise<void>
}

/**
 * Ended with the test. Real here: the API server, its Services and the endpoints of them, and Traefik, which watches them and sends the
 * requests. Pods are made up, and so are their addresses.
 *
 * @param portOf the program on loopback that answers for a port of a pod
 */
export async function aGateway(world: World, portOf: PortOf): Promise<Gateway> {
  await serveTraefikKinds(world)
  const network = await startPodNetwork(portOf)
  onTestFinished(() => network.close())
  const { kubeconfig } = world.kubectl
  const traefik = await startTraefik({ kubeconfig, namespace: world.namespace, podNetwork: network.url })
  onTestFinished(() => traefik.close())
  return {
    port: traefik.port,
    untilSplit: (...weights) =>
      world.eventually(`a split by ${weights.join(' and ')}`, async () =>
        (await traefik.splits()).some((split) => split.join() === weights.join()),
      ),
  }
}

async function serveTraefikKinds(world: World): Promise<void> {
  const definitions = resourcePath(resources.customResourceDefinitions, {})
  // Of all tests of the cluster; who comes second finds them.
  for (const definition of traefikDefinitions) await world.send('POST', definitions, { body: definition })
  for (const { spec } of traefikDefinitions)
    await world.eventually(`${spec.names.plural} served`, async () => {
      const path = `/apis/${spec.group}/${spec.versions[0]?.name}/${spec.names.plural}`
      return (await world.send('GET', path)).code === 200
    })
}

/** Makes an object, in the namespace of the test where it has one. */
export async function make(world: World, resource: Resource, name: string, content: object): Promise<void> {
  const body = { ...typeOf(resource), metadata: { name }, ...content }
  const answer = await world.send('POST', resourcePath(resource, world), { body })
  if (answer.code !== 201) throw new Error(`${resource.kind} ${name}: ${JSON.stringify(answer.body)}`)
}

const typeOf = (resource: Resource) => ({ apiVersion: apiVersionOf(resource), kind: resource.kind })

/* What leads requests for the host to a route of each kind: whoever installs a gateway makes it, and no router touches it. */

/** A Gateway `gate`, for an HTTPRoute to have as its parent. */
export async function leadToHttpRoute(world: World, { port }: Gateway): Promise<void> {
  const { namespace, send } = world
  await make(world, gatewayClasses, namespace, { spec: { controllerName: 'traefik.io/gateway-controller' } })
  onTestFinished(async () => {
    await send('DELETE', resourcePath(gatewayClasses, { name: namespace }))
  })
  await make(world, gateways, 'gate', {
    spec: { gatewayClassName: namespace, listeners: [{ name: 'web', port, protocol: 'HTTP' }] },
  })
}

/** An IngressRoute to the TraefikService of that name. */
export async function leadToTraefikService(world: World, name: string): Promise<void> {
  const services = [{ kind: 'TraefikService', name }]
  await make(world, ingressRoutes, name, {
    spec: { entryPoints: ['web'], routes: [{ kind: 'Rule', match: `Host(\`${host}\`)`, services }] },
  })
}

/** The class `nginx`, of Ingresses that Traefik serves in the place of ingress-nginx. */
export async function leadToIngress({ send }: World): Promise<void> {
  const metadata = { name: 'nginx' }
  const spec = { controller: 'k8s.io/ingress-nginx' }
  // Of all tests of the cluster; who comes second finds it.
  await send('POST', resourcePath(ingressClasses, {}), { body: { ...typeOf(ingressClasses), metadata, spec } })
}
