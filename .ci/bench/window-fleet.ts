import type { ClusterClient } from '#main/cluster/client.ts'
import { startCli, stop } from './processes.ts'
import {
  appName,
  createBatch,
  isPausedAtStep,
  isPromoted,
  openClient,
  setVersion,
  untilEach,
  versions,
} from './rollouts.ts'
import { startBenchSandbox } from './sandbox.ts'

export const namespace = 'bench'
/** Rollouts of each cluster that stand at a pause; they come first in the window. */
export const waitingCount = 10

export interface WindowFleet {
  readonly kubeconfig: string
  readonly folder: string
  readonly contexts: readonly string[]
  /** In the order of `contexts`. */
  readonly clients: readonly ClusterClient[]
  stop(): Promise<void>
}

const clusterCount = 3
const readyWithinMs = 180_000

/** Three clusters full of rollouts, each `Healthy` but for the ones that wait, and no engine left running. */
export async function startWindowFleet(rollouts: number, replicas: number): Promise<WindowFleet> {
  const sandbox = await startBenchSandbox(clusterCount)
  const { kubeconfig, contexts, folder } = sandbox
  const clients = contexts.map((context) => openClient(kubeconfig, context))
  const stopAll = async () => {
    await Promise.all(clients.map((client) => client.close()))
    await sandbox.stop()
  }
  try {
    const batch = { namespace, count: rollouts, replicas, waiting: waitingCount }
    await Promise.all(clients.map((client) => createBatch(client, batch)))
    const engine = await startCli(['--kubeconfig', kubeconfig, 'engine', '--all-contexts'], /"mode"/)
    await Promise.all(clients.map((client) => settle(client, rollouts)))
    await stop(engine.child)
  } catch (error) {
    await stopAll()
    throw error
  }
  return { kubeconfig, folder, contexts, clients, stop: stopAll }
}

async function settle(client: ClusterClient, rollouts: number): Promise<void> {
  const names = Array.from({ length: rollouts }, (_, index) => appName(index))
  const waiting = names.slice(0, waitingCount)
  await untilEach(client, namespace, names, isPromoted(versions.first), readyWithinMs)
  await setVersion(client, namespace, waiting, versions.second)
  await untilEach(client, namespace, waiting, isPausedAtStep(1), readyWithinMs)
}
