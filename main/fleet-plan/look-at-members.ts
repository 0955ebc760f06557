import type { FleetPlanSpec, PlanMember } from '#engine/fleet-plan/document.ts'
import type { PlanFault } from '#engine/fleet-plan/validate.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { PlanFile, WrittenMember } from './plan-file.ts'

/** What is found where a plan says that a member is. */
export type MemberLook =
  | { readonly kind: 'found'; readonly world: RolloutWorld; readonly isDriven: boolean }
  /** There is none, or it cannot be read: what to do about it. */
  | { readonly kind: 'missing'; readonly message: string }

export type MemberLooks = ReadonlyMap<PlanMember['id'], MemberLook>

/** All members of a plan at once. */
export async function lookAtMembers(
  { spec }: PlanFile,
  look: (member: WrittenMember) => Promise<MemberLook>,
): Promise<MemberLooks> {
  return new Map(await Promise.all(spec.members.map(async (member) => [member.id, await look(member)] as const)))
}

/** What a plan asks for, with what its members are like now; that is frozen from here on. */
export function specOf({ spec }: PlanFile, looks: MemberLooks): FleetPlanSpec {
  const shares = sharesOf(spec.members, looks)
  return {
    ...spec,
    members: spec.members.map((member) => {
      const look = looks.get(member.id)
      const priorHash = look?.kind === 'found' ? (look.world.rollout.status?.stableRS ?? '') : ''
      return { ...member, trafficShare: shares.get(member.id) ?? 0, priorHash }
    }),
  }
}

/** Where a plan gives no shares, pods tell them. */
function sharesOf(members: readonly WrittenMember[], looks: MemberLooks): ReadonlyMap<string, number> {
  const given = members.flatMap(({ trafficShare }) => trafficShare ?? [])
  const silent = members.filter(({ trafficShare }) => trafficShare === undefined)
  const left = Math.max(0, 100 - given.reduce((total, share) => total + share, 0))
  const pods = silent.map(({ id }) => podsOf(looks.get(id)))
  const all = pods.reduce((total, each) => total + each, 0)
  const shares = silent.map(({ id }, index) => {
    const share = all === 0 ? 1 / silent.length : (pods[index] ?? 0) / all
    return [id, left * share] as const
  })
  return new Map([
    ...members.flatMap(({ id, trafficShare }) => (trafficShare === undefined ? [] : [[id, trafficShare] as const])),
    ...shares,
  ])
}

export const podsOf = (look: MemberLook | undefined): number =>
  look?.kind === 'found' ? (look.world.rollout.spec.replicas ?? 1) : 0

/** Members that are not there; what the plan says of the others is for `validatePlan`. */
export function missingMembers({ spec }: PlanFile, looks: MemberLooks): readonly PlanFault[] {
  return spec.members.flatMap(({ id }, index) => {
    const look = looks.get(id)
    return look?.kind === 'missing' ? [{ field: `members[${index}]`, message: look.message }] : []
  })
}
