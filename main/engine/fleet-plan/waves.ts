import type { FleetPlanSpec, PlanMember, WaveSelector } from './document.ts'

/** The index of the first wave that selects a member; `undefined` where none does, which no valid plan has. */
export function waveOf({ waves }: FleetPlanSpec, member: PlanMember): number | undefined {
  const index = waves.findIndex(({ select }) => selects(select, member))
  return index < 0 ? undefined : index
}

function selects(select: WaveSelector, { context, labels, late }: PlanMember): boolean {
  if (late === true) return select.kind === 'late'
  switch (select.kind) {
    case 'late':
      return false
    case 'names':
      return select.contexts.includes(context)
    case 'labels':
      return Object.entries(select.matchLabels).every(([key, value]) => labels[key] === value)
    case 'rest':
      return true
  }
}
