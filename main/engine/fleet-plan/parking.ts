import type { Rollout } from '#api/rollout.ts'
import { actionFacts } from '#engine/actions/action-facts.ts'
import { pauseSeconds } from '#engine/rollout/canary/steps.ts'
import type { Draft } from './acts.ts'
import type { MemberView } from './member-view.ts'

/** A longer step is likely to be slept through by a laptop (SR-5). */
const longMs = 10 * 60_000

/** The first step that lasts longer than a laptop stays awake for sure; of blue-green the pause before its switch, as step 0. */
export function longStep(rollout: Rollout): { readonly step: number; readonly ms: number } | undefined {
  const { blueGreen } = rollout.spec.strategy ?? {}
  const lengths =
    blueGreen == null
      ? actionFacts(rollout).steps.map(({ pause }) => (pauseSeconds(pause?.duration) ?? 0) * 1000)
      : [(blueGreen.autoPromotionSeconds ?? 0) * 1000]
  const step = lengths.findIndex((ms) => ms > longMs)
  return step < 0 ? undefined : { step, ms: lengths[step] ?? 0 }
}

/** What nobody drives any more goes back to the pods that still run, whatever holds the plan (SR-5). */
export function parkAct({ facts, status, member }: MemberView): Draft | undefined {
  if (status.parked !== true || facts?.isTarget !== true || facts.isAborted || facts.hash === facts.stableHash)
    return undefined
  return { kind: 'abort', because: 'SR-5', summary: `Abort the update of ${member.id}: its engine goes to sleep` }
}
