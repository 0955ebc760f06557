import { hostname } from 'node:os'
import { failure, success } from '#lib/outcome.ts'
import { answerForLease } from '#main/controller/ask-for-lease.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { planObjectName } from '#main/fleet-plan/plan-store.ts'
import { localActor } from '#main/history/actor.ts'
import { exitCodes } from './exit-codes.ts'
import { findPlan } from './find-plan.ts'
import type { CliIo } from './io.ts'
import { type TargetOptions, targetsOrExit } from './targets.ts'

export interface HandOverPlanOptions extends TargetOptions {
  readonly keep?: boolean
  readonly reason?: string
}

/** The answer of a person at the machine that decides what a plan does, to who asks for it (SR-6). */
export async function handOverPlan(wanted: string, options: HandOverPlanOptions, io: CliIo): Promise<void> {
  const { keep = false, reason = '' } = options
  const targets = await targetsOrExit(options, io)
  if (targets === undefined) return
  try {
    const found = await findPlan(targets, wanted)
    if (!found.ok) {
      io.err(`argosy: ${found.error}`)
      return io.exitWith(exitCodes.usage)
    }
    const { plan, home } = found.value
    const at = { namespace: plan.spec.home.namespace, name: planObjectName(plan.id) }
    const place = { client: home.client, at, now: io.clock.now() }
    const answer = { kind: keep ? ('kept' as const) : ('allowed' as const), by: `${localActor()}@${hostname()}` }
    const done = await answerForLease(place, answer, { reason, holder: isOfThisMachine })
    if (!done.ok) {
      io.err(`argosy: ${plan.name}: ${failureText(done.error)}`)
      return io.exitWith(exitCodes.failed)
    }
    io.out(`${plan.name}: ${keep ? 'kept, and they are told' : 'its holder hands over within a few seconds'}`)
    io.exitWith(exitCodes.ok)
  } finally {
    await Promise.all(targets.map(({ client }) => client.close()))
  }
}

/** `user@host/uuid` (SR-8). */
function isOfThisMachine(identity: string) {
  const host = identity.slice(identity.indexOf('@') + 1).split('/')[0]
  return host === hostname()
    ? success(undefined)
    : failure(`it is decided by Argosy on ${host ?? identity}: answer there, at its window or by this command`)
}
