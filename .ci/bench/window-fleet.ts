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

/** Clusters that are filled side by side: the sandbox is one process. */
const createdAtOnce = 3

const groupsOf = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size))

export interface FleetSize {
  readonly clusters: number
  /** Of each cluster. */
  readonly rollouts: number
  /** Pods of each rollout. */
  readonly replicas: number
}

/** A minute and a half, and more for each rollout: sandbox and engine have two cores. */
const readyWithinMs = ({ clusters, rollouts }: FleetSize): number => 90_000 + clusters * rollouts * 300

/** Clusters full of rollouts, each `Healthy` but for the ones that wait, and no engine left running. */
export async function startWindowFleet(size: FleetSize): Promise<WindowFleet> {
  const { clusters, rollouts, replicas } = size
  const sandbox = await startBenchSandbox(clusters)
  const { kubeconfig, contexts, folder } = sandbox
  const clients = contexts.map((context) => openClient(kubeconfig, context))
  const stopAll = async () => {
    await Promise.all(clients.map((client) => client.close()))
    await sandbox.stop()
  }
  try {
    const batch = { namespace, count: rollouts, replicas, waiting: waitingCount }
    for (const few of groupsOf(clients, createdAtOnce))
      await Promise.all(few.map((client) => createBatch(client, batch)))
    const engine = await startCli(['--kubeconfig', kubeconfig, 'engine', '--all-contexts'], /"mode"/)
    await settle(clients, size)
    await stop(engine.child)
  } catch (error) {
    await stopAll()
    throw error
  }
  return { kubeconfig, folder, contexts, clients, stop: stopAll }
}

/** The second version begins once everything else is at rest: a sandbox that is at its limit answers nobody. */
async function settle(clients: readonly ClusterClient[], size: FleetSize): Promise<void> {
  const names = Array.from({ length: size.rollouts }, (_, index) => appName(index))
  const waiting = names.slice(0, waitingCount)
  const withinMs = readyWithinMs(size)
  const isFirst = isPromoted(versions.first)
  await Promise.all(clients.map((client) => untilEach(client, namespace, names, isFirst, withinMs)))
  for (const client of clients) {
    await setVersion(client, namespace, waiting, versions.second)
    await untilEach(client, namespace, waiting, isPausedAtStep(1), withinMs)
  }
}
