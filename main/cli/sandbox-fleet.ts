import type { Clock } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { type SandboxFleet, startSandboxFleet } from '#main/sandbox/start-fleet.ts'

export interface FleetChoice {
  readonly clusters: number
  readonly seed: number
  readonly portBase: number
  readonly demo: boolean
  readonly speed: number
  readonly engine?: boolean
}

/** Starts the fleet, or says in a sentence why it cannot. */
export async function openFleet(choice: FleetChoice, clock: Clock): Promise<Outcome<SandboxFleet, string>> {
  const { clusters, seed, portBase, demo, speed } = choice
  try {
    return success(await startSandboxFleet({ clusters, seed, clock, demo, speed, basePort: portBase }))
  } catch (error) {
    const { code, port } = error as NodeJS.ErrnoException & { readonly port?: number }
    const last = portBase + 2 * clusters - 1
    if (code === 'EADDRINUSE')
      return failure(
        `port ${port} is in use. The sandbox needs ports ${portBase} to ${last}: choose another --port-base, or 0 for any free ports`,
      )
    if (code === 'EACCES')
      return failure(`port ${port} needs more rights than this user has: choose another --port-base`)
    throw error
  }
}

/** What was started, and how to use it. */
export function describeFleet(fleet: SandboxFleet, path: string, { demo, engine }: FleetChoice): readonly string[] {
  const first = fleet.clusters[0]?.context ?? ''
  const quoted = /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`
  return [
    ...fleet.clusters.map(({ context, url, metricsUrl }) => `${context}  API ${url}  metrics ${metricsUrl}`),
    '',
    `kubeconfig written to ${path}`,
    ...(demo
      ? [
          'The clusters hold demo applications, and release new versions once those are healthy.',
          `One of them has a burst of errors, and its analysis rolls it back: fraud-scoring in ${first}.`,
        ]
      : ['The clusters are empty.']),
    '',
    'Try:',
    `  kubectl --kubeconfig ${quoted} --context ${first} get rollouts,rs,pods -A`,
    ...(engine === true
      ? []
      : [`  argosy engine --kubeconfig ${quoted} --all-contexts     # rollouts move only when an engine drives them`]),
    '',
    'Ctrl-C ends the clusters; nothing of them is kept.',
  ]
}
