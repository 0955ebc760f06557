import type { Deployment } from '#api/apps.ts'
import { resources } from '#api/resources.ts'
import type { EngineMode } from '#contract/views.ts'
import type { Failure } from '#lib/failure.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { LeaseState } from './lease.ts'

/** Of Argosy's own Deployment, where its engine runs in the cluster (`argosy manifests`). */
export const engineAppName = 'argosy-engine'

/** Deployments of reference controllers (OPS-20), and of our own engine. */
const controllerSelector = `app.kubernetes.io/name in (argo-rollouts,${engineAppName})`

/** A controller found in the cluster, running or scaled to nothing. */
export interface ReferenceController {
  readonly namespace: string
  readonly name: string
  /** Argosy's own engine. */
  readonly isOurs: boolean
  readonly readyReplicas: number
  /** False when told `--leader-elect=false`: then no lease keeps it from acting (OPS-39). */
  readonly electsLeader: boolean
  readonly leaseNamespace: string
  readonly instanceID: string
  /** The only namespace that it drives; all when absent (OPS-52). */
  readonly scope?: string | undefined
}

/**
 * Controllers of the cluster, by one list of Deployments. Where that is not allowed those of the namespaces in scope are listed; where
 * that is not allowed either nothing is known, and the lease alone decides.
 */
export async function findReferenceControllers(
  client: ClusterClient,
  scope: readonly string[] = [],
): Promise<Outcome<readonly ReferenceController[], Failure>> {
  const everywhere = await listControllers(client, undefined)
  if (everywhere.ok || everywhere.error.kind !== 'Forbidden') return everywhere
  const found: ReferenceController[] = []
  for (const namespace of scope) {
    const listed = await listControllers(client, namespace)
    if (listed.ok) found.push(...listed.value)
    else if (listed.error.kind !== 'Forbidden') return listed
  }
  return success(found)
}

async function listControllers(
  client: ClusterClient,
  namespace: string | undefined,
): Promise<Outcome<readonly ReferenceController[], Failure>> {
  const listed = await client.list(resources.deployments, { namespace, labelSelector: controllerSelector })
  return listed.ok ? success(listed.value.items.map((each) => describe(each as Deployment))) : listed
}

function describe({ metadata, spec, status }: Deployment): ReferenceController {
  const containers = spec.template.spec?.containers ?? []
  const flags = containers.flatMap((each) => [...strings(each['command']), ...strings(each['args'])])
  const { namespace = '', name } = metadata
  const isOurs = metadata.labels?.['app.kubernetes.io/name'] === engineAppName
  return {
    namespace,
    name,
    isOurs,
    readyReplicas: status?.readyReplicas ?? 0,
    electsLeader: flagValue(flags, 'leader-elect') !== 'false',
    leaseNamespace: isOurs ? (flagValue(flags, 'lease-namespace') ?? namespace) : namespace,
    instanceID: flagValue(flags, 'instance-id') ?? '',
    scope: isOurs ? flagValue(flags, 'namespace') : flagValue(flags, 'namespaced') === 'true' ? namespace : undefined,
  }
}

const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []

/** `--name=value` or `--name value`; a bare `--name` is `true`. */
function flagValue(flags: readonly string[], name: string): string | undefined {
  const index = flags.findIndex((each) => each === `--${name}` || each.startsWith(`--${name}=`))
  if (index < 0) return undefined
  const [, inline] = (flags[index] ?? '').split(/=(.*)/s)
  if (inline !== undefined) return inline
  const next = flags[index + 1]
  return next === undefined || next.startsWith('-') ? 'true' : next
}

/**
 * The first controller that no lease of ours can hold back: it runs, serves the same instance id in a namespace of ours, and either
 * elects no leader or elects it in another namespace. While there is one, the engine must not write (OPS-39, OPS-40).
 */
export function findRival(
  controllers: readonly ReferenceController[],
  ours: {
    readonly leaseNamespace: string
    readonly instanceID: string
    /** All when absent. */
    readonly namespaces?: readonly string[] | undefined
  },
): ReferenceController | undefined {
  return controllers.find(
    (each) =>
      each.readyReplicas > 0 &&
      each.instanceID === ours.instanceID &&
      (each.scope === undefined || ours.namespaces === undefined || ours.namespaces.includes(each.scope)) &&
      (!each.electsLeader || each.leaseNamespace !== ours.leaseNamespace),
  )
}

/** Who drives the rollouts of a cluster (OPS-40), from the lease and what else runs there. */
export function engineMode(lease: LeaseState, rival: ReferenceController | undefined): EngineMode {
  if (rival !== undefined) return lease.state === 'held' ? 'contested' : 'inCluster'
  switch (lease.state) {
    case 'held':
      return 'driven'
    case 'other':
      return 'inCluster'
    case 'free':
      return 'observed'
    case 'unknown':
    case 'failed':
      return 'unknown'
  }
}
