import type { Deployment } from '#api/apps.ts'
import { resources } from '#api/resources.ts'
import type { EngineMode } from '#contract/views.ts'
import type { Failure } from '#lib/failure.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { LeaseState } from './lease.ts'

/** Label of the reference controller's Deployment (OPS-20). */
const referenceSelector = 'app.kubernetes.io/name=argo-rollouts'

/** A reference controller found in the cluster, running or scaled to nothing. */
export interface ReferenceController {
  readonly namespace: string
  readonly name: string
  readonly readyReplicas: number
  /** False when told `--leader-elect=false`: then no lease keeps it from acting (OPS-39). */
  readonly electsLeader: boolean
  readonly instanceID: string
}

/**
 * Reference controllers of the cluster, by one list of Deployments. Where that is not allowed nothing is known, and the
 * lease alone decides.
 */
export async function findReferenceControllers(
  client: ClusterClient,
): Promise<Outcome<readonly ReferenceController[], Failure>> {
  const listed = await client.list(resources.deployments, { labelSelector: referenceSelector })
  if (listed.ok) return success(listed.value.items.map((each) => describe(each as Deployment)))
  return listed.error.kind === 'Forbidden' ? success([]) : listed
}

function describe(deployment: Deployment): ReferenceController {
  const containers = deployment.spec.template.spec?.containers ?? []
  const flags = containers.flatMap((each) => [...strings(each['command']), ...strings(each['args'])])
  return {
    namespace: deployment.metadata.namespace ?? '',
    name: deployment.metadata.name,
    readyReplicas: deployment.status?.readyReplicas ?? 0,
    electsLeader: flagValue(flags, 'leader-elect') !== 'false',
    instanceID: flagValue(flags, 'instance-id') ?? '',
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
 * The first controller that no lease of ours can hold back: it runs, serves the same instance id, and either elects no
 * leader or elects it in another namespace. While there is one, the engine must not write (OPS-39, OPS-40).
 */
export function findRival(
  controllers: readonly ReferenceController[],
  ours: { readonly leaseNamespace: string; readonly instanceID: string },
): ReferenceController | undefined {
  return controllers.find(
    (each) =>
      each.readyReplicas > 0 &&
      each.instanceID === ours.instanceID &&
      (!each.electsLeader || each.namespace !== ours.leaseNamespace),
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
