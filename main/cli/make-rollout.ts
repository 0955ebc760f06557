import { type Command, Option } from 'commander'
import { rolloutKey, workloadKey } from '#contract/keys.ts'
import { type MigrationActionName, usualMigration } from '#contract/migration-views.ts'
import type { ActionRefusal, ActionResult } from '#contract/views.ts'
import { scaleDownModes } from '#engine/migration/migration.ts'
import type { Carried } from '#main/controller/carry-migration.ts'
import type { Migration } from '#main/controller/migrate.ts'
import type { ActionJournal } from './action-journal.ts'
import { durationOf } from './duration-option.ts'
import { type ExitCode, exitCodeOf, exitCodes, worstOf } from './exit-codes.ts'
import { type CliIo, UsageError } from './io.ts'
import type { CommandRails } from './rails.ts'
import { onEach, type Target, type TargetOptions, targetsOrExit } from './targets.ts'

export const makeRolloutName = 'make-rollout'

interface MakeRolloutFlags extends TargetOptions {
  readonly strategy: 'canary' | 'blueGreen'
  readonly steps: string
  readonly activeService: string
  readonly scaleDown: (typeof scaleDownModes)[number]
  readonly rolloutName?: string
  readonly undo?: boolean
  readonly dryRun?: boolean
  readonly reason: string
  readonly confirm?: string
  readonly breakGlass?: boolean
  readonly wait: string
}

/** `argosy make-rollout`: a Deployment becomes a Rollout that borrows its template, and the way back (API-13). */
export function registerMakeRollout(program: Command, io: CliIo, folder: string): void {
  program
    .command(`${makeRolloutName} <deployment>`)
    .description('make a Rollout of a Deployment, which keeps the template; with --undo the pods go back to it')
    .addOption(
      new Option('--strategy <strategy>', 'how later versions go out')
        .choices(['canary', 'blueGreen'])
        .default('canary'),
    )
    .option('--steps <steps>', 'of a canary: weights and pauses', usualMigration.steps)
    .option('--active-service <name>', 'of blue-green: the Service that is switched', '')
    .addOption(
      new Option('--scale-down <mode>', 'when the Deployment gives up its pods')
        .choices(scaleDownModes)
        .default('onsuccess'),
    )
    .option('--rollout-name <name>', 'another name than that of the Deployment')
    .option('--undo', 'the way back: the Deployment gets its pods, then the Rollout goes')
    .option('--dry-run', 'print all steps and what would be sent, as kubectl commands; the API server tries it')
    .option('--reason <text>', 'why, kept in the history on this machine; it is not sent', '')
    .option('--confirm <name>', 'on a protected context: its name')
    .option('--break-glass', 'do it although a freeze or the limit of changes is against it; takes --reason')
    .option('--wait <duration>', 'how long a step may show no progress (0: only what can be sent at once)', '5m')
    .action(async (name: string, _options: unknown, command: Command) => {
      const flags = command.optsWithGlobals<MakeRolloutFlags>()
      await makeRollout({ flags, name: nameOf(name), folder }, io)
    })
}

/** `deployment/web` and `web`. */
function nameOf(text: string): string {
  const [, kind, name] = /^(?:([^/]+)\/)?([^/]+)$/.exec(text) ?? []
  if (name === undefined || (kind !== undefined && !kinds.includes(kind)))
    throw new UsageError(`expected deployment/NAME, or NAME: ${text}`)
  return name
}

const kinds: readonly string[] = [
  'deployment',
  'deployments',
  'deploy',
  'deployments.apps',
  'deployment.apps',
  'rollout',
]

interface Wish {
  readonly flags: MakeRolloutFlags
  readonly name: string
  readonly folder: string
}

interface Doing {
  readonly wish: Wish
  readonly action: MigrationActionName
  readonly rails: CommandRails
  readonly journal: ActionJournal
  readonly patienceMs: number
  readonly isNamed: boolean
}

