import type { FleetPlan, PlanMember } from '#engine/fleet-plan/document.ts'

/**
 * A start writes to every member in the end: where one of them is in a protected context, the name of the plan is typed (UI-ACT-2). What is
 * missing, in a sentence; `undefined`: nothing.
 */
export function startGuard(
  { name, members }: Pick<FleetPlan, 'name'> & { readonly members: readonly Pick<PlanMember, 'context'>[] },
  isProtected: (context: string) => boolean,
  confirm: string | undefined,
): string | undefined {
  const guarded = [...new Set(members.map(({ context }) => context).filter(isProtected))]
  return guarded.length === 0 || confirm === name
    ? undefined
    : `${guarded.join(', ')} ${guarded.length === 1 ? 'is' : 'are'} protected: confirm the start by the name of the plan, ${name}`
}
