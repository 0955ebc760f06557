import type { Command } from 'commander'
import type { ActionEffect, ActionName, ActionPreview, ActionRefusal } from '#contract/views.ts'
import { assertNever } from '#lib/assert.ts'
import { failureText } from '#main/controller/failure-text.ts'
import type { ActionTarget } from '#main/history/journal-entry.ts'
import type { ActionDone, ActionJournal } from './action-journal.ts'
import { durationOf } from './duration-option.ts'
import { type ExitCode, exitCodeOf, exitCodes, worstOf } from './exit-codes.ts'
import { type CliIo, UsageError } from './io.ts'
import type { CommandRails } from './rails.ts'
import { onEach, type Target, type TargetOptions, targetsOrExit } from './targets.ts'

/** Options of every command that changes something. */
interface ActionOptions extends TargetOptions {
  readonly dryRun?: boolean
  readonly wait: string
  readonly reason?: string
  readonly confirm?: string
  readonly skipChecks?: boolean
  readonly breakGlass?: boolean
}

export const withActionOptions = (command: Command): Command =>
  command
    .option('--dry-run', 'print what would be sent, as kubectl commands')
    .option('--reason <text>', 'why, kept in the history on this machine; it is not sent')
    .option('--confirm <name>', 'on a protected context: its name, or that of the rollout where there are several')
    .option('--skip-checks', 'on a protected context, with --full: no step, pause or analysis is to check it')
    .option('--break-glass', 'send it although a freeze or the limit of changes is against it; takes --reason')
    .option('--wait <duration>', 'how long an engine may take to act on it (0: do not look)', '30s')

/** Something to do to named objects. */
export interface Deed {
  /** In front of what is said about one of them: `abort`. */
  readonly verb: string
  /** What such an object is called. */
  readonly noun: string
  readonly names: readonly string[]
  readonly action: ActionName
  send(target: Target, name: string, sending: Pick<Sending, 'reason' | 'rails'>): Promise<Sent>
  preview(target: Target, name: string, rails: CommandRails): Promise<Previewed>
}

/** What one name came to, what the journal keeps of it, and how to see what comes of it: unset when there is nothing to see. */
export interface Sent {
  readonly outcome: { readonly sent: true; readonly message: string } | { readonly sent: false; refusal: ActionRefusal }
  readonly journalled: readonly [ActionTarget, ActionDone]
  readonly awaitEffect?: (
    timeoutMs: number,
  ) => Promise<{ readonly state: ActionEffect['state']; readonly text: string }>
}

/** `forecast`: one line for what follows, where it is foreseen. */
export type Previewed =
  | (Pick<ActionPreview & { readonly open: true }, 'open' | 'effects' | 'warnings' | 'writes' | 'guard'> & {
      readonly forecast?: string | undefined
    })
  | { readonly open: false; readonly reason: string }

interface ActionLine {
  readonly context: string
  readonly namespace: string
  readonly name: string
  readonly sent: boolean
  readonly message: string
  readonly refusal?: ActionRefusal
  /** What the watch showed after it was sent; absent when nothing was waited for. */
  readonly effect?: ActionEffect['state']
}

/** What one name on one cluster came to; its effect may be still to be seen. */
interface Done extends Pick<Sent, 'awaitEffect'> {
  readonly line: ActionLine
  readonly code: ExitCode
}

/** Runs one command: on each name and each cluster, with a result for each (ACT-16). */
export async function actOnEach(deed: Deed, command: Command, io: CliIo, folder: string): Promise<void> {
  const options = command.optsWithGlobals<ActionOptions>()
  // Read before anything is sent, so that a slip there is a usage error.
  const timeoutMs = durationOf(options.wait)
  const [reason, { kubeconfig }] = [reasonOf(options), options]
  const { createActionJournal } = await import('./action-journal.ts')
  const journal = createActionJournal({ dataFolder: folder, reason, kubeconfig }, io)
  const targets = await targetsOrExit(options, io)
  if (targets === undefined) return
  const { createCommandRails } = await import('./rails.ts')
  const { confirm: typed, skipChecks: again, breakGlass } = options
  const given = { typed, again, breakGlass, reason }
  const rails = await createCommandRails({ action: deed.action, targets, given }, io)
  const code =
    options.dryRun === true
      ? worstOf(await onEach(targets, (target) => previewAll(deed, target, rails, io)))
      : await sendToAll(deed, targets, { timeoutMs, journal, reason, rails, isJson: options.output === 'json' }, io)
  io.exitWith(code)
}

const reasonLengthMax = 2000

function reasonOf({ reason = '' }: ActionOptions): string {
  if (reason.length > reasonLengthMax) throw new UsageError(`--reason takes ${reasonLengthMax} characters at most`)
  return reason
}

