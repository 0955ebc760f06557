import { join } from 'node:path'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { historyFiles } from '#main/data-folder.ts'
import { isDamage } from '#main/history/damage.ts'
import { registerActions } from './actions.ts'
import { registerApp } from './app.ts'
import { registerBackTest } from './back-test.ts'
import { registerBundle } from './bundle.ts'
import { registerCrds } from './crds.ts'
import { registerDiff } from './diff.ts'
import { registerEngine } from './engine.ts'
import { exitCodes } from './exit-codes.ts'
import { registerGet } from './get.ts'
import { registerHandOver } from './hand-over.ts'
import { damagedAdvice, registerHistory } from './history.ts'
import { type CliIo, UsageError } from './io.ts'
import { makeRolloutName, registerMakeRollout } from './make-rollout.ts'
import { registerManifests } from './manifests.ts'
import { registerPlan } from './plan.ts'
import { registerPreview } from './preview.ts'
import { registerReport } from './report.ts'
import { registerSandbox } from './sandbox.ts'
import { registerServe } from './serve.ts'
import { registerStatus } from './status.ts'
import { registerTerminate } from './terminate.ts'
import { registerWatch } from './watch.ts'

const collect = (value: string, former: readonly string[] | undefined): readonly string[] => [...(former ?? []), value]

/** The whole command line. Modules that take long to load are loaded by the commands that need them. */
export function createProgram(io: CliIo): Command {
  const folder = io.dataFolder
  const program = new Command('argosy')
    .description('Drive Argo Rollouts on many clusters: from a window, or from here.')
    .option('--kubeconfig <file>', 'kubeconfig to read (repeatable; default: KUBECONFIG, then ~/.kube/config)', collect)
    .option('--context <name>', 'kubeconfig context (repeatable; default: the current one)', collect)
    .option('--all-contexts', 'every context of the kubeconfig')
    .option('-n, --namespace <namespace>', "namespace (default: the context's own)")
    .addOption(new Option('-o, --output <format>', 'print machine-readable results').choices(['json', 'yaml']))
    .hook('preAction', (_program, command) => refuseYaml(command))
    .showHelpAfterError('(argosy help shows what there is)')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: (text) => io.err(text.trimEnd()) })
  registerApp(program, io)
  registerServe(program, io)
  registerSandbox(program, io)
  registerEngine(program, io)
  registerHandOver(program, io)
  registerManifests(program, io)
  registerGet(program, io, folder)
  registerStatus(program, io, folder)
  registerWatch(program, io)
  registerPreview(program, io, folder)
  registerDiff(program, io)
  registerBackTest(program, io, folder)
  registerActions(program, io, folder)
  registerTerminate(program, io, folder)
  registerMakeRollout(program, io, folder)
  registerPlan(program, io)
  registerHistory(program, io, join(folder, historyFiles.clusters))
  registerBundle(program, io)
  registerReport(program, io)
  registerCrds(program, io)
  for (const command of program.commands) inherit(command, program)
  return program
}

/** One option of all commands; YAML is what is kept in Git, and only one of them prints that. */
function refuseYaml(command: Command): void {
  const { output } = command.optsWithGlobals<{ readonly output?: string }>()
  if (output === 'yaml' && command.name() !== makeRolloutName)
    throw new UsageError("option '-o, --output <format>' argument 'yaml' is invalid. Allowed choices are json.")
}

/** Commands report mistakes the way the program does. */
function inherit(command: Command, from: Command): void {
  command.copyInheritedSettings(from)
  for (const each of command.commands) inherit(each, command)
}

/** Runs one command line. Mistakes and bugs become messages and exit codes; nothing escapes. */
export async function runProgram(program: Command, args: readonly string[], io: CliIo): Promise<void> {
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      io.exitWith(error.exitCode === 0 ? exitCodes.ok : exitCodes.usage)
    } else if (error instanceof UsageError || error instanceof InvalidArgumentError) {
      io.err(`argosy: ${error.message}`)
      io.exitWith(exitCodes.usage)
    } else if (isDamage(error)) {
      // Only a small history is looked through before it is read.
      io.err(`argosy: the history file is damaged: ${error.message}`)
      io.err(damagedAdvice)
      io.exitWith(exitCodes.failed)
    } else {
      io.err(`argosy: this is a bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
      io.exitWith(exitCodes.failed)
    }
  }
}
