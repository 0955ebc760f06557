import type { FleetPlan, MemberState } from '#engine/fleet-plan/document.ts'
import type { Pass, Sent } from './history.ts'
import { hashOf, images } from './modelled-member.ts'

export interface PlanChecker {
  readonly name: string
  onPass?(pass: Pass): string | undefined
  /** The cluster took it. */
  onWritten?(sent: Sent): string | undefined
  /** The same, of who decides at a home that the plan has left. */
  onLeftWritten?(sent: Sent): string | undefined
  onCommand?(): void
}

/** With a gate, whatever the first member that had another version than before had. */
export const targetOf = ({ status }: FleetPlan): string => hashOf(status.target?.[0]?.split('=')[1] ?? images.target)

export const stateOf = ({ status }: FleetPlan, id: string): MemberState => status.members[id]?.state ?? 'Pending'
export const entered = ({ before, after }: Pass, state: MemberState): readonly string[] =>
  after.spec.members.map(({ id }) => id).filter((id) => stateOf(after, id) === state && stateOf(before, id) !== state)

/** How much of `from`…`to` lies between samples that are near enough to each other. */
export function coveredMs(times: readonly number[], from: number, to: number, maxGapMs: number): number {
  const open = [from, ...times.filter((time) => time >= from && time <= to), to]
    .map((time, index, all) => time - (all[index - 1] ?? time))
    .filter((gap, index, all) => gap > maxGapMs || index === all.length - 1)
    .reduce((sum, gap) => sum + gap, 0)
  return to - from - open
}
