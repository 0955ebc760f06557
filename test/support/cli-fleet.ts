import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { resources } from '#api/resources.ts'
import type { Rollout, RolloutStatus } from '#api/rollout.ts'
import type { AccessRule } from '#main/sandbox/api/access.ts'
import { startApiServer } from '#main/sandbox/api/start-api-server.ts'
import { fleetKubeconfig } from '#main/sandbox/fleet-kubeconfig.ts'
import { type SandboxCluster, startSandboxFleet } from '#main/sandbox/start-fleet.ts'
import { VirtualClock } from './virtual-clock.ts'

export interface CliFleet {
  readonly clock: VirtualClock
  readonly folder: string
  /** Path of the file with a context for each cluster; the first is current. */
  readonly kubeconfig: string
  cluster(context: string): SandboxCluster
  /** Stores a Rollout in `default`, with the status that a controller would have written. */
  place(context: string, rollout: Rollout, status?: RolloutStatus): void
  setStatus(context: string, name: string, status: RolloutStatus): void
  rollout(context: string, name: string): Rollout | undefined
  /** Path of a kubeconfig whose user may do only this on that cluster. */
  grant(context: string, rules: readonly AccessRule[]): Promise<string>
}

/** A folder that goes away with the test. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Sandbox clusters on virtual time, ended with the test. */
export async function aCliFleet(...contexts: readonly string[]): Promise<CliFleet> {
  const clock = new VirtualClock()
  const fleet = await startSandboxFleet({ clusters: contexts, seed: 7, clock })
  onTestFinished(() => fleet.stop())
  const folder = aFolder()
  const kubeconfig = join(folder, 'config')
  writeFileSync(kubeconfig, fleet.kubeconfig)
  const cluster = (context: string) => {
    const found = fleet.clusters.find((each) => each.context === context)
    if (found === undefined) throw new Error(`no cluster ${context}`)
    return found
  }
  const at = (name: string) => ({ namespace: 'default', name })
  const setStatus = (context: string, name: string, status: RolloutStatus) => {
    const change = (draft: Rollout): Rollout => ({ ...draft, status })
    refuseFailure(
      cluster(context).store.mutate(resources.rollouts, at(name), change, {
        subresource: 'status',
      }),
    )
  }
  return {
    clock,
    folder,
    kubeconfig,
    cluster,
    setStatus,
    place(context, rollout, status) {
      const metadata = at(rollout.metadata.name)
      refuseFailure(cluster(context).store.create(resources.rollouts, { ...rollout, metadata }))
      if (status !== undefined) setStatus(context, rollout.metadata.name, status)
    },
    rollout: (context, name) => cluster(context).store.get(resources.rollouts, at(name)) as Rollout | undefined,
    async grant(context, rules) {
      const token = { token: 'limited', user: 'limited', rules }
      const server = await startApiServer({ store: cluster(context).store, clock, name: context, tokens: [token] })
      onTestFinished(() => server.close())
      const path = join(folder, 'limited')
      writeFileSync(path, fleetKubeconfig([{ context, url: server.url, token: token.token, caData: server.caData }]))
      return path
    },
  }
}

function refuseFailure(outcome: ReturnType<SandboxCluster['store']['create']>): void {
  if (!outcome.ok) throw new Error(outcome.error.message)
}