async function makeRollout(wish: Wish, io: CliIo): Promise<void> {
  const { flags } = wish
  const patienceMs = durationOf(flags.wait)
  if (flags.reason.length > 2000) throw new UsageError('--reason takes 2000 characters at most')
  if (flags.output === 'yaml' && flags.undo === true)
    throw new UsageError('-o yaml prints what is made, not the way back')
  const { createActionJournal } = await import('./action-journal.ts')
  const { kubeconfig, reason, confirm: typed, breakGlass } = flags
  const journal = createActionJournal({ dataFolder: wish.folder, reason, kubeconfig }, io)
  const targets = await targetsOrExit(flags, io)
  if (targets === undefined) return
  const { createCommandRails } = await import('./rails.ts')
  const action = flags.undo === true ? 'backToDeployment' : 'makeRollout'
  const rails = await createCommandRails({ action, targets, given: { typed, breakGlass, reason } }, io)
  const doing: Doing = { wish, action, rails, journal, patienceMs, isNamed: targets.length > 1 }
  const act = flags.output === 'yaml' ? printManifest : flags.dryRun === true ? printPreview : carry
  io.exitWith(worstOf(await onEach(targets, (target) => act(doing, target, io))))
}

function migrationOf(
  { wish: { flags, name }, action }: Doing,
  { context, client, namespace }: Target,
  io: CliIo,
): Migration {
  const { strategy, steps, activeService, scaleDown, rolloutName } = flags
  return {
    ...{ action, namespace, name, clock: io.clock },
    cluster: { context, client },
    options: { strategy, steps, activeService, scaleDown, name: rolloutName },
    driver: async () => {
      const { whoDrives } = await import('#main/controller/who-drives.ts')
      const { engine } = await whoDrives(client, io.clock.now() + (client.clockOffsetMs ?? 0))
      return engine === 'inCluster' ? 'somebody' : engine === 'observed' ? 'nobody' : 'unknown'
    },
  }
}

/** For Git: objects alone. */
async function printManifest(doing: Doing, target: Target, io: CliIo): Promise<ExitCode> {
  const { migrationManifest } = await import('#main/controller/migrate.ts')
  const { stringify } = await import('yaml')
  const objects = await migrationManifest(migrationOf(doing, target, io))
  if (!objects.ok) return told(doing, target, objects.error, io)
  io.out(
    objects.value
      .map((each) => stringify(each, { lineWidth: 0, aliasDuplicateObjects: false }))
      .join('---\n')
      .trimEnd(),
  )
  return exitCodes.ok
}

function told({ wish: { name }, isNamed }: Doing, { context, namespace }: Target, why: string, io: CliIo): ExitCode {
  io.err(`${isNamed ? `${context}: ` : ''}${makeRolloutName} ${namespace}/${name}: ${why}`)
  return exitCodes.failed
}

async function printPreview(doing: Doing, target: Target, io: CliIo): Promise<ExitCode> {
  const { previewMigration } = await import('#main/controller/migrate.ts')
  const { createCanI } = await import('#main/cluster/can-i.ts')
  const { guardLines } = await import('./rails.ts')
  const migration = { ...migrationOf(doing, target, io), canI: createCanI(target.client, io.clock) }
  const about = { target, name: doing.wish.name }
  const shown = await previewMigration({ ...migration, guard: () => doing.rails.guard(about, undefined) })
  if (!shown.open) return told(doing, target, shown.reason, io)
  const { effects, warnings, steps, guard } = shown
  if (doing.wish.flags.output === 'json') {
    io.out(JSON.stringify({ context: target.context, effects, warnings, steps }, undefined, 2))
    return exitCodes.ok
  }
  if (doing.isNamed) io.out(`# ${target.context}`)
  for (const each of effects) io.out(`# ${each}`)
  for (const each of warnings) io.out(`# Warning: ${each}`)
  for (const each of guardLines(guard, target.context)) io.out(`# ${each}`)
  for (const [index, { summary, state, write, progress }] of steps.entries()) {
    const how =
      state === 'done' ? ' (done)' : write !== undefined ? '' : ` (waited for${progress ? `: ${progress}` : ''})`
    io.out(`# ${index + 1}. ${summary}${how}`)
    if (state !== 'done' && write !== undefined) io.out(write.kubectl)
  }
  return exitCodes.ok
}

