import type { Command } from 'commander'
import type { Rollout } from '#api/rollout.ts'
import type { ActionEffect, ActionName, ActionPreview, ActionRefusal, ActionResult } from '#contract/views.ts'
import type { ActionEcho } from '#engine/actions/effect.ts'
import { assertNever } from '#lib/assert.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { dataFolder } from '#main/data-folder.ts'
import type { ActionJournal } from './action-journal.ts'
import {
  imageOf,
  type PromoteFlags,
  promotionOf,
  type RestartFlags,
  restartOf,
  revisionOf,
  type Wish,
} from './action-wish.ts'
import { durationOf } from './duration-option.ts'
import { type ExitCode, exitCodeOf, exitCodes, worstOf } from './exit-codes.ts'
import { type CliIo, UsageError } from './io.ts'
import { onEach, type Target, type TargetOptions, targetsOrExit } from './targets.ts'

interface ActionOptions extends TargetOptions {
  readonly dryRun?: boolean
  readonly wait: string
  readonly reason?: string
}

/** The commands that change a Rollout. Each works on several names and several contexts, with a result for each (ACT-16). */
export function registerActions(program: Command, io: CliIo, folder = dataFolder()): void {
  const run = async (wish: Wish, command: Command): Promise<void> => {
    const options = command.optsWithGlobals<ActionOptions>()
    waitMsOf(options)
    const { createActionJournal } = await import('./action-journal.ts')
    const journal = createActionJournal(
      { dataFolder: folder, reason: reasonOf(options), kubeconfig: options.kubeconfig },
      io,
    )
    const targets = await targetsOrExit(options, io)
    if (targets !== undefined) io.exitWith(await act(wish, targets, { ...options, journal }, io))
  }
  const add = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .option('--dry-run', 'print what would be sent, as kubectl commands')
      .option('--reason <text>', 'why, kept in the history on this machine; it is not sent')
      .option('--wait <duration>', 'how long an engine may take to act on it (0: do not look)', '30s')

  add('promote <name...>', 'end the current pause, or go on to the next step')
    .option('--full', 'skip all steps, pauses and analysis')
    .option('--skip-current-step', 'skip the current step')
    .option('--skip-all-steps', 'skip all steps that are left, not the analysis that runs beside them')
    .action((names: string[], options: PromoteFlags, command: Command) => run(promotionOf(names, options), command))
  add('abort <name...>', 'send traffic back to the stable version')
    .option('--resume', 'also end a pause set by hand: without that nothing is scaled')
    .action((names: string[], { resume }: { resume?: boolean }, command: Command) =>
      run({ action: 'abort', names, parameters: { resume } }, command),
    )
  add('undo <name...>', 'go back to an earlier revision')
    .option('--to-revision <number>', 'which one (default: the one before the newest)')
    .action((names: string[], options: { toRevision?: string }, command: Command) =>
      run({ action: 'undo', names, parameters: revisionOf(options.toRevision) }, command),
    )
  add('set-image <name> <container=image>', 'change the image of a container ("*": of all containers)').action(
    (name: string, assignment: string, _options: unknown, command: Command) =>
      run({ action: 'setImage', names: [name], parameters: imageOf(assignment) }, command),
  )
  add('restart <name...>', 'evict and replace all pods, a few at a time')
    .option('--in <duration>', 'not before this long from now')
    .option('--cancel', 'take back a restart that is still to come')
    .action((names: string[], options: RestartFlags, command: Command) => run(restartOf(names, options), command))
  for (const [action, description] of simpleActions)
    add(`${action} <name...>`, description).action((names: string[], _options: unknown, command: Command) =>
      run({ action, names, parameters: {} }, command),
    )
}

const simpleActions = [
  ['retry', 'start an aborted update again'],
  ['pause', 'hold a rollout where it is'],
  ['resume', 'end a pause without skipping anything'],
] as const satisfies readonly (readonly [ActionName, string])[]

/** Read before anything is sent, so that a slip there is a usage error. */
const waitMsOf = ({ wait }: ActionOptions): number => durationOf(wait)

const reasonLengthMax = 2000

function reasonOf({ reason = '' }: ActionOptions): string {
  if (reason.length > reasonLengthMax) throw new UsageError(`--reason takes ${reasonLengthMax} characters at most`)
  return reason
}

/** Where what was done is written down. */
type Journalled = ActionOptions & { readonly journal: ActionJournal }

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

/** What one name on one cluster came to; with `watch` set, its effect is still to be seen. */
interface Done {
  readonly line: ActionLine
  readonly code: ExitCode
  readonly watch?: { readonly target: Target; readonly echo: ActionEcho }
}

/** What one name came to, and what the journal keeps of it. */
interface Sent {
  readonly done: Done
  readonly journalled: Parameters<ActionJournal['add']>
}

