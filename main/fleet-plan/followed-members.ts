import type { FleetPlan } from '#engine/fleet-plan/document.ts'
import type { Dispose } from '#lib/clock.ts'
import { placesOfLate } from './find-late.ts'
import type { PlanCluster } from './observe-members.ts'

interface Options {
  readonly clusterOf: (context: string) => PlanCluster | undefined
  readonly contexts: () => readonly string[]
  /** A member, or who may come late, is another one than before, or can be reached again. */
  readonly onChange: () => void
  /** An AnalysisRun changed where a gate asks for the verdict of the fleet. */
  readonly onRun: () => void
}

/** What a plan is woken by: the Rollouts of its members, and their connections, in whichever cluster is open by now. */
export class FollowedMembers {
  readonly #options: Options
  readonly #followed = new Map<string, { readonly found: PlanCluster['cluster']; readonly ends: readonly Dispose[] }>()

  constructor(options: Options) {
    this.#options = options
  }

  follow(plan: FleetPlan): void {
    const { spec } = plan
    const late = spec.joinPolicy === 'catchUp' ? placesOfLate(plan, this.#options.contexts()) : []
    for (const place of [...spec.members, ...late]) this.#follow(plan, place)
  }

  #follow({ spec }: FleetPlan, { context, namespace, rollout }: ReturnType<typeof placesOfLate>[number]): void {
    const { clusterOf, onChange, onRun } = this.#options
    const cluster = clusterOf(context)?.cluster
    const key = `${context}/${namespace}/${rollout}`
    const before = this.#followed.get(key)
    // One that is closed, or was opened anew, tells nothing any more.
    if (before !== undefined && before.found === cluster) return
    for (const end of before?.ends ?? []) end()
    this.#followed.delete(key)
    if (cluster === undefined) return
    const isAbout = (name: string | undefined, in_: string | undefined) => name === rollout && in_ === namespace
    const hasVerdict = spec.waves.some(({ gate }) => gate === 'fleetVerdict')
    const ends = [
      ...(hasVerdict ? [cluster.cache('analysisRuns').onChange(onRun)] : []),
      cluster.onConnection(onChange),
      cluster.cache('rollouts').onChange((change) => {
        if (change.kind === 'state' || isAbout(change.object.metadata.name, change.object.metadata.namespace))
          onChange()
      }),
    ]
    this.#followed.set(key, { found: cluster, ends })
  }

  stop(): void {
    for (const { ends } of this.#followed.values()) for (const end of ends) end()
    this.#followed.clear()
  }
}
