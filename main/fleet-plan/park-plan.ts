import type { FleetPlan, PlanMember } from '#engine/fleet-plan/document.ts'
import { steppingStates } from '#engine/fleet-plan/member-view.ts'
import type { PlanCluster } from './observe-members.ts'
import type { PlanRunner } from './plan-runner.ts'
import { isUnderWay } from './plan-standing.ts'
import type { PlansOptions } from './plans.ts'

interface Parked {
  readonly id: string
  readonly plan: FleetPlan
  readonly runner: Pick<PlanRunner, 'command' | 'settle'> | undefined
}

/** Until the engine has taken the traffic away from what was aborted; a machine that goes to sleep waits for no longer. */
const parkedMs = 3_000

/** What the engine of this process alone moves is aborted, where the plan says so, before that engine sleeps or ends (SR-5). */
export async function parkPlan(
  { id, plan, runner }: Parked,
  { clusterOf, actor, clock, memory }: Pick<PlansOptions, 'clusterOf' | 'actor' | 'clock' | 'memory'>,
): Promise<void> {
  const here = plan.spec.members.filter(
    ({ id: member, context }) =>
      steppingStates.includes(plan.status.members[member]?.state ?? 'Pending') &&
      clusterOf(context)?.isDrivenHere?.() === true,
  )
  if (runner === undefined || !isUnderWay(plan) || plan.spec.parking !== 'abort' || here.length === 0) return
  const asked = { by: actor, at: clock.now(), reason: 'the engine of its cluster goes to sleep' }
  const done = await runner.command({ kind: 'park', members: here.map((member) => member.id) }, asked)
  if (!done.ok) return
  memory.add(id, asked.at, [{ text: `${actor}: park: ${asked.reason}`, severity: 'warning' }])
  await runner.settle()
  const ends = clock.now() + parkedMs
  while (clock.now() < ends && here.some((member) => servesNew(member, clusterOf(member.context))))
    await new Promise<void>((resolve) => void clock.after(200, resolve))
}

/** The traffic of an update that was aborted is not back yet, as its cluster shows it. */
function servesNew({ namespace, rollout: name }: PlanMember, found: PlanCluster | undefined): boolean {
  const status = found?.cluster.cache('rollouts').get(`${namespace}/${name}`)?.status
  return status?.abort !== true || (status.canary?.weights?.canary.weight ?? 0) > 0
}