async function carry(doing: Doing, target: Target, io: CliIo): Promise<ExitCode> {
  const { carryOut } = await import('#main/controller/carry-migration.ts')
  const { rails, patienceMs, wish, action, isNamed } = doing
  const { context, namespace } = target
  const { name, flags } = wish
  const isJson = flags.output === 'json'
  const say = createSayer(isNamed ? `${context}: ` : '', isJson ? () => {} : io.out)
  const about = { target, name }
  const { createCanI } = await import('#main/cluster/can-i.ts')
  const migration = { ...migrationOf(doing, target, io), canI: createCanI(target.client, io.clock) }
  const carried = await carryOut(migration, {
    ...{ reason: flags.reason, patienceMs, signal: io.interrupted, onSteps: say },
    heldBack: () => rails.heldBack(about, undefined),
  })
  const key =
    action === 'makeRollout'
      ? workloadKey({ context, namespace, name, kind: 'Deployment' })
      : rolloutKey({ context, namespace, name })
  const { outcome, sent } = carried
  const result: ActionResult = outcome.ok
    ? { key, sent: true, resourceVersion: '', message: outcome.value.message }
    : { key, sent: false, refusal: refusalOf(outcome.error) }
  const setAside = sent.length > 0 ? rails.setAside(rails.guard(about, undefined)) : undefined
  doing.journal.add({ key, uid: undefined }, { action, result, writes: sent, setAside }, await target.whoAmI.name())
  const message = await wordsOf(carried, doing)
  if (isJson) io.out(JSON.stringify({ context, namespace, name, done: outcome.ok, message, sent }, undefined, 2))
  if (outcome.ok) {
    if (!isJson) io.out(`${isNamed ? `${context}: ` : ''}${message}`)
    return exitCodes.ok
  }
  if (!isJson) told(doing, target, message, io)
  if (outcome.error.kind === 'waits') return exitCodes.unconfirmed
  return outcome.error.kind === 'failed' ? exitCodeOf(outcome.error.failure) : exitCodes.failed
}

/** Each step once, when it is seen to be done; those that were done before are not told. */
function createSayer(prefix: string, out: (line: string) => void) {
  let before: ReadonlySet<string> | undefined
  return (steps: readonly { readonly summary: string; readonly state: string }[]): void => {
    const done = steps.filter(({ state }) => state === 'done').map(({ summary }) => summary)
    if (before !== undefined) for (const each of done) if (!before.has(each)) out(`${prefix}done: ${each}`)
    before = new Set([...(before ?? []), ...done])
  }
}

const refusalOf = (error: (Carried['outcome'] & { readonly ok: false })['error']): ActionRefusal =>
  error.kind === 'waits' ? { kind: 'notOpen', reason: error.reason } : error

async function wordsOf({ outcome, sent }: Carried, { wish, action }: Doing): Promise<string> {
  if (outcome.ok) return outcome.value.message
  const { failureText } = await import('#main/controller/failure-text.ts')
  const { error } = outcome
  switch (error.kind) {
    case 'waits':
      return `${error.reason}. ${sent.length === 0 ? 'Nothing was sent' : `${sent.length} of its steps are taken`}; the same command goes on from there`
    case 'notOpen':
      return error.reason
    case 'movedOn':
      return error.changed.join(', ')
    case 'failed':
      return failureText(error.failure)
    case 'unknownTarget':
      return action === 'makeRollout'
        ? 'there is no such deployment'
        : `no rollout of that name, or of a deployment ${wish.name}, takes its template from a deployment`
  }
}
