import type { Deployment } from '#api/apps.ts'
import type { KubeObject } from '#api/meta.ts'
import { type Resource, resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { routeKinds } from '#api/route-kinds.ts'
import { lenderOf, type MigrationAction, type MigrationWorld } from '#engine/migration/migration.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { isMissingKind } from './failure-text.ts'

export interface MigrationSubject {
  readonly action: MigrationAction
  readonly namespace: string
  /** Of the Deployment that becomes a Rollout; of the Rollout that goes, or of its Deployment. */
  readonly name: string
}

export interface MigrationRead {
  readonly world: MigrationWorld
  /** The one that goes. */
  readonly rollout: Rollout | undefined
}

/** Everything around one Deployment, past every cache. Kinds that may not be listed are told, and hide nothing else. */
export async function readMigration(
  client: ClusterClient,
  { action, namespace, name }: MigrationSubject,
  driver: MigrationWorld['driver'],
): Promise<Outcome<MigrationRead, Failure>> {
  const listed = await client.list(resources.rollouts, { namespace })
  const isServed = listed.ok || !isMissingKind(listed.error)
  if (!listed.ok && isServed) return listed
  const rollouts = (listed.ok ? listed.value.items : []) as readonly Rollout[]
  const borrowing = rollouts.filter((each) => lenderOf(each) !== undefined)
  const rollout =
    action === 'makeRollout'
      ? undefined
      : (borrowing.find(({ metadata }) => metadata.name === name) ?? borrowing.find((each) => lenderOf(each) === name))
  const lender = (rollout && lenderOf(rollout)) ?? name
  const [deployment, services, autoscalers, budgets, ingresses] = await Promise.all([
    client.get(resources.deployments, { namespace, name: lender }),
    ...[
      resources.services,
      resources.horizontalPodAutoscalers,
      resources.podDisruptionBudgets,
      routeKinds.ingresses,
    ].map((resource) => around(client, resource, namespace)),
  ] as const)
  if (!deployment.ok && deployment.error.kind !== 'NotFound') return deployment
  const broken = [services, autoscalers, budgets, ingresses].find((each) => each?.failure !== undefined)?.failure
  if (broken !== undefined) return failure(broken)
  const all = [services, autoscalers, budgets, ingresses]
  const items = <T extends KubeObject>(at: number) => (all[at]?.items ?? []) as unknown as readonly T[]
  return success({
    rollout,
    world: {
      deployment: deployment.ok ? ({ ...deployment.value, kind: 'Deployment' } as unknown as Deployment) : undefined,
      rollouts,
      isServed,
      services: items(0),
      autoscalers: items(1),
      budgets: items(2),
      ingresses: items(3),
      unread: all.flatMap((each) => each?.unread ?? []),
      driver,
    },
  })
}

interface Around {
  readonly items: readonly KubeObject[]
  readonly unread?: string
  readonly failure?: Failure
}

async function around(client: ClusterClient, resource: Resource, namespace: string): Promise<Around> {
  const listed = await client.list(resource, { namespace })
  if (listed.ok) return { items: listed.value.items }
  // A cluster without that kind has none of them.
  if (isMissingKind(listed.error)) return { items: [] }
  return listed.error.kind === 'Forbidden'
    ? { items: [], unread: `${resource.kind}s` }
    : { items: [], failure: listed.error }
}
