import { randomBytes } from 'node:crypto'
import { resources } from '#api/resources.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { EngineWork } from './engine-process.ts'
import { measurePureEngine } from './engine-pure.ts'
import { ask, nextMessage, sleep, startScript, stop, within } from './processes.ts'
import { type Report, single } from './report.ts'
import { appName, createBatch, isPromoted, openClient, setVersion, untilEach, versions } from './rollouts.ts'
import { startBenchSandbox } from './sandbox.ts'
import type { BenchOptions, NamedCluster, Section } from './section.ts'

const promotedWithinMs = 300_000
const drivesWithinMs = 60_000
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
async function measureCluster(at: NamedCluster, { rollouts, replicas, report }: BenchOptions): Promise<void> {
  const client = openClient(at.kubeconfig, at.context)
  const namespace = `argosy-bench-${randomBytes(4).toString('hex')}`
  const tellWhatIsLeft = () =>
    console.error(
      `argosy: namespace ${namespace} is left: kubectl --context ${at.context} delete namespace ${namespace}`,
    )
  process.on('exit', tellWhatIsLeft)
  try {
    await createBatch(client, { namespace, count: rollouts, replicas, waiting: 0, instanceID: namespace })
    await measureUpdate(client, at, namespace, rollouts, report)
  } finally {
    if (await deleteNamespace(client, namespace)) process.off('exit', tellWhatIsLeft)
    await client.close()
  }
}

async function measureUpdate(
  client: ClusterClient,
  { kubeconfig, context }: NamedCluster,
  namespace: string,
  rollouts: number,
  report: Report,
): Promise<void> {
  const names = Array.from({ length: rollouts }, (_, index) => appName(index))
  const child = startScript('.ci/bench/engine-process.ts', [kubeconfig, context, namespace, namespace])
  try {
    await within(drivesWithinMs, 'the engine did not drive', nextMessage(child))
    await untilEach(client, namespace, names, isPromoted(versions.first), promotedWithinMs)
    const before = await ask<EngineWork>(child, {})
    const startedAt = performance.now()
    await Promise.all([
      setVersion(client, namespace, names, versions.second),
      untilEach(client, namespace, names, isPromoted(versions.second), promotedWithinMs),
    ])
    const tookMs = performance.now() - startedAt
    const after = await ask<EngineWork>(child, {})
    const each = (of: keyof EngineWork) => (after[of] - before[of]) / rollouts
    report(single('engine.update-all', 'ms', tookMs))
    report(single('engine.updates', '1/s', (rollouts / tookMs) * 1000))
    report(single('engine.requests-per-update', 'count', each('requests')))
    report(single('engine.writes-per-update', 'count', each('writes')))
    report(single('engine.reconciles-per-update', 'count', each('reconciles')))
    report(single('engine.cpu-per-update', 'ms', each('cpuMs')))
  } finally {
    await stop(child)
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
