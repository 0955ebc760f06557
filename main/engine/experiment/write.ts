import type { Experiment, ExperimentStatus } from '#api/experiment.ts'
import { resources } from '#api/resources.ts'
import type { EventWrite, PatchWrite, RuleId } from '#engine/decision.ts'
import { refTo, unchanged } from '#engine/rollout/write.ts'
import { createMergePatch } from '#lib/merge-patch.ts'

/** The status goes in a merge patch of the object itself, for it has no subresource (EXP-101). Nothing when it is the same. */
export function planStatus(experiment: Experiment, next: ExperimentStatus, because: RuleId): readonly PatchWrite[] {
  const status = createMergePatch(experiment.status ?? {}, next)
  if (status === undefined) return []
  return [
    {
      kind: 'patch',
      ref: refTo(resources.experiments, experiment),
      patchType: 'merge',
      body: { status },
      precondition: unchanged(experiment),
      because,
      summary: `Set status of Experiment ${experiment.metadata.name}: ${Object.keys(Object(status)).join(', ')}`,
    },
  ]
}

export const experimentEvent = (
  experiment: Experiment,
  reason: string,
  message: string,
  because: RuleId,
  type: 'Normal' | 'Warning' = 'Normal',
): EventWrite => ({ kind: 'event', regarding: experiment, type, reason, message, because, summary: message })

/** `Template 'a' transitioned from Running -> Failed: …`: how every transition is told. */
export const transition = (subject: string, from: string, to: string, message = ''): string =>
  `${subject} transitioned from ${from} -> ${to}${message === '' ? '' : `: ${message}`}`

/** A list of the status with some entries renewed, by name; new ones come last. */
export function withEntries<T extends { readonly name: string }>(
  before: readonly T[] = [],
  entries: readonly T[],
): readonly T[] {
  const renewed = before.map((each) => entries.findLast(({ name }) => name === each.name) ?? each)
  const isNew = ({ name }: T) => !before.some((each) => each.name === name)
  return [
    ...renewed,
    ...entries.filter((each) => isNew(each) && entries.findLast(({ name }) => name === each.name) === each),
  ]
}
