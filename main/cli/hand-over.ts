import { hostname } from 'node:os'
import type { Command } from 'commander'
import { controllerNamespace } from '#api/keys.ts'
import { failure, success } from '#lib/outcome.ts'
import { answerForLease } from '#main/controller/ask-for-lease.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { leaseNameFor } from '#main/controller/lease.ts'
import { hostOf } from '#main/controller/lease-holder.ts'
import { localActor } from '#main/history/actor.ts'
import { type ExitCode, exitCodes, worstOf } from './exit-codes.ts'
import type { CliIo } from './io.ts'
import { createOwnershipJournal, type OwnershipJournal } from './ownership-journal.ts'
import { onEach, type Target, type TargetOptions, targetsOrExit } from './targets.ts'

interface HandOverOptions extends TargetOptions {
  readonly keep?: boolean
  readonly reason: string
  readonly instanceId?: string
  readonly leaseNamespace: string
}

/** `argosy hand-over`: the answer of a person at the machine whose engine is asked for a lease (SR-6). */
export function registerHandOver(program: Command, io: CliIo): void {
  program
    .command('hand-over')
    .description('answer who asks for the lease that an argosy on this machine holds')
    .option('--keep', 'keep the lease, and say so')
    .option('--reason <text>', 'why, for the record', '')
    .option('--instance-id <id>', 'of the engine that holds it')
    .option('--lease-namespace <namespace>', 'where its lease lives', controllerNamespace)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<HandOverOptions>()
      const targets = await targetsOrExit(options, io)
      if (targets === undefined) return
      const journal = createOwnershipJournal(targets, options, io)
      const codes = await onEach(targets, (target) => answer(target, options, journal, io))
      await journal.close()
      io.exitWith(worstOf(codes))
    })
}

async function answer(
  { context, client }: Target,
  { keep = false, reason, instanceId, leaseNamespace: namespace }: HandOverOptions,
  journal: OwnershipJournal,
  io: CliIo,
): Promise<ExitCode> {
  const place = { client, at: { namespace, name: leaseNameFor(instanceId) }, now: io.clock.now() }
  const by = `${localActor()}@${hostname()}`
  const holder = (identity: string) => {
    const host = hostOf(identity)
    return host === hostname()
      ? success(undefined)
      : failure(`it is held by Argosy on ${host ?? identity}: answer there, at its window or by this command`)
  }
  const outcome = await answerForLease(place, { kind: keep ? 'kept' : 'allowed', by }, { reason, holder })
  journal.add({ context, action: keep ? 'keepDriving' : 'handOver', reason, outcome })
  if (!outcome.ok) {
    io.err(`argosy: ${context}: ${failureText(outcome.error)}`)
    return exitCodes.failed
  }
  io.out(keep ? `${context}: kept, and they are told` : `${context}: its holder hands over within a few seconds`)
  return exitCodes.ok
}
