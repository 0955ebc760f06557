import type { Rollout } from '#api/rollout.ts'

/** What a person saw when deciding; sending is held to it (ACT-12). */
export interface RolloutIntent {
  readonly uid: string
  readonly currentPodHash: string | undefined
  readonly stableRS: string | undefined
  readonly stepIndex: number | undefined
  readonly abort: boolean
  readonly paused: boolean
}

export function intentOf({ metadata, spec, status = {} }: Rollout): RolloutIntent {
  return {
    uid: metadata.uid ?? '',
    currentPodHash: nonEmpty(status.currentPodHash),
    stableRS: nonEmpty(status.stableRS),
    stepIndex: status.currentStepIndex,
    abort: status.abort === true,
    paused: spec.paused === true,
  }
}

/** An intent as it comes back from outside, where absent fields may be missing. */
export type GivenIntent = Pick<RolloutIntent, 'uid'> & {
  readonly currentPodHash?: string | undefined
  readonly stepIndex?: number | undefined
}

/**
 * What changed since, in words; empty when the intent holds (ACT-12). Another object, another revision, another step: the
 * rest may change without changing what the action means. The entry about the step starts with `step`.
 */
export function movedOn(intent: GivenIntent, rollout: Rollout): readonly string[] {
  const current = intentOf(rollout)
  const [from, to] = [intent.stepIndex ?? 0, current.stepIndex ?? 0]
  return [
    ...(intent.uid === current.uid ? [] : ['deleted and created anew']),
    ...(intent.currentPodHash === current.currentPodHash
      ? []
      : [`pod template ${intent.currentPodHash ?? 'none'} → ${current.currentPodHash ?? 'none'}`]),
    ...(from === to ? [] : [`step ${from} → ${to}`]),
  ]
}

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text)