interface Sending {
  readonly timeoutMs: number
  /** Where what was done is written down. */
  readonly journal: ActionJournal
  readonly reason: string
  readonly rails: CommandRails
  readonly isJson: boolean
}

async function sendToAll(deed: Deed, targets: readonly Target[], sending: Sending, io: CliIo): Promise<ExitCode> {
  const { timeoutMs, isJson } = sending
  try {
    const sent = (await Promise.all(targets.map((target) => sendAll(deed, target, sending)))).flat()
    if (!isJson) for (const { line } of sent) (line.sent ? io.out : io.err)(sentence(line, targets.length > 1))
    const seen = await Promise.all(sent.map((each) => watchEffect(deed, each, timeoutMs)))
    const lines = seen.map(({ line }) => line)
    if (isJson) io.out(JSON.stringify(lines, undefined, 2))
    else for (const { line } of seen.filter(isUnconfirmed)) io.err(sentence(line, targets.length > 1))
    return worstOf(seen.map(({ code }) => code))
  } finally {
    await Promise.all(targets.map(({ client }) => client.close()))
  }
}

const isUnconfirmed = ({ code }: Done): boolean => code === exitCodes.unconfirmed

const sentence = ({ context, message }: ActionLine, named: boolean): string =>
  named ? `${context}: ${message}` : message

/** In the order of the names; one failure never stops the others (ACT-16). */
async function sendAll(deed: Deed, target: Target, { journal, reason, rails }: Sending): Promise<readonly Done[]> {
  const all: Done[] = []
  const user = target.whoAmI.name()
  for (const name of deed.names) {
    const { outcome, journalled, awaitEffect } = await deed.send(target, name, { reason, rails })
    journal.add(...journalled, await user)
    const about = { context: target.context, namespace: target.namespace, name }
    if (outcome.sent) {
      const line = { ...about, sent: true, message: outcome.message }
      all.push({ line, code: exitCodes.ok, ...(awaitEffect !== undefined && { awaitEffect }) })
    } else {
      const { refusal } = outcome
      const line = { ...about, sent: false, message: refusalText(deed, refusal, about), refusal }
      all.push({ line, code: refusal.kind === 'failed' ? exitCodeOf(refusal.failure) : exitCodes.failed })
    }
  }
  return all
}

/** Waits for the effect of what was sent (ACT-58); all at once, since one engine that is down is no reason to wait longer. */
async function watchEffect({ verb }: Deed, done: Done, timeoutMs: number): Promise<Done> {
  const { line, awaitEffect } = done
  if (awaitEffect === undefined || timeoutMs === 0) return done
  const seen = await awaitEffect(timeoutMs)
  if (seen.state === 'seen') return { line: { ...line, effect: 'seen' }, code: exitCodes.ok }
  const message = `${verb} ${line.namespace}/${line.name}: ${seen.text}`
  return { line: { ...line, message, effect: seen.state }, code: exitCodes.unconfirmed }
}

async function previewAll(deed: Deed, target: Target, rails: CommandRails, io: CliIo): Promise<ExitCode> {
  const codes: ExitCode[] = []
  for (const name of deed.names) {
    const shown = await deed.preview(target, name, rails)
    codes.push(shown.open ? exitCodes.ok : exitCodes.failed)
    if (shown.open) for (const line of await previewLines(shown, target)) io.out(line)
    else io.err(`${target.context}: ${name}: ${shown.reason}`)
  }
  return worstOf(codes)
}

async function previewLines(
  shown: Previewed & { readonly open: true },
  { context }: Target,
): Promise<readonly string[]> {
  const { guardLines } = await import('./rails.ts')
  return [
    ...shown.effects.map((each) => `# ${each}`),
    ...shown.warnings.map((each) => `# Warning: ${each}`),
    ...guardLines(shown.guard, context).map((each) => `# ${each}`),
    ...shown.writes.map((each) => each.kubectl),
    ...(shown.forecast === undefined ? [] : [`# Forecast: ${shown.forecast}`]),
  ]
}

/** Why it was not done, in words a person can act on. */
function refusalText(
  { verb, noun }: Deed,
  refusal: ActionRefusal,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): string {
  const subject = `${verb} ${namespace}/${name}`
  switch (refusal.kind) {
    case 'notOpen':
      return `${subject}: ${refusal.reason}`
    case 'movedOn':
      return `${subject}: the ${noun} moved on (${refusal.changed.join(', ')}): look again`
    case 'failed':
      return `${subject}: ${failureText(refusal.failure)}`
    case 'unknownTarget':
      return `${subject}: there is no such ${noun}`
    default:
      return assertNever(refusal)
  }
}
