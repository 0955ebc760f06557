import { onTestFinished } from 'vitest'
import { resourcePath, resources } from '#api/resources.ts'
import type { World } from '#test/support/world.ts'
import { make } from './gateway.ts'
import { type PortOf, startBackend } from './pod-network.ts'

const versions = ['stable', 'canary'] as const

/**
 * Services `web-stable` and `web-canary`, a pod behind each, and for each pod a program on loopback that answers with `stable` or `canary`.
 * Told is which program answers for which pod.
 */
export async function twoVersions(world: World): Promise<PortOf> {
  const ports = new Set<number>()
  for (const version of versions) {
    const { port, close } = await startBackend(version)
    onTestFinished(close)
    ports.add(port)
    const labels = { app: 'web', version }
    const name = `web-${version}`
    await make(world, resources.services, name, { spec: { selector: labels, ports: [{ port: 80, targetPort: port }] } })
    await make(world, resources.pods, name, {
      metadata: { name, labels },
      spec: { containers: [{ name: 'web', image: `registry.example/web:${version}` }] },
    })
  }
  await world.eventually('endpoints of both', () => haveEndpoints(world))
  return (_address, port) => (ports.has(port) ? port : undefined)
}

async function haveEndpoints({ send, namespace }: World): Promise<boolean> {
  const answers = await Promise.all(
    versions.map((version) => send('GET', resourcePath(resources.endpoints, { namespace, name: `web-${version}` }))),
  )
  return answers.every(({ body }) => JSON.stringify(body).includes('"addresses"'))
}