async function act(wish: Wish, targets: readonly Target[], options: Journalled, io: CliIo): Promise<ExitCode> {
  if (options.dryRun === true) return worstOf(await onEach(targets, (target) => previewAll(wish, target, io)))
  const isJson = options.output === 'json'
  try {
    const sent = (await Promise.all(targets.map((target) => sendAll(wish, target, options.journal, io)))).flat()
    if (!isJson) for (const { line } of sent) (line.sent ? io.out : io.err)(sentence(line, targets.length > 1))
    const seen = await Promise.all(sent.map((each) => watchEffect(wish, each, waitMsOf(options), io)))
    if (isJson)
      io.out(
        JSON.stringify(
          seen.map(({ line }) => line),
          undefined,
          2,
        ),
      )
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
async function sendAll(wish: Wish, target: Target, journal: ActionJournal, io: CliIo): Promise<readonly Done[]> {
  const all: Done[] = []
  for (const name of wish.names) {
    const { done, journalled } = await send(wish, target, name, io)
    journal.add(...journalled)
    all.push(done)
  }
  return all
}

/** The requests are those of a preview made right before, as in the window. */
async function send({ action, parameters }: Wish, target: Target, name: string, io: CliIo): Promise<Sent> {
  const { sendAction } = await import('#main/controller/send-action.ts')
  const { previewAction } = await import('#main/controller/preview-action.ts')
  const { client, context, namespace } = target
  const request = { cluster: { context, client }, clock: io.clock, action, namespace, name, parameters }
  const shown = await previewAction(request)
  const outcome = await sendAction(request)
  const { key } = shown
  const [uid, writes] = shown.open ? [shown.intent.uid, shown.writes] : [undefined, []]
  const journalled = (result: ActionResult): Sent['journalled'] => [
    { key, uid },
    { action, result, writes },
  ]
  const about = { context, namespace, name }
  if (outcome.ok) {
    const { message, resourceVersion, echo } = outcome.value
    const line = { ...about, sent: true, message }
    const done = { line, code: exitCodes.ok, ...(echo !== undefined && { watch: { target, echo } }) }
    return { done, journalled: journalled({ key, sent: true, resourceVersion, message }) }
  }
  const refusal = outcome.error
  const line = { ...about, sent: false, message: refusalText(refusal, { action, ...about }), refusal }
  const code = refusal.kind === 'failed' ? exitCodeOf(refusal.failure) : exitCodes.failed
  return { done: { line, code }, journalled: journalled({ key, sent: false, refusal }) }
}

/** Waits for the effect of what was sent (ACT-58); all at once, since one engine that is down is no reason to wait longer. */
async function watchEffect({ action }: Wish, done: Done, timeoutMs: number, io: CliIo): Promise<Done> {
  const { line, watch } = done
  if (watch === undefined || timeoutMs === 0) return done
  const { awaitEffect } = await import('./await-effect.ts')
  const seen = await awaitEffect({ action, name: line.name, timeoutMs, ...watch }, io)
  if (seen.state === 'seen') return { line: { ...line, effect: 'seen' }, code: exitCodes.ok }
  const message = `${action} ${line.namespace}/${line.name}: ${seen.text}`
  return { line: { ...line, message, effect: seen.state }, code: exitCodes.unconfirmed }
}

async function previewAll(wish: Wish, target: Target, io: CliIo): Promise<ExitCode> {
  const codes: ExitCode[] = []
  for (const name of wish.names) codes.push(await preview(wish, target, name, io))
  return worstOf(codes)
}

async function preview({ action, parameters }: Wish, target: Target, name: string, io: CliIo): Promise<ExitCode> {
  const { previewAction } = await import('#main/controller/preview-action.ts')
  const { readAround } = await import('#main/controller/read-around.ts')
  const { missingRight } = await import('#main/controller/missing-right.ts')
  const { createCanI } = await import('#main/cluster/can-i.ts')
  const { client, context, namespace } = target
  const request = { cluster: { context, client }, clock: io.clock, action, namespace, name, parameters }
  const { followsLine } = await import('./forecast-text.ts')
  let rollout: Rollout | undefined
  const world = async (seen: Rollout) => {
    rollout = seen
    const read = await readAround(client, seen)
    return read.ok ? read.value : undefined
  }
  const canI = createCanI(client, io.clock)
  const shown = await previewAction({
    ...request,
    world,
    missingRight: (_rollout, writes) => missingRight(canI, writes),
  })
  if (!shown.open) {
    io.err(`${context}: ${name}: ${shown.reason}`)
    return exitCodes.failed
  }
  for (const line of previewLines(shown)) io.out(line)
  const follows = rollout && followsLine(shown.follows, rollout, io.clock.now())
  if (follows !== undefined) io.out(`# Forecast: ${follows}`)
  return exitCodes.ok
}

const previewLines = (shown: ActionPreview & { readonly open: true }): readonly string[] => [
  ...shown.effects.map((each) => `# ${each}`),
  ...shown.warnings.map((each) => `# Warning: ${each}`),
  ...shown.writes.map((each) => each.kubectl),
]

/** Why it was not done, in words a person can act on. */
export function refusalText(
  refusal: ActionRefusal,
  at: { readonly action: string; readonly namespace: string; readonly name: string },
): string {
  const subject = `${at.action} ${at.namespace}/${at.name}`
  switch (refusal.kind) {
    case 'notOpen':
      return `${subject}: ${refusal.reason}`
    case 'movedOn':
      return `${subject}: the rollout moved on (${refusal.changed.join(', ')}): look again`
    case 'failed':
      return `${subject}: ${failureText(refusal.failure)}`
    case 'unknownTarget':
      return `${subject}: there is no such rollout`
    default:
      return assertNever(refusal)
  }
}
