import type { AnalysisRun } from '#api/analysis.ts'
import type { ReplicaSet } from '#api/apps.ts'
import type { Pod } from '#api/core.ts'
import { labels } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { Routes } from '#engine/traffic/routes.ts'
import type { Failure } from '#lib/failure.ts'
import { silentLog } from '#lib/log.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import type { ListOptions, Reflector, ReflectorState } from '#main/cluster/client.ts'
import type { CliIo } from './io.ts'
import type { Target } from './targets.ts'

/** A Rollout with all that the printed tree shows of it. */
export interface ShownRollout {
  readonly rollout: Rollout
  /** Any that names the Rollout as an owner (VIEW-2). */
  readonly replicaSets: readonly ReplicaSet[]
  readonly pods: readonly Pod[]
  /** Empty where they may not be read. */
  readonly analysisRuns: readonly AnalysisRun[]
  /** The objects its traffic routers look at; absent unless they were read. */
  readonly routes?: Routes
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
  const runs = await client.list(resources.analysisRuns, { namespace })
  if (!runs.ok && !isOptional(runs.error)) return runs
  const children = {
    replicaSets: replicaSets.value.items,
    pods: pods.value.items,
    analysisRuns: runs.ok ? runs.value.items : [],
  }
  return success(family(read.value as Rollout, children as never))
}

/** A right of its own, and a kind that may not be served: the tree is worth having without. */
const isOptional = ({ kind }: Failure): boolean => kind === 'Forbidden' || kind === 'NotFound'

const isLeftOut = (resource: Reflector['resource'], state: ReflectorState): boolean =>
  resource.kind === resources.analysisRuns.kind && state.state === 'stale' && isOptional(state.failure)

const childScopes = (namespace: string) => ({
  replicaSets: { namespace, labelSelector: labels.podTemplateHash },
  pods: { namespace, labelSelector: labels.podTemplateHash },
})

function family(rollout: Rollout, { replicaSets, pods, analysisRuns }: Omit<ShownRollout, 'rollout'>): ShownRollout {
  const owns = (uid: string | undefined) => (each: KubeObject) =>
    each.metadata.ownerReferences?.some((owner) => owner.uid === uid) === true
  const ours = replicaSets.filter(owns(rollout.metadata.uid))
  return {
    rollout,
    replicaSets: ours,
    pods: pods.filter((pod) => ours.some((each) => owns(each.metadata.uid)(pod))),
    analysisRuns: analysisRuns.filter(owns(rollout.metadata.uid)),
  }
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
      if (change.kind === 'state' && (change.state.state === 'live' || isLeftOut(resource, change.state)))
        listed.add(reflector)
      if (change.kind !== 'state' || change.state.state === 'live') options.changed()
      else if (change.state.state === 'stale' && !isLeftOut(resource, change.state))
        options.broken(change.state.failure)
    })
    reflector.start()
    return reflector
  }
  const rollouts = follow(resources.rollouts, { namespace, fieldSelector: `metadata.name=${name}` })
  const scopes = childScopes(namespace)
  const replicaSets = options.children ? follow(resources.replicaSets, scopes.replicaSets) : undefined
  const pods = options.children ? follow(resources.pods, scopes.pods) : undefined
  const analysisRuns = options.children ? follow(resources.analysisRuns, { namespace }) : undefined
  const all = [rollouts, replicaSets, pods, analysisRuns].filter((each) => each !== undefined)
  const valuesOf = (reflector: Reflector | undefined) => [...(reflector?.objects.values() ?? [])] as never
  return {
    get live() {
      return listed.size === all.length
    },
    current: () => {
      const rollout = rollouts.objects.get(`${namespace}/${name}`) as Rollout | undefined
      if (rollout === undefined) return undefined
      const children = {
        replicaSets: valuesOf(replicaSets),
        pods: valuesOf(pods),
        analysisRuns: valuesOf(analysisRuns),
      }
      return family(rollout, children)
    },
    stop: () => {
      for (const each of all) each.stop()
    },
  }
}
