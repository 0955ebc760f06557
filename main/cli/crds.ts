import type { Command } from 'commander'
import { customResourceDefinitions } from '#api/custom-resource-definitions.ts'
import { resources } from '#api/resources.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { type ExitCode, exitCodeOf, exitCodes, worstOf } from './exit-codes.ts'
import type { CliIo } from './io.ts'
import { onEach, type Target, type TargetOptions, targetsOrExit } from './targets.ts'

/** `argosy crds`: shows or installs the definitions a cluster needs before it can hold Rollouts. */
export function registerCrds(program: Command, io: CliIo): void {
  const crds = program.command('crds').description('the custom resource definitions of Argo Rollouts')
  crds
    .command('print')
    .description('print the definitions, for kubectl apply -f -')
    .action(async (_options: unknown, command: Command) => {
      const { stringify } = await import('yaml')
      const json = command.optsWithGlobals<TargetOptions>().output === 'json'
      io.out(
        json
          ? JSON.stringify({ apiVersion: 'v1', kind: 'List', items: customResourceDefinitions })
          : customResourceDefinitions
              .map((each) => stringify(each, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd())
              .join('\n---\n'),
      )
    })
  crds
    .command('install')
    .description('create the definitions that are missing; those that are there stay as they are')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<TargetOptions>()
      const targets = await targetsOrExit(options, io)
      if (targets === undefined) return
      io.exitWith(worstOf(await onEach(targets, (target) => installOn(target, targets.length > 1, io))))
    })
}

async function installOn(target: Target, named: boolean, io: CliIo): Promise<ExitCode> {
  const prefix = named ? `${target.context}: ` : ''
  const codes: ExitCode[] = []
  const cause = { action: 'installCrds' }
  for (const definition of customResourceDefinitions) {
    const created = await target.client.create(resources.customResourceDefinitions, definition, { cause })
    const { name } = definition.metadata
    if (created.ok) io.out(`${prefix}${name} created`)
    else if (created.error.kind === 'AlreadyExists') io.out(`${prefix}${name} is there already`)
    else {
      io.err(`${prefix}${name}: ${failureText(created.error)}`)
      codes.push(exitCodeOf(created.error))
    }
  }
  // Asked for by the first write; the connection must not end before the answer.
  await target.whoAmI.name()
  return worstOf([exitCodes.ok, ...codes])
}
