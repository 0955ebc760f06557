import type { FleetPlanSpec, PlanMember } from '#engine/fleet-plan/document.ts'
import { longStep } from '#engine/fleet-plan/parking.ts'
import type { PlanFault } from '#engine/fleet-plan/validate.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { PlanFile, WrittenMember } from './plan-file.ts'

/** What is found where a plan says that a member is. */
export type MemberLook =
  | {
      readonly kind: 'found'
      readonly world: RolloutWorld
      readonly isDriven: boolean
      /** By a controller of the cluster itself (SR-5). */
      readonly isInCluster: boolean
    }
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

/** A member that stands still when this machine sleeps: its first step that may take longer than it stays awake. */
export interface Stranded {
  readonly member: PlanMember['id']
  readonly step: number
  readonly ms: number
}

/** Members with a long step that no controller in their cluster takes on (SR-5). */
export function strandedMembers({ spec }: Pick<PlanFile, 'spec'>, looks: MemberLooks): readonly Stranded[] {
  return spec.members.flatMap(({ id }) => {
    const look = looks.get(id)
    const long = look?.kind === 'found' && !look.isInCluster ? longStep(look.world) : undefined
    return long === undefined ? [] : [{ member: id, ...long }]
  })
}

/** What is to become of them has to be said before the plan begins. */
export function parkingFaults(file: PlanFile, looks: MemberLooks): readonly PlanFault[] {
  const { parking } = file.spec
  const stranded = strandedMembers(file, looks)
  const names = stranded.map(({ member, ms }) => `${member} (${Math.round(ms / 60_000)} min)`).join(', ')
  if (parking === undefined && stranded.length > 0) {
    const message = `No controller in their clusters acts on ${names}, which have a step longer than 10 min: asleep or quit, Argosy leaves them where they are. Choose freeze, abort or requireInClusterController.`
    return [{ field: 'parking', message }]
  }
  if (parking !== 'requireInClusterController') return []
  return file.spec.members.flatMap(({ id }, index) => {
    const look = looks.get(id)
    const message = `No controller in its cluster acts on ${id}, which parking requires.`
    return look?.kind === 'found' && !look.isInCluster ? [{ field: `members[${index}]`, message }] : []
  })
}
