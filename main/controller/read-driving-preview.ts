import type { Rollout } from '#api/rollout.ts'
import type { DrivePreviewView, WhoNextView } from '#contract/ownership-views.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { Clock } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import { isInScope } from './driven-queue.ts'
import { drivingPreview } from './driving-preview.ts'
import type { LeaseState } from './lease.ts'
import { holderKind, hostOf } from './lease-holder.ts'
import type { MetricsPort } from './metrics-port.ts'
import { observeRollout } from './observe-rollout.ts'
import { findReferenceControllers, findRival, type ReferenceController } from './ownership.ts'

/** Caches that nobody needed before are filled by then; what is not is said not to be known. */
const patienceMs = 5_000
const againMs = 100

interface PreviewSources {
  readonly cluster: Cluster
  readonly clock: Clock
  readonly lease: LeaseState
  readonly leaseNamespace: string
  readonly instanceID?: string | undefined
  readonly metrics?: MetricsPort | undefined
  readonly drive: boolean
  /** Who asked for the lease, and gets it when it is given back. */
  readonly asker?: string | undefined
}

/** From the caches, and one list of the controllers that run there; nothing is written. */
export async function readDrivingPreview(sources: PreviewSources): Promise<Outcome<DrivePreviewView, Failure>> {
  const { cluster, clock, drive } = sources
  const deadline = clock.elapsed() + patienceMs
  const rollouts = cluster.cache('rollouts')
  while (!rollouts.synced && clock.elapsed() < deadline) await rest(clock)
  if (!rollouts.synced)
    return failure({ kind: 'Unreachable', message: 'Its rollouts are not read yet.', since: clock.now() })
  const [seen, next] = await Promise.all([observeAll(sources, deadline), whoIsNext(sources)])
  return success({ context: cluster.context, ...drivingPreview({ ...seen, now: clock.now(), drive }), next })
}

async function observeAll(
  { cluster, clock, instanceID, metrics }: PreviewSources,
  deadline: number,
): Promise<{ readonly worlds: readonly RolloutWorld[]; readonly unread: readonly Rollout[] }> {
  const inScope = [...cluster.cache('rollouts').values()].filter((each) => isInScope(each, instanceID))
  const worlds: RolloutWorld[] = []
  const unread: Rollout[] = []
  for (const rollout of inScope) {
    const key = `${rollout.metadata.namespace ?? ''}/${rollout.metadata.name}`
    let observed = await observeRollout(cluster, key, undefined, metrics)
    while (!observed.ok && observed.error.kind === 'NotSynced' && clock.elapsed() < deadline) {
      await rest(clock)
      observed = await observeRollout(cluster, key, undefined, metrics)
    }
    if (!observed.ok) unread.push(rollout)
    else if (observed.value !== undefined) worlds.push(observed.value)
  }
  return { worlds, unread }
}

async function whoIsNext(sources: PreviewSources): Promise<WhoNextView> {
  const { cluster, leaseNamespace, instanceID = '', lease, drive, asker } = sources
  if (!drive && asker !== undefined) return { how: 'asker', by: asker }
  const { namespaces } = cluster
  const found = await findReferenceControllers(cluster.client, namespaces)
  const controllers = found.ok ? found.value.filter((each) => each.instanceID === instanceID) : []
  if (!drive) return whoFollows(controllers)
  const rival = findRival(controllers, { leaseNamespace, instanceID, namespaces })
  if (rival !== undefined) return { how: 'rival', controller: nameOf(rival) }
  switch (lease.state) {
    case 'held':
      return { how: 'ours' }
    case 'free':
      return { how: 'atOnce' }
    case 'other': {
      const { holder: identity, acquiredAt: since } = lease
      return {
        how: 'waits',
        holder: { identity, host: hostOf(identity), since, kind: holderKind(identity, controllers) },
      }
    }
    case 'failed':
      return { how: 'unknown', why: lease.failure.message }
    case 'unknown':
      return { how: 'unknown', why: 'The lease is not read yet.' }
  }
}

function whoFollows(controllers: readonly ReferenceController[]): WhoNextView {
  const running = controllers.find(({ readyReplicas }) => readyReplicas > 0)
  if (running !== undefined) return { how: 'controller', controller: nameOf(running) }
  const [scaledDown] = controllers
  return { how: 'nobody', scaledDown: scaledDown && nameOf(scaledDown) }
}

const nameOf = ({ namespace, name }: ReferenceController): string => `${namespace}/${name}`

const rest = (clock: Clock) =>
  new Promise<void>((resolve) => {
    clock.after(againMs, resolve)
  })
