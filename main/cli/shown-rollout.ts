import type { ReplicaSet } from '#api/apps.ts'
import type { Pod } from '#api/core.ts'
import { labels } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { Failure } from '#lib/failure.ts'
import { silentLog } from '#lib/log.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import type { ListOptions, Reflector } from '#main/cluster/client.ts'
import type { CliIo } from './io.ts'
import type { Target } from './targets.ts'

/** A Rollout with all that the printed tree shows of it. */
export interface ShownRollout {
  readonly rollout: Rollout
  /** Any that names the Rollout as an owner (VIEW-2). */
  readonly replicaSets: readonly ReplicaSet[]
  readonly pods: readonly Pod[]
}

/** Reads one Rollout and its children once. */
export async function readShown(target: Target, name: string): Promise<Outcome<ShownRollout, Failure>> {
  const { client, namespace } = target
  const read = await client.get(resources.rollouts, { namespace, name })
  if (!read.ok) return read
  const replicaSets = await client.list(resources.replicaSets, childScopes(namespace).replicaSets)
  if (!replicaSets.ok) return replicaSets
  const pods = await client.list(resources.pods, childScopes(namespace).pods)
  if (!pods.ok) return pods
  return success(family(read.value as Rollout, replicaSets.value.items as never, pods.value.items as never))
}

const childScopes = (namespace: string) => ({
  replicaSets: { namespace, labelSelector: labels.podTemplateHash },
  pods: { namespace, labelSelector: labels.podTemplateHash },
})

function family(rollout: Rollout, replicaSets: readonly ReplicaSet[], pods: readonly Pod[]): ShownRollout {
  const owns = (uid: string | undefined) => (each: ReplicaSet | Pod) =>
    each.metadata.ownerReferences?.some((owner) => owner.uid === uid) === true
  const ours = replicaSets.filter(owns(rollout.metadata.uid))
  return { rollout, replicaSets: ours, pods: pods.filter((pod) => ours.some((each) => owns(each.metadata.uid)(pod))) }
}

export interface FollowedRollout {
  /** Everything was listed at least once; before that `current` knows too little. */
  readonly live: boolean
  /** `undefined`: deleted. Throws nothing; may be asked at any time. */
  readonly current: () => ShownRollout | undefined
  readonly stop: () => void
}

/**
 * Follows one Rollout, and its children if wanted, by watches that heal themselves. `changed` is called after each change;
 * `broken` once for every failure of a watch.
 */
export async function followRollout(
  target: Target,
  name: string,
  options: {
    readonly children: boolean
    readonly changed: () => void
    readonly broken: (failure: Failure) => void
  },
  io: CliIo,
): Promise<FollowedRollout> {
  const { createReflector } = await import('#main/cluster/reflector.ts')
  const { namespace, client } = target
  const listed = new Set<Reflector>()
  const follow = (resource: Reflector['resource'], scope: ListOptions): Reflector => {
    const reflector = createReflector({ client, resource, scope, clock: io.clock, random: Math.random, log: silentLog })
    reflector.onChange((change) => {
      if (change.kind === 'state' && change.state.state === 'live') listed.add(reflector)
      if (change.kind !== 'state' || change.state.state === 'live') options.changed()
      else if (change.state.state === 'stale') options.broken(change.state.failure)
    })
    reflector.start()
    return reflector
  }
  const rollouts = follow(resources.rollouts, { namespace, fieldSelector: `metadata.name=${name}` })
  const scopes = childScopes(namespace)
  const replicaSets = options.children ? follow(resources.replicaSets, scopes.replicaSets) : undefined
  const pods = options.children ? follow(resources.pods, scopes.pods) : undefined
  const all = [rollouts, replicaSets, pods].filter((each) => each !== undefined)
  const valuesOf = (reflector: Reflector | undefined) => [...(reflector?.objects.values() ?? [])] as never
  return {
    get live() {
      return listed.size === all.length
    },
    current: () => {
      const rollout = rollouts.objects.get(`${namespace}/${name}`) as Rollout | undefined
      return rollout === undefined ? undefined : family(rollout, valuesOf(replicaSets), valuesOf(pods))
    },
    stop: () => {
      for (const each of all) each.stop()
    },
  }
}
