import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resources } from '#api/resources.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { measurePureEngine } from './engine-pure.ts'
import { measureUpdates } from './engine-updates.ts'
import { sleep } from './processes.ts'
import { createBatch, openClient } from './rollouts.ts'
import { startBenchSandbox } from './sandbox.ts'
import type { BenchOptions, NamedCluster, Section } from './section.ts'

const goneWithinMs = 60_000

export const engine: Section = {
  name: 'engine',
  about: 'reconciles per second, and updates through a whole engine with its requests counted',
  async run(options) {
    measurePureEngine(options.report)
    if (options.cluster !== undefined) return measureCluster(options.cluster, options)
    const sandbox = await startBenchSandbox(1)
    try {
      await measureCluster({ kubeconfig: sandbox.kubeconfig, context: sandbox.contexts[0] ?? '' }, options)
    } finally {
      await sandbox.stop()
    }
  },
}

/** Works in a namespace of its own, which is also the instance id of the rollouts, and deletes it in any case. */
async function measureCluster(at: NamedCluster, options: BenchOptions): Promise<void> {
  const { rollouts, replicas, measurements } = options
  const client = openClient(at.kubeconfig, at.context)
  const namespace = `argosy-bench-${randomBytes(4).toString('hex')}`
  const tellWhatIsLeft = () =>
    console.error(
      `argosy: namespace ${namespace} is left: kubectl --context ${at.context} delete namespace ${namespace}`,
    )
  process.on('exit', tellWhatIsLeft)
  const answering = createServer((_, response) => response.end('{"ok":1}'))
  try {
    await new Promise<void>((resolve) => answering.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(answering.address() as AddressInfo).port}`
    const analysis = measurements === 0 ? {} : { analysis: { url, measurements } }
    const batch = { namespace, count: rollouts, replicas, waiting: 0, instanceID: namespace, ...analysis }
    await createBatch(client, batch)
    await measureUpdates(client, at, namespace, options)
  } finally {
    if (await deleteNamespace(client, namespace)) process.off('exit', tellWhatIsLeft)
    await client.close()
    answering.close()
  }
}

/** True once the namespace is gone or going. */
async function deleteNamespace(client: ClusterClient, name: string): Promise<boolean> {
  const deleted = await client.delete(resources.namespaces, { name })
  if (!deleted.ok) return deleted.error.kind === 'NotFound'
  for (const deadline = performance.now() + goneWithinMs; performance.now() < deadline; await sleep(500)) {
    const found = await client.get(resources.namespaces, { name })
    if (!found.ok && found.error.kind === 'NotFound') return true
  }
  console.error(`argosy: namespace ${name} is being deleted still`)
  return true
}
