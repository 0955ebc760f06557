import type { Rollout } from '#api/rollout.ts'
import type { FleetPlan, MemberId, PlanMember } from '#engine/fleet-plan/document.ts'
import { planRights, rightWords } from '#engine/fleet-plan/rights.ts'
import { waveOf } from '#engine/fleet-plan/waves.ts'
import type { FleetWorld, MemberObservation } from '#engine/fleet-plan/world.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import { askAccess } from '#main/cluster/can-i.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { PlanCluster } from './observe-members.ts'

interface Ports {
  readonly clusterOf: (context: string) => PlanCluster | undefined
  readonly clock: Clock
  /** An answer is in. */
  readonly onAnswer: () => void
}

/** What was granted may be taken away. */
const lifetimeMs = 300_000

type Answer =
  | { readonly state: 'asking' }
  /** `missing`: in RBAC's words. */
  | { readonly state: 'known'; readonly until: EpochMs; readonly missing: string | undefined }

/** Before a member begins, its cluster is asked whether all that the plan may do to it is granted (3.4.2). */
export class PlanRights {
  readonly #ports: Ports
  readonly #answers = new Map<MemberId, Answer>()

  constructor(ports: Ports) {
    this.#ports = ports
  }

  /** With what is known by now; asks for the rest. Who is tried again is asked about again. */
  add(plan: FleetPlan, members: FleetWorld['members']): FleetWorld['members'] {
    const due = plan.spec.members.filter((member) => isDue(plan, member))
    const ids = new Set(due.map(({ id }) => id))
    for (const id of this.#answers.keys()) if (!ids.has(id)) this.#answers.delete(id)
    const seen = due.flatMap((member): (readonly [MemberId, MemberObservation])[] => {
      const observation = members[member.id]
      if (observation?.rollout === undefined || observation.reach !== 'reachable') return []
      const answer = this.#answer(plan, member, observation.rollout)
      if (answer.state === 'asking') return [[member.id, { ...observation, asksRights: true }]]
      return answer.missing === undefined ? [] : [[member.id, { ...observation, missingRight: answer.missing }]]
    })
    return { ...members, ...Object.fromEntries(seen) }
  }

  #answer(plan: FleetPlan, member: PlanMember, rollout: Rollout): Answer {
    const { clock, clusterOf, onAnswer } = this.#ports
    const known = this.#answers.get(member.id)
    if (known !== undefined && (known.state === 'asking' || clock.now() < known.until)) return known
    const client = clusterOf(member.context)?.cluster.client
    const asking: Answer = { state: 'asking' }
    if (client === undefined) return asking
    this.#answers.set(member.id, asking)
    void missingRight(client, plan, member, rollout).then((missing) => {
      if (this.#answers.get(member.id) !== asking) return
      this.#answers.set(member.id, { state: 'known', until: clock.now() + lifetimeMs, missing })
      onAnswer()
    })
    return asking
  }
}

/** It may begin in this pass or one of the next. */
function isDue({ spec, status }: FleetPlan, member: PlanMember): boolean {
  const state = status.members[member.id]?.state ?? 'Pending'
  const wave = status.waves[waveOf(spec, member) ?? 0]
  return state === 'Admitting' || (state === 'Pending' && wave?.state === 'Active')
}

/** A question that gets no answer closes nothing: the request itself will be answered. */
async function missingRight(
  client: Pick<ClusterClient, 'create'>,
  { spec }: FleetPlan,
  { namespace, rollout: name }: PlanMember,
  rollout: Rollout,
): Promise<string | undefined> {
  const asked = await Promise.all(
    planRights(spec.change, rollout).map(async (right) => {
      const isOwn = right.resource.kind === rollout.kind
      const answer = await askAccess(client, {
        ...right,
        namespace,
        name: isOwn ? name : rollout.spec.workloadRef?.name,
      })
      return answer.ok && !answer.value ? [rightWords(right)] : []
    }),
  )
  const missing = asked.flat()
  return missing.length === 0 ? undefined : `${missing.join(' and ')} in namespace ${namespace}`
}
